import { randomUUID } from 'node:crypto';
import { findPeople, findRecipients } from '@perdure/database/read';
import { addTaskComment } from '@perdure/database/write';
import { foldersAbove } from '../auth/folder.ts';
import { actorOf, type Identity } from '../auth/identity.ts';
import { rolePermissions, roles } from '../auth/permissions.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { emailNotice } from '../outbox/email-notice.ts';
import type { TaskComment } from '../trpc/contract/tasks.ts';
import { findTask } from './find-task.ts';
import { letterTo } from './task-notices.ts';
import { unknownTask } from './unknown-task.ts';

/** Everybody who sees the task sees its comments, also once it is closed. */
export async function commentTask(
  installation: Installation,
  identity: Identity,
  { id: taskId, text, mentions }: { id: string; text: string; mentions: readonly string[] },
): Promise<TaskComment> {
  const { database, config, folders } = installation;
  const { prisma } = database;
  const task = await findTask(installation, identity, taskId);
  const people = await findPeople(prisma, [...new Set(mentions)]);
  if (mentions.some((mention) => !people.some((person) => person.id === mention)))
    throw new RequestError('task.unknown-person', 'One of those mentioned is nobody here.');
  const by = actorOf(identity);
  const id = randomUUID();
  const told = await findRecipients(prisma, {
    roles: roles.filter((role) => rolePermissions[role].includes('task.read')),
    folders: foldersAbove((await folders.load()).get(task.workflowKey) ?? ''),
    names: people.map((person) => person.id).filter((person) => person !== by),
    kind: 'task.mention',
  });
  // Neither the task's title nor the text: whoever is mentioned need not be one of those who may see the task.
  const notices = told.map((person) =>
    emailNotice(
      config,
      letterTo(task.id, {
        kind: 'task.mention',
        to: person.email,
        subject: `${identity.name} mentioned you`,
        why: `${identity.name} mentioned you in a comment on a task.`,
        facts: [],
        dedupeKey: `task/${task.id}/comment/${id}/${person.id}`,
      }),
    ),
  );
  const comment = { id, taskId: task.id, instanceId: task.instanceId, by, text, mentions: people.map((person) => person.id) };
  const added = await addTaskComment(prisma, comment, notices);
  if (added === 'gone') throw unknownTask();
  return {
    id,
    by: { id: by, name: identity.name },
    at: added.at.toISOString(),
    text,
    mentions: people.map((person) => ({ id: person.id, name: person.name })),
  };
}
