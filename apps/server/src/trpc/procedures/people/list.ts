import { listPeople } from '@perdure/database/read';
import { roleGrants } from '../../../auth/role-grants.ts';
import { procedure } from '../../base.ts';
import type { PersonRow } from '../../contract/people.ts';

export const list = procedure('admin').query(async ({ ctx: { installation } }): Promise<PersonRow[]> => {
  const people = await listPeople(installation.database.prisma);
  return people.map((person) => ({
    ...person,
    grants: roleGrants(person.grants),
    disabledAt: person.disabledAt?.toISOString() ?? null,
    lastSeenAt: person.lastSeenAt?.toISOString() ?? null,
    createdAt: person.createdAt.toISOString(),
  }));
});
