import { listRetentionBatches, listRetentionRules } from '@perdure/database/retention';
import { demandForAll } from '../../../auth/identity.ts';
import { procedure } from '../../base.ts';
import type { RetentionList } from '../../contract/retention.ts';

export const list = procedure('admin').query(async ({ ctx: { identity, installation } }): Promise<RetentionList> => {
  demandForAll(identity, 'admin');
  const { prisma } = installation.database;
  const [rules, batches] = await Promise.all([listRetentionRules(prisma), listRetentionBatches(prisma, 50)]);
  return {
    rules: rules.map((rule) => {
      const { revision: _, updatedAt, ranAt, ...row } = rule;
      return { ...row, updatedAt: updatedAt.toISOString(), ranAt: ranAt?.toISOString() ?? null };
    }),
    batches: batches.map(({ createdAt, ...batch }) => ({ ...batch, createdAt: createdAt.toISOString() })),
    archives: installation.config.archiveDirectory !== null,
  };
});
