import type { HistoryEvent } from '@perdure/engine';
import { personNames, readHistoryOfTypes, type TaskRecord } from '@perdure/database/read';
import type { Installation } from '../installation.ts';
import type { TaskTrailEntry } from '../trpc/contract/tasks.ts';
import { taskEventTypes } from './task-event-types.ts';

/** What happened to the task, from the instance's history; how it closed without a decision, from the task itself. */
export async function taskTrail({ database }: Installation, task: TaskRecord): Promise<TaskTrailEntry[]> {
  const events = await readHistoryOfTypes(database.prisma, task.instanceId, taskEventTypes, task.step);
  const names = await personNames(database.prisma, new Set(events.flatMap(peopleIn)));
  const named = (id: string) => ({ id, name: names.get(id) ?? id });
  const trail = events.flatMap((event): TaskTrailEntry[] => {
    const entry = { at: new Date(event.at).toISOString(), by: null, to: null, candidates: [], outcome: null, comment: null };
    switch (event.type) {
      case 'HumanTaskCreated':
        return [{ ...entry, what: 'created' }];
      case 'HumanTaskClaimed':
        return [{ ...entry, what: 'claimed', by: named(event.by) }];
      case 'HumanTaskReleased':
        return [{ ...entry, what: 'released', by: named(event.by) }];
      case 'HumanTaskAssigned':
        return [{ ...entry, what: event.kind, by: named(event.by), to: named(event.to), comment: event.note }];
      case 'HumanTaskVoted':
        return [{ ...entry, what: 'voted', by: named(event.by), outcome: event.outcome, comment: event.comment }];
      case 'HumanTaskDecided':
        return [{ ...entry, what: 'decided', by: named(event.by), outcome: event.outcome, comment: event.comment }];
      case 'HumanTaskEscalated':
        return [{ ...entry, what: 'escalated', candidates: event.to }];
      case 'TimerFired':
        return event.purpose === 'reminder' ? [{ ...entry, what: 'reminded' }] : [];
      default:
        return [];
    }
  });
  if (task.status === 'expired' || task.status === 'cancelled') {
    const at = (task.closedAt ?? task.createdAt).toISOString();
    trail.push({ at, what: task.status, by: null, to: null, candidates: [], outcome: null, comment: null });
  }
  return trail;
}

function peopleIn(event: HistoryEvent): string[] {
  switch (event.type) {
    case 'HumanTaskClaimed':
    case 'HumanTaskReleased':
    case 'HumanTaskVoted':
    case 'HumanTaskDecided':
      return [event.by];
    case 'HumanTaskAssigned':
      return [event.by, event.to];
    default:
      return [];
  }
}
