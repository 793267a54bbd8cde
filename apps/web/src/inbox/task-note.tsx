import type { TaskDetail } from '@perdure/server/contract';
import { useMe } from '../api/use-me.ts';
import { formatMomentShort } from '../components/moment.ts';
import { StatusIcon, type StatusShape } from '../status/status-icon.tsx';

/**
 * What changed under the reader: the task is decided, late beyond its deadline, no longer needed, gone with its instance, or somebody
 * else's now. Says what became of what was typed.
 */
export function TaskNote({
  task,
  isGone,
  hasTyped,
  onNext,
}: {
  task: TaskDetail;
  /** The server does not know it any more. */
  isGone: boolean;
  hasTyped: boolean;
  onNext: () => void;
}) {
  const me = useMe().data?.user.id;
  const said = isGone
    ? { shape: 'canceled' as const, words: 'This task no longer exists: its instance was removed, or it is not yours to see any more.' }
    : task.status === 'open'
      ? takenBy(task, me)
      : closed(task, me);
  if (said === null) return null;
  return (
    <div className="closed-note" role="status">
      <StatusIcon shape={said.shape} />
      <span className="grow">
        {said.words}
        {hasTyped ? ' What you typed is kept below, not sent.' : ''}
      </span>
      <button type="button" className="plain lnk nowrap" onClick={onNext}>
        Next task
      </button>
    </div>
  );
}

function takenBy(task: TaskDetail, me: string | undefined): { shape: StatusShape; words: string } | null {
  const [holder] = task.holders;
  if (!holder || task.holders.some(({ id }) => id === me) || task.refusals.claim === null) return null;
  const how =
    holder.how === 'claimed' ? 'claimed this task' : holder.how === 'assigned' ? 'was assigned this task' : 'was delegated this task';
  return { shape: 'warning', words: `${holder.name} ${how} at ${formatMomentShort(holder.at)}.` };
}

function closed(task: TaskDetail, me: string | undefined): { shape: StatusShape; words: string } {
  const label = task.outcomes.find((outcome) => outcome.port === task.outcome)?.label ?? task.outcome;
  const at = task.closedAt === null ? '' : ` at ${formatMomentShort(task.closedAt)}`;
  switch (task.status) {
    case 'expired':
      return { shape: 'warning', words: `The deadline passed${at}. The instance went on through Overdue.` };
    case 'decided': {
      const by = task.decidedBy?.id === me ? 'you' : (task.decidedBy?.name ?? 'somebody');
      return { shape: 'completed', words: `Already decided: ${by} chose ${label ?? 'an outcome'}${at}.` };
    }
    default:
      return { shape: 'canceled', words: `No longer needed${at}: the instance went on without it.` };
  }
}
