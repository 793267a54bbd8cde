import { countTasksOfInstance, keyTypesOfInstance, listTasksOfInstance } from '@perdure/database/read';
import { type Identity, permissionsOf } from '../auth/identity.ts';
import type { Installation } from '../installation.ts';
import { readTaskCursor, writeTaskCursor } from '../tasks/task-cursor.ts';
import { maskedTaskRows } from '../tasks/task-rows.ts';
import { viewerOf } from '../tasks/viewer.ts';
import type { InstanceTasks } from '../trpc/contract/instances.ts';

const page = 50;

/** A page of its human tasks, as the person may see them: none of them without the right to tasks. */
export async function tasksOfInstance(
  installation: Installation,
  identity: Identity,
  { id, step, cursor }: { id: string; step?: string | undefined; cursor?: string | undefined },
): Promise<InstanceTasks> {
  if (!permissionsOf(identity).includes('task.read')) return { rows: [], count: { value: 0, exact: true }, nextCursor: null };
  const { prisma } = installation.database;
  const viewer = await viewerOf(installation, identity);
  const from = cursor === undefined ? null : readTaskCursor(cursor, keyTypesOfInstance);
  const [{ rows, more }, count] = await Promise.all([
    listTasksOfInstance(prisma, viewer, id, { step: step ?? null, from, limit: page }),
    countTasksOfInstance(prisma, viewer, id),
  ]);
  const last = rows.at(-1);
  return {
    rows: await maskedTaskRows(installation, identity, rows),
    count: { value: Math.min(count, 10_000), exact: count <= 10_000 },
    nextCursor: more && last ? writeTaskCursor(last) : null,
  };
}
