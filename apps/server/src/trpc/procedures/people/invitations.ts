import { listGroups, listInvitations, personNames } from '@perdure/database/read';
import { roleGrants } from '../../../auth/role-grants.ts';
import { procedure } from '../../base.ts';
import type { InvitationRow } from '../../contract/people.ts';

export const invitations = procedure('admin').query(async ({ ctx: { installation } }): Promise<InvitationRow[]> => {
  const { prisma } = installation.database;
  const [rows, groups] = await Promise.all([listInvitations(prisma), listGroups(prisma)]);
  const names = await personNames(
    prisma,
    rows.map(({ createdBy }) => createdBy),
  );
  return rows.map(({ groupIds, ...row }) => ({
    ...row,
    grants: roleGrants(row.grants),
    groups: groups.filter(({ id }) => groupIds.includes(id)).map(({ id, name }) => ({ id, name })),
    expired: row.expiresAt.getTime() <= Date.now(),
    expiresAt: row.expiresAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    createdBy: names.get(row.createdBy) ?? row.createdBy,
  }));
});
