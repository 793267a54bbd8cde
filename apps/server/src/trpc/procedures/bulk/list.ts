import { listBulkJobs } from '@perdure/database/bulk';
import { actorOf, holdsIn } from '../../../auth/identity.ts';
import { asBulkJobs } from '../../../bulk/bulk-job.ts';
import { procedure } from '../../base.ts';
import type { BulkJob } from '../../contract/bulk.ts';

const shown = 100;

export const list = procedure('instance.read').query(async ({ ctx: { identity, installation } }): Promise<BulkJob[]> => {
  const requestedBy = holdsIn(identity, 'instance.read', '') ? null : actorOf(identity);
  return asBulkJobs(installation, identity, await listBulkJobs(installation.database.prisma, { requestedBy, limit: shown }));
});
