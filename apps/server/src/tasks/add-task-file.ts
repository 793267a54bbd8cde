import { addTaskFile as add } from '@perdure/database/write';
import { actorOf, type Identity } from '../auth/identity.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import type { TaskFile } from '../trpc/contract/tasks.ts';
import { fileContentType, takenFiles } from './file-content-type.ts';
import { cleanFileName } from './file-name.ts';
import { findTask } from './find-task.ts';
import { unknownTask } from './unknown-task.ts';

const atMost = 20;

/** Whoever may decide the task may add to it, as long as it is open. */
export async function addTaskFile(
  installation: Installation,
  identity: Identity,
  { id, name: given, content }: { id: string; name: string; content: Uint8Array },
): Promise<TaskFile> {
  const task = await findTask(installation, identity, id, 'task.decide');
  if (task.status !== 'open') throw new RequestError('task.gone', 'This task is closed: it takes no more files.');
  const name = cleanFileName(given);
  if (content.byteLength === 0) throw new RequestError('file.refused', `“${name}” is empty.`);
  const type = fileContentType(content, name);
  if (type === undefined) throw new RequestError('file.refused', `“${name}” is of no type that is taken. Taken are ${takenFiles}.`);
  const by = actorOf(identity);
  const added = await add(installation.database.prisma, { taskId: task.id, instanceId: task.instanceId, name, type, by, content }, atMost);
  if (added === 'gone') throw unknownTask();
  if (added === 'full') throw new RequestError('file.too-many', `This task has ${atMost} files already. Remove one first.`);
  return { id: added.id, name, type, bytes: content.byteLength, by: { id: by, name: identity.name }, at: added.at.toISOString() };
}
