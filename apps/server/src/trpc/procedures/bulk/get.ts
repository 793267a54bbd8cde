import { z } from 'zod';
import { asBulkJobs, demandJob } from '../../../bulk/bulk-job.ts';
import { procedure } from '../../base.ts';
import type { BulkJob } from '../../contract/bulk.ts';

export const get = procedure('instance.read')
  .input(z.strictObject({ id: z.uuid() }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<BulkJob> => {
    const [job] = await asBulkJobs(installation, identity, [await demandJob(installation, identity, 'instance.read', input.id)]);
    if (job === undefined) throw new Error('One job in, one job out.');
    return job;
  });
