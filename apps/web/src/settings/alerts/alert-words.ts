import { formatDuration } from '@perdure/graph';
import type { AlertKind, AlertRuleInput } from '@perdure/server/contract';

export const ALERT_KINDS: Record<AlertKind, { label: string; help: string }> = {
  'failure-rate': { label: 'Failure rate', help: 'The share of finished instances that failed.' },
  stuck: { label: 'Stuck instances', help: 'Instances that nothing will ever wake.' },
  'queue-lag': { label: 'Queue lag', help: 'How long the oldest work that is due has waited.' },
  'overdue-tasks': { label: 'Overdue tasks', help: 'Open tasks past their due date.' },
};

export const WORKFLOW_STATE = { archived: 'archived', gone: 'not there any more' } as const;

/** `12 %`, `3 instances`, `2 min`. */
export function valueInWords(kind: AlertKind, value: number): string {
  switch (kind) {
    case 'failure-rate':
      return `${Math.round(value * 10) / 10} %`;
    case 'stuck':
      return value === 1 ? '1 instance' : `${Math.round(value)} instances`;
    case 'queue-lag':
      return formatDuration(Math.round(value) * 1_000);
    case 'overdue-tasks':
      return value === 1 ? '1 task' : `${Math.round(value)} tasks`;
  }
}

/** The rule as a sentence, without its name. */
export function ruleInWords({ kind, workflowKey, threshold, windowSeconds, minimum }: Omit<AlertRuleInput, 'id'>): string {
  const of = workflowKey === null ? 'all workflows' : workflowKey;
  const time = formatDuration(windowSeconds * 1_000);
  switch (kind) {
    case 'failure-rate':
      return `${threshold} % or more of ${of} failed within ${time}, of at least ${minimum}`;
    case 'stuck':
      return `${threshold} or more of ${of} stuck for longer than ${time}`;
    case 'queue-lag':
      return `Work that is due waits for ${formatDuration(threshold * 1_000)} or longer`;
    case 'overdue-tasks':
      return `${threshold} or more tasks of ${of} overdue${windowSeconds === 0 ? '' : ` by more than ${time}`}`;
  }
}
