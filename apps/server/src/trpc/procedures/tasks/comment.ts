import { z } from 'zod';
import { commentTask } from '../../../tasks/comment-task.ts';
import { procedure } from '../../base.ts';
import type { TaskComment } from '../../contract/tasks.ts';

export const comment = procedure('task.read')
  .input(
    z.strictObject({
      id: z.string(),
      text: z.string().trim().min(1, 'Write something.').max(10_000),
      mentions: z.array(z.string()).max(20),
    }),
  )
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<TaskComment> => commentTask(installation, identity, input));
