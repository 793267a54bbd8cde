import { findTask as readTask, type TaskRecord } from '@perdure/database/read';
import { forbidden, holdsIn, type Identity } from '../auth/identity.ts';
import type { Installation } from '../installation.ts';
import type { Permission } from '../trpc/contract/people.ts';
import { unknownTask } from './unknown-task.ts';
import { viewerOf } from './viewer.ts';

/**
 * The task, if it exists and this person may see it; otherwise `task.unknown`, which does not tell the two apart. With a permission, they
 * must hold it for the folder of the task's workflow, too.
 */
export async function findTask(
  installation: Installation,
  identity: Identity,
  id: string,
  permission: Permission = 'task.read',
): Promise<TaskRecord> {
  const task = await readTask(installation.database.prisma, await viewerOf(installation, identity), id);
  if (!task) throw unknownTask();
  if (permission !== 'task.read') {
    const folder = (await installation.folders.load()).get(task.workflowKey) ?? '';
    if (!holdsIn(identity, permission, folder)) throw forbidden(identity, permission, folder === '' ? '' : ` in the folder "${folder}"`);
  }
  return task;
}
