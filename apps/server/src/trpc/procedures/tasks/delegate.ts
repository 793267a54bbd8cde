import { z } from 'zod';
import { assignTask } from '../../../tasks/assign-task.ts';
import { procedure } from '../../base.ts';

export const delegate = procedure('task.decide')
  .input(z.strictObject({ id: z.string(), to: z.string(), note: z.string().max(2_000).optional() }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    await assignTask(installation, identity, { kind: 'delegated', ...input });
  });
