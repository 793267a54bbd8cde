import { endSessions as end } from '@perdure/database/write';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { procedure } from '../../base.ts';

export const endSessions = procedure('admin')
  .input(z.strictObject({ id: z.string().max(100) }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    installation.sessionEnds.ended(await end(installation.database.prisma, { userId: input.id, actor: actorOf(identity) }));
  });
