import { listBulkJobs } from '@perdure/database/bulk';
import { z } from 'zod';
import { actorOf, holdsIn } from '../../../auth/identity.ts';
import { asBulkJobs } from '../../../bulk/bulk-job.ts';
import { procedure } from '../../base.ts';
import type { BulkJob } from '../../contract/bulk.ts';

const shown = 100;

export const list = procedure('instance.read')
  .input(
    z
      .strictObject({
        statuses: z
          .array(z.enum(['running', 'paused', 'finished', 'stopped']))
          .max(4)
          .optional(),
      })
      .optional(),
  )
  .query(async ({ ctx: { identity, installation }, input }): Promise<BulkJob[]> => {
    const requestedBy = holdsIn(identity, 'instance.read', '') ? null : actorOf(identity);
    const asked = { requestedBy, statuses: input?.statuses ?? null, limit: shown };
    return asBulkJobs(installation, identity, await listBulkJobs(installation.database.prisma, asked));
  });
