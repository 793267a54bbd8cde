import { countTasks } from '@perdure/database/read';
import { viewerOf } from '../../../tasks/viewer.ts';
import { procedure } from '../../base.ts';
import type { TaskCounts } from '../../contract/tasks.ts';

export const counts = procedure('task.read').query(async ({ ctx: { identity, installation } }): Promise<TaskCounts> =>
  countTasks(installation.database.prisma, await viewerOf(installation, identity)),
);
