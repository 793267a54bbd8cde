import { listBulkItems } from '@perdure/database/bulk';
import { z } from 'zod';
import { demandJob } from '../../../bulk/bulk-job.ts';
import { countingNumber } from '../../../stored-values.ts';
import { procedure } from '../../base.ts';
import type { BulkItemsResult } from '../../contract/bulk.ts';

const state = z.enum(['waiting', 'underway', 'done', 'skipped', 'failed']);

export const items = procedure('instance.read')
  .input(
    z.strictObject({
      id: z.uuid(),
      states: z.array(state).max(5).optional(),
      /** The position after which the page begins. */
      cursor: countingNumber.optional(),
      limit: z.int().min(1).max(500).optional(),
      /** Sent along by a query that grows page by page; the items are read in one direction. */
      direction: z.literal('forward').optional(),
    }),
  )
  .query(async ({ ctx: { identity, installation }, input }): Promise<BulkItemsResult> => {
    const { id, states = null, cursor: after = 0, limit = 100 } = input;
    await demandJob(installation, identity, 'instance.read', id);
    const found = await listBulkItems(installation.database.prisma, { job: id, states, after, limit: limit + 1 });
    const rows = found.slice(0, limit);
    return {
      rows: rows.map((row) => ({ ...row, settledAt: row.settledAt?.toISOString() ?? null })),
      nextCursor: found.length > limit ? (rows.at(-1)?.position ?? null) : null,
    };
  });
