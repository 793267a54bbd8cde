import { setDisabled as storeDisabled } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { peopleRefusal } from '../../../auth/people-refusal.ts';
import { procedure } from '../../base.ts';

export const setDisabled = procedure('admin')
  .input(z.strictObject({ id: z.string().max(100), disabled: z.boolean() }))
  .mutation(async ({ ctx: { identity, installation }, input: { id, disabled } }): Promise<void> => {
    const changed = await storeDisabled(installation.database.prisma, { userId: id, disabled, actor: actorOf(identity) });
    if (!changed.ok) throw peopleRefusal(changed.code);
    installation.grants.changed(id);
    installation.sessionEnds.ended(changed.ended);
  });
