import { listAudit } from '@perdure/database/read';
import { z } from 'zod';
import { asAuditFilter, auditFilterFields } from '../../../audit/audit-filter.ts';
import { auditRow } from '../../../audit/audit-row.ts';
import { demandForAll } from '../../../auth/identity.ts';
import { procedure } from '../../base.ts';
import type { AuditListResult } from '../../contract/audit.ts';

const input = z.strictObject({
  ...auditFilterFields,
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'This is not a place in the log.')
    .optional(),
  limit: z.int().min(1).max(200).optional(),
  /** Sent along by a query that grows page by page; the log is read in one direction. */
  direction: z.literal('forward').optional(),
});

export const list = procedure('audit.read')
  .input(input)
  .query(async ({ ctx: { identity, installation }, input }): Promise<AuditListResult> => {
    demandForAll(identity, 'audit.read');
    const below = input.cursor === undefined ? null : BigInt(input.cursor);
    const page = await listAudit(installation.database.prisma, asAuditFilter(input), { below, limit: input.limit ?? 50 });
    return {
      rows: page.rows.map(auditRow),
      nextCursor: page.next?.toString() ?? null,
      searchedTo: page.searchedTo?.toISOString() ?? null,
    };
  });
