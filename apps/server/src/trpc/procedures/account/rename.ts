import { renamePerson } from '@perdure/database/write';
import { z } from 'zod';
import { demandUser } from '../../../auth/demand-user.ts';
import { storableText } from '../../../storable-text.ts';
import { procedure } from '../../base.ts';

export const rename = procedure('signed-in')
  .input(z.strictObject({ name: storableText.trim().min(1, 'Enter your name.').max(100) }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    await renamePerson(installation.database.prisma, { userId: demandUser(identity).id, name: input.name });
  });
