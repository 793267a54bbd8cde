import { removeGroup } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { peopleRefusal } from '../../../auth/people-refusal.ts';
import { procedure } from '../../base.ts';

export const remove = procedure('admin')
  .input(z.strictObject({ id: z.string().max(100) }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    const removed = await removeGroup(installation.database.prisma, { id: input.id, actor: actorOf(identity) });
    if (!removed.ok) throw peopleRefusal(removed.code);
    installation.grants.changed(null);
  });
