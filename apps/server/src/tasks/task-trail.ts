import { personName, readHistoryOfTypes, type TaskRecord } from '@perdure/database/read';
import type { Installation } from '../installation.ts';
import type { TaskDetail } from '../trpc/contract.ts';

/** What happened to the task, from the instance's history; how it closed without a decision, from the task itself. */
export async function taskTrail({ database }: Installation, task: TaskRecord): Promise<TaskDetail['trail']> {
  const events = await readHistoryOfTypes(
    database.prisma,
    task.instanceId,
    ['HumanTaskCreated', 'HumanTaskClaimed', 'HumanTaskReleased', 'HumanTaskDecided'],
    task.step,
  );
  const names = new Map<string, string>();
  const person = async (id: string) => {
    const name = names.get(id) ?? (await personName(database.prisma, id));
    names.set(id, name);
    return { id, name };
  };
  const trail: TaskDetail['trail'] = [];
  for (const event of events) {
    const at = new Date(event.at).toISOString();
    if (event.type === 'HumanTaskCreated') trail.push({ at, what: 'created', by: null, outcome: null });
    if (event.type === 'HumanTaskClaimed') trail.push({ at, what: 'claimed', by: await person(event.by), outcome: null });
    if (event.type === 'HumanTaskReleased') trail.push({ at, what: 'released', by: await person(event.by), outcome: null });
    if (event.type === 'HumanTaskDecided') trail.push({ at, what: 'decided', by: await person(event.by), outcome: event.outcome });
  }
  if (task.status === 'expired' || task.status === 'cancelled') {
    trail.push({ at: (task.closedAt ?? task.createdAt).toISOString(), what: task.status, by: null, outcome: null });
  }
  return trail;
}
