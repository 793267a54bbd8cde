import { listTaskFiles, personNames, type TaskRecord } from '@perdure/database/read';
import { findTaskDraft } from '@perdure/database/write';
import { actorOf, type Identity } from '../auth/identity.ts';
import type { Installation } from '../installation.ts';
import { withPayloads } from '../instances/payloads.ts';
import type { TaskDetail } from '../trpc/contract/tasks.ts';
import { taskRefusals } from './task-refusals.ts';
import { taskTrail } from './task-trail.ts';
import { peopleOf, taskRow } from './task-words.ts';

export async function taskDetail(installation: Installation, identity: Identity, task: TaskRecord): Promise<TaskDetail> {
  const { prisma } = installation.database;
  const { payloads } = installation.runtime;
  const [draft, trail, context, data, files, names, folders] = await Promise.all([
    findTaskDraft(prisma, task.id, actorOf(identity)),
    taskTrail(installation, task),
    withPayloads(task.context, payloads),
    withPayloads(task.data, payloads),
    listTaskFiles(prisma, task.id),
    personNames(prisma, peopleOf([task])),
    installation.folders.load(),
  ]);
  const votes = task.votes ?? [];
  const folder = folders.get(task.workflowKey) ?? '';
  return {
    ...taskRow(task, names),
    folder,
    description: task.description,
    context,
    formSchema: task.formSchema,
    outcomes: task.outcomes,
    candidates: task.candidates,
    data,
    comment: task.comment,
    draft: draft?.data ?? null,
    draftSavedAt: draft?.savedAt.toISOString() ?? null,
    votes: votes.map((vote) => ({
      by: { id: vote.by, name: names.get(vote.by) ?? vote.by },
      outcome: vote.outcome,
      comment: vote.comment,
      at: new Date(vote.at).toISOString(),
      groups: vote.groups,
    })),
    rule: ruleOf(task),
    schedule: scheduleOf(task, Date.now()),
    refusals: taskRefusals(task, identity, folder, names),
    files,
    trail,
  };
}

function ruleOf({ rule, outcomes, votes }: TaskRecord): TaskDetail['rule'] {
  if (rule === null) return { needed: 1, outcome: outcomes[0]?.port ?? '', others: 'decide', requiredGroups: [] };
  const met = new Set((votes ?? []).flatMap((vote) => (vote.outcome === rule.outcome ? vote.groups : [])));
  return {
    needed: rule.needed,
    outcome: rule.outcome,
    others: rule.others,
    requiredGroups: rule.requiredGroups.map((name) => ({ name, met: met.has(name) })),
  };
}

/** By time. Something that lies behind has happened, or would have if the task had been open then. */
function scheduleOf({ schedule, dueAt, deadlineAt, closedAt }: TaskRecord, now: number): TaskDetail['schedule'] {
  const until = closedAt?.getTime() ?? now;
  const moments: { at: number; what: TaskDetail['schedule'][number]['what']; to: string[] }[] = [];
  for (const at of schedule?.reminders ?? []) moments.push({ at, what: 'reminder', to: [] });
  if (dueAt) moments.push({ at: dueAt.getTime(), what: 'due', to: [] });
  if (schedule?.escalation) moments.push({ at: schedule.escalation.at, what: 'escalation', to: schedule.escalation.to });
  if (deadlineAt) moments.push({ at: deadlineAt.getTime(), what: 'deadline', to: [] });
  return moments.sort((a, b) => a.at - b.at).map(({ at, ...rest }) => ({ ...rest, at: new Date(at).toISOString(), done: at <= until }));
}
