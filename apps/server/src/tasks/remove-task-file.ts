import { findTaskFile } from '@perdure/database/read';
import { removeTaskFile as remove } from '@perdure/database/write';
import { actorOf, type Identity } from '../auth/identity.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { findTask } from './find-task.ts';

/** Only one's own, and not once somebody has decided with it at hand. */
export async function removeTaskFile(
  installation: Installation,
  identity: Identity,
  { id, file }: { id: string; file: string },
): Promise<void> {
  const { prisma } = installation.database;
  const task = await findTask(installation, identity, id, 'task.decide');
  const found = await findTaskFile(prisma, task.id, file);
  if (!found) throw unknownFile();
  if (found.by !== actorOf(identity)) throw new RequestError('auth.forbidden', 'Only the person who added a file removes it.');
  if (task.status !== 'open') throw new RequestError('task.gone', 'This task is closed: its files stay.');
  if (!(await remove(prisma, { taskId: task.id, id: file, by: actorOf(identity) }))) throw unknownFile();
}

function unknownFile(): RequestError {
  return new RequestError('file.unknown', 'The task has no such file.');
}
