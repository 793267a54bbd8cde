import { z } from 'zod';
import { assignTask } from '../../../tasks/assign-task.ts';
import { procedure } from '../../base.ts';

export const assign = procedure('task.assign')
  .input(z.strictObject({ id: z.string(), to: z.string(), from: z.string().optional(), note: z.string().max(2_000).optional() }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    await assignTask(installation, identity, { kind: 'assigned', ...input });
  });
