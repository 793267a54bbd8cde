import { portId, type Json } from '@perdure/graph';
import { findTask as readTask } from '@perdure/database/read';
import { dropTaskDrafts } from '@perdure/database/write';
import { withDeed } from '../audit/with-deed.ts';
import { actorOf, type Identity } from '../auth/identity.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { findTask } from './find-task.ts';
import { sendToTask } from './send-to-task.ts';
import { viewerOf } from './viewer.ts';

export async function decideTask(
  installation: Installation,
  identity: Identity,
  decision: { id: string; outcome: string; data: Json; comment: string | null },
): Promise<{ open: boolean }> {
  const task = await findTask(installation, identity, decision.id, 'task.decide');
  if (!task.outcomes.some(({ port }) => port === decision.outcome)) {
    const known = task.outcomes.map(({ port }) => port).join(', ');
    throw new RequestError('task.unknown-outcome', `This task has no outcome "${decision.outcome}". It has: ${known}.`);
  }
  const problems = task.status === 'open' ? await installation.checkAgainstSchema(task.formSchema, decision.data) : [];
  if (problems.length > 0) {
    throw new RequestError('input.invalid', 'The form is not complete yet.', {
      details: problems.map(({ field, message }) => ({ field: field === '' ? 'data' : `data.${field}`, message })),
    });
  }
  const deed = {
    action: 'task.decide',
    target: `task:${task.id}`,
    detail: { outcome: decision.outcome, instance: task.instanceId },
  };
  await withDeed(installation, identity, deed, () =>
    sendToTask(installation, identity, task, {
      type: 'DecideHumanTask',
      outcome: portId(decision.outcome),
      data: decision.data,
      comment: decision.comment,
    }),
  );
  const { prisma } = installation.database;
  // The row is of the same commit as the vote. Whoever may not see it any more (a delegate who has voted does) counts it as closed.
  const several = task.rule !== null && (task.rule.needed > 1 || task.rule.requiredGroups.length > 0);
  const open = several && (await readTask(prisma, await viewerOf(installation, identity), task.id))?.status === 'open';
  await dropTaskDrafts(prisma, task.id, open ? actorOf(identity) : undefined);
  return { open };
}
