import { z } from 'zod';
import { decideBulk } from '../../../tasks/bulk-tasks.ts';
import { procedure } from '../../base.ts';
import type { BulkTaskResult } from '../../contract/tasks.ts';

export const bulkDecide = procedure('task.decide')
  .input(
    z.strictObject({ ids: z.array(z.string()).min(1).max(200), outcome: z.string().max(100), comment: z.string().max(10_000).optional() }),
  )
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<BulkTaskResult> =>
    decideBulk(installation, identity, { ...input, comment: input.comment?.trim() || null }),
  );
