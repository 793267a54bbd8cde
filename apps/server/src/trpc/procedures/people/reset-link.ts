import { findPerson } from '@perdure/database/read';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { createResetLink } from '../../../auth/password-reset.ts';
import { peopleRefusal } from '../../../auth/people-refusal.ts';
import { procedure } from '../../base.ts';

export const resetLink = procedure('admin')
  .input(z.strictObject({ id: z.string().max(100) }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<{ link: string }> => {
    const person = await findPerson(installation.database.prisma, input.id);
    if (!person || person.disabled) throw peopleRefusal('people.unknown');
    return { link: await createResetLink(installation, person.id, actorOf(identity)) };
  });
