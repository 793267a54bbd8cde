import type { BulkAction } from '../trpc/contract/bulk.ts';

/** Why an action does not reach an instance, in words: for previews, where it is many of them, and for the items of jobs. */
export function refusalWords(code: string): string {
  return Object.hasOwn(words, code) ? (words[code] ?? code) : code;
}

/** The same in a preview: what lies elsewhere depends on what was asked for. */
export function leftOutWords(code: string, action: BulkAction): string {
  if (code !== 'auth.elsewhere') return refusalWords(code);
  return action === 'purge' ? 'In folders in which you may not purge' : 'In folders you may not operate';
}

const words: Readonly<Record<string, string>> = {
  'instance.finished': 'Finished already',
  'instance.already-suspended': 'Suspended already',
  'instance.not-suspended': 'Not suspended',
  'instance.not-failed': 'Not failed',
  'instance.not-finished': 'Still live',
  'instance.children-running': 'Has sub-workflows that are still live',
  'instance.other-workflow': 'Of another workflow',
  'instance.same-version': 'Runs that version already',
  'instance.test-run': 'A test run, which stays with its draft',
  'instance.changed': 'Went on meanwhile',
  'instance.unknown': 'Not there any more',
  'step.not-waiting': 'Has no failed step',
  'bulk.no-match': 'Does not match the filter any more',
  'auth.forbidden': 'Out of reach of the person who asked',
};
