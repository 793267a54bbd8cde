import type { NodeId } from '@perdure/graph';
import { StatusIcon } from '../status/status-icon.tsx';
import { useProblems } from './canvas-context.ts';

export function NodeProblems({ id }: { id: NodeId }) {
  const problems = useProblems(id);
  if (!problems) return null;
  const isError = problems.errors > 0;
  const count = isError ? problems.errors : problems.warnings;
  return (
    <span
      className={`wf-problems ${isError ? 'st-error' : 'st-warning'}`}
      title={isError ? plural(count, 'error') : plural(count, 'warning')}
    >
      <StatusIcon shape={isError ? 'error' : 'warning'} size={12} />
      {count}
    </span>
  );
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
