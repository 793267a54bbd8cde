import { listApiKeys, personNames } from '@perdure/database/read';
import { allPermissions } from '../../../auth/permissions.ts';
import { procedure } from '../../base.ts';
import type { ApiKeySummary } from '../../contract/people.ts';

export const list = procedure('admin').query(async ({ ctx: { installation } }): Promise<ApiKeySummary[]> => {
  const { prisma } = installation.database;
  const rows = await listApiKeys(prisma);
  const names = await personNames(
    prisma,
    rows.map(({ createdBy }) => createdBy),
  );
  return rows.map(({ revokedAt, ...row }) => ({
    ...row,
    permissions: allPermissions.filter((permission) => row.permissions.includes(permission)),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    createdBy: names.get(row.createdBy) ?? row.createdBy,
    state: revokedAt !== null ? 'revoked' : row.expiresAt !== null && row.expiresAt.getTime() <= Date.now() ? 'expired' : 'good',
  }));
});
