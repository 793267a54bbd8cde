import { formatDuration } from '@perdure/graph';

interface Worded {
  kind: string;
  workflowKey: string | null;
  threshold: number;
  windowSeconds: number;
}

/** `Failure rate 12 %`, `3 stuck instances`, `Queue lag 2 min`. */
export function valueInWords(kind: string, value: number): string {
  switch (kind) {
    case 'failure-rate':
      return `${round(value)} % failed`;
    case 'stuck':
      return value === 1 ? '1 stuck instance' : `${round(value)} stuck instances`;
    case 'queue-lag':
      return `Queue lag ${seconds(value)}`;
    default:
      return value === 1 ? '1 overdue task' : `${round(value)} overdue tasks`;
  }
}

/** The rule in a sentence, for whoever reads the mail. */
export function ruleInWords({ kind, workflowKey, threshold, windowSeconds }: Worded): string {
  const of = workflowKey === null ? 'all workflows' : `the workflow ${workflowKey}`;
  switch (kind) {
    case 'failure-rate':
      return `${round(threshold)} % or more of what finished within ${seconds(windowSeconds)} failed, of ${of}`;
    case 'stuck':
      return `${round(threshold)} or more instances of ${of} are stuck for longer than ${seconds(windowSeconds)}`;
    case 'queue-lag':
      return `the oldest work that is due waits for ${seconds(threshold)} or longer`;
    default:
      return `${round(threshold)} or more tasks of ${of} are overdue${windowSeconds === 0 ? '' : ` by more than ${seconds(windowSeconds)}`}`;
  }
}

function seconds(value: number): string {
  return formatDuration(Math.round(value) * 1_000);
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
