import { listGroups } from '@perdure/database/read';
import { roleGrants } from '../../../auth/role-grants.ts';
import { procedure } from '../../base.ts';
import type { GroupRow } from '../../contract/people.ts';

export const list = procedure('admin').query(async ({ ctx: { installation } }): Promise<GroupRow[]> => {
  const groups = await listGroups(installation.database.prisma);
  return groups.map((group) => ({ ...group, grants: roleGrants(group.grants) }));
});
