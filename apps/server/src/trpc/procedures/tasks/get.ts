import { z } from 'zod';
import { findTask } from '../../../tasks/find-task.ts';
import { taskDetail } from '../../../tasks/task-detail.ts';
import { procedure } from '../../base.ts';
import type { TaskDetail } from '../../contract/tasks.ts';
import { maskOfInstance } from '../../../sensitive/mask-of-instance.ts';

export const get = procedure('task.read')
  .input(z.strictObject({ id: z.string() }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<TaskDetail> => {
    const task = await findTask(installation, identity, input.id);
    const mask = await maskOfInstance(installation, identity, task.instanceId, task);
    const detail = await taskDetail(installation, identity, { ...task, context: mask(task.context) });
    // What they have typed themselves is theirs.
    return { ...mask(detail), draft: detail.draft };
  });
