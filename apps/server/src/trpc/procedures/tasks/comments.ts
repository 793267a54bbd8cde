import { listTaskComments } from '@perdure/database/read';
import { z } from 'zod';
import { findTask } from '../../../tasks/find-task.ts';
import { procedure } from '../../base.ts';
import type { TaskComment } from '../../contract/tasks.ts';

export const comments = procedure('task.read')
  .input(z.strictObject({ id: z.string() }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<TaskComment[]> => {
    const task = await findTask(installation, identity, input.id);
    return listTaskComments(installation.database.prisma, task.id);
  });
