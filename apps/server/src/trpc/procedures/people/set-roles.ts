import { setUserGrants } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { peopleRefusal } from '../../../auth/people-refusal.ts';
import { roleGrantsInput } from '../../../auth/role-grants.ts';
import { procedure } from '../../base.ts';

export const setRoles = procedure('admin')
  .input(z.strictObject({ id: z.string().max(100), grants: roleGrantsInput }))
  .mutation(async ({ ctx: { identity, installation }, input: { id, grants } }): Promise<void> => {
    const changed = await setUserGrants(installation.database.prisma, { userId: id, grants, actor: actorOf(identity) });
    if (!changed.ok) throw peopleRefusal(changed.code);
    installation.grants.changed(id);
  });
