import { listVersions } from '@perdure/database/read';
import { z } from 'zod';
import { procedure } from '../../base.ts';
import type { VersionSummary } from '../../contract/workflows.ts';
import { demandWorkflow } from '../../../auth/reach.ts';

export const versions = procedure('workflow.read')
  .input(z.strictObject({ key: z.string() }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<VersionSummary[]> => {
    await demandWorkflow(installation, identity, 'workflow.read', input.key);
    const records = await listVersions(installation.database.prisma, input.key);
    return records.map((record) => ({ ...record, publishedAt: record.publishedAt.toISOString() }));
  });
