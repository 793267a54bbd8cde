/**
 * Instances that nothing will ever wake: no activity, and what they wait for is gone (I9 of the reliability notes, asked of a running
 * installation). And, softer, those that wait for an event very long without a deadline: somebody may still raise it.
 */
import { sqlFile } from '../sql-file.ts';
import type { Ask } from '../asking.ts';
import { stuckFingerprint } from './error-fingerprint.ts';

const findSql = sqlFile(import.meta.url, 'find-stuck.sql');
const markSql = sqlFile(import.meta.url, 'mark-stuck.sql');

export type StuckCause = 'nothing-open' | 'timer-gone' | 'task-gone' | 'child-gone' | 'waits-long';

interface Looked {
  id: string;
  seq: number;
  workflowKey: string;
  node: string;
  title: string;
  event: string | null;
  isTest: boolean;
  cause: StuckCause | null;
  stuckBefore: StuckCause | null;
}

/** Looks at the next `portion` of waiting instances after `after`. Gives where the next portion begins, null at the end, and what changed. */
export async function lookForStuck(
  ask: Ask,
  after: string,
  options: { portion: number; waitsLongMs: number },
): Promise<{ next: string | null; changed: boolean; incidents: readonly string[] }> {
  const looked = await ask<Looked>(findSql, [after, options.waitsLongMs / 1_000, options.portion]);
  const changed = looked.filter(({ cause, stuckBefore }) => cause !== stuckBefore);
  let incidents: readonly string[] = [];
  if (changed.length > 0) {
    const rows = await ask<{ fingerprint: string }>(markSql, [
      changed.map(({ id }) => id),
      changed.map(({ seq }) => seq),
      changed.map(({ cause }) => cause),
      changed.map((one) => (one.cause === null ? null : stuckFingerprint({ ...one, cause: one.cause }))),
      changed.map(({ cause, event }) => (cause === null ? '' : stuckWords(cause, event))),
    ]);
    incidents = rows.map(({ fingerprint }) => fingerprint);
  }
  const last = looked.length === options.portion ? (looked.at(-1)?.id ?? null) : null;
  return { next: last, changed: changed.length > 0, incidents };
}

/** The cause as a sentence for people. */
function stuckWords(cause: StuckCause, event: string | null): string {
  switch (cause) {
    case 'nothing-open':
      return 'Stuck: no step is open, so nothing can come next';
    case 'timer-gone':
      return 'Stuck: the timer it waits for is not there any more';
    case 'task-gone':
      return 'Stuck: the human task it waits for is not open any more';
    case 'child-gone':
      return 'Stuck: the sub-workflow it waits for is not there any more';
    case 'waits-long':
      return `Waits long: nobody has raised ${event ?? 'its event'} yet`;
  }
}
