import { findPeople } from '@perdure/database/read';
import { addTaskComment } from '@perdure/database/write';
import { actorOf, type Identity } from '../auth/identity.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import type { TaskComment } from '../trpc/contract.ts';
import { findTask } from './find-task.ts';

/** Everybody who sees the task sees its comments, also once it is closed. */
export async function commentTask(
  installation: Installation,
  identity: Identity,
  { id, text, mentions }: { id: string; text: string; mentions: readonly string[] },
): Promise<TaskComment> {
  const { prisma } = installation.database;
  const task = await findTask(installation, identity, id);
  const people = await findPeople(prisma, [...new Set(mentions)]);
  if (mentions.some((mention) => !people.some((person) => person.id === mention)))
    throw new RequestError('task.unknown-person', 'One of those mentioned is nobody here.');
  const by = actorOf(identity);
  const comment = await addTaskComment(prisma, {
    taskId: task.id,
    instanceId: task.instanceId,
    by,
    text,
    mentions: people.map((person) => person.id),
  });
  return {
    id: comment.id,
    by: { id: by, name: identity.name },
    at: comment.at.toISOString(),
    text,
    mentions: people.map((person) => ({ id: person.id, name: person.name })),
  };
}
