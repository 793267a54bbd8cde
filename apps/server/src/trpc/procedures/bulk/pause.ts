import { z } from 'zod';
import { controlBulkJob } from '../../../bulk/control-bulk-job.ts';
import { procedure } from '../../base.ts';

export const pause = procedure('instance.operate')
  .input(z.strictObject({ id: z.uuid() }))
  .mutation(({ ctx: { identity, installation }, input }): Promise<void> => controlBulkJob(installation, identity, input.id, 'pause'));
