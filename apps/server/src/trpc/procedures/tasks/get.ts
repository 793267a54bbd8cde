import { z } from 'zod';
import { findTask } from '../../../tasks/find-task.ts';
import { taskDetail } from '../../../tasks/task-detail.ts';
import { procedure } from '../../base.ts';
import type { TaskDetail } from '../../contract.ts';

export const get = procedure('task.read')
  .input(z.strictObject({ id: z.string() }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<TaskDetail> => {
    const task = await findTask(installation, identity, input.id);
    return taskDetail(installation, identity, task);
  });
