import type { TaskRecord } from '@perdure/database/read';
import { actorOf, holdsIn, type Identity } from '../auth/identity.ts';
import type { TaskDetail } from '../trpc/contract/tasks.ts';
import { holdersOf } from './task-words.ts';
import { aliasesOf } from './viewer.ts';

/**
 * Why this person may not do this with the task, in words; null = they may. What the buttons say; the engine decides anew and for good
 * when the command comes. `folder`: of the task's workflow.
 */
export function taskRefusals(
  task: TaskRecord,
  identity: Identity,
  folder: string,
  names: ReadonlyMap<string, string>,
): TaskDetail['refusals'] {
  const closed = closedInWords(task);
  if (closed !== null) return { claim: closed, release: closed, decide: closed, delegate: closed, assign: closed };
  const me = actorOf(identity);
  const holders = holdersOf(task);
  const holds = holders.some(({ by }) => by === me);
  const others = holders.map(({ by }) => names.get(by) ?? by).join(' and ');
  const taken = task.freeSeats === 0 && !holds ? `${others} ${holders.length === 1 ? 'has' : 'have'} this task.` : null;
  const exclusion = exclusionOf(task, me, aliasesOf(identity));
  const excluded =
    exclusion === null ? null : exclusion === 'voted' ? 'You have voted already.' : 'The workflow says that you may not decide this task.';
  const mayDecide = holdsIn(identity, 'task.decide', folder) ? null : 'Your role does not include deciding tasks.';
  const notMine =
    holders.length === 0 ? 'Nobody has claimed this task.' : `${others} ${holders.length === 1 ? 'has' : 'have'} this task, not you.`;
  return {
    claim: mayDecide ?? excluded ?? (holds ? 'You have this task.' : taken),
    release: mayDecide ?? (holds ? null : notMine),
    decide: mayDecide ?? excluded ?? taken,
    delegate: mayDecide ?? (holds ? null : holders.length === 0 ? 'Claim the task first.' : notMine),
    assign: holdsIn(identity, 'task.assign', folder) ? null : 'Only an administrator gives tasks to others.',
  };
}

/** Why a person may have no part in the task. `aliases` in lower case. */
export function exclusionOf({ rule, votes }: TaskRecord, id: string, aliases: readonly string[]): 'excluded' | 'voted' | null {
  if (rule?.notBy.some((name) => name === id.toLowerCase() || aliases.includes(name))) return 'excluded';
  return votes?.some(({ by }) => by === id) ? 'voted' : null;
}

function closedInWords({ status }: TaskRecord): string | null {
  switch (status) {
    case 'open':
      return null;
    case 'decided':
      return 'This task has been decided.';
    case 'expired':
      return 'The deadline of this task has passed.';
    case 'cancelled':
      return 'The workflow went on without this task.';
  }
}
