import type { FinishedStatus, RetentionPreviewResult, RetentionRuleRow } from '@perdure/server/contract';

export const FINISHED: readonly FinishedStatus[] = ['Completed', 'Failed', 'Terminated', 'Canceled'];

/** Of a rule: what it is for. */
export function scopeInWords({ workflowKey, workflowTitle }: Pick<RetentionRuleRow, 'workflowKey' | 'workflowTitle'>): string {
  return workflowKey === null ? 'All workflows' : (workflowTitle ?? workflowKey);
}

/** `After 30 days`. */
export function daysInWords(days: number | null): string {
  if (days === null) return 'Never';
  if (days === 0) return 'As soon as they end';
  return `After ${days.toLocaleString('en')} ${days === 1 ? 'day' : 'days'}`;
}

/** Of what is due: a rule that archives keeps what it could not. */
export function goesNow({ due, unreadable }: Pick<RetentionPreviewResult, 'due' | 'unreadable'>, archive: boolean): number {
  return archive ? due - unreadable : due;
}

/** `1 instance`, `1,204 instances`. */
export function instancesInWords(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'instance' : 'instances'}`;
}
