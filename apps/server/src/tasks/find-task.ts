import { findTask as readTask, type TaskRecord } from '@perdure/database/read';
import type { Identity } from '../auth/identity.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { viewerOf } from './viewer.ts';

/** The task, if it exists and this person may see it; otherwise `task.unknown`, which does not tell the two apart. */
export async function findTask(installation: Installation, identity: Identity, id: string): Promise<TaskRecord> {
  const task = await readTask(installation.database.prisma, await viewerOf(installation, identity), id);
  if (!task) throw new RequestError('task.unknown', 'There is no such task, or it is not yours to see.');
  return task;
}
