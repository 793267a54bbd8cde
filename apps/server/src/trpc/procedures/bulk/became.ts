import { whatBecameOfBulk } from '@perdure/database/bulk';
import { z } from 'zod';
import { demandJob } from '../../../bulk/bulk-job.ts';
import { procedure } from '../../base.ts';
import type { BulkBecame } from '../../contract/bulk.ts';

const looked = 10_000;

export const became = procedure('instance.read')
  .input(z.strictObject({ id: z.uuid() }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<BulkBecame> => {
    const { id, done } = await demandJob(installation, identity, 'instance.read', input.id);
    const statuses = await whatBecameOfBulk(installation.database.prisma, id, looked);
    return { statuses, of: done > looked ? looked : null };
  });
