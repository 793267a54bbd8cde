import { endSessions } from '@perdure/database/write';
import { z } from 'zod';
import { demandUser } from '../../../auth/demand-user.ts';
import { RequestError } from '../../../errors/request-error.ts';
import { procedure } from '../../base.ts';

/** One of one's own: somebody else's is not there. */
export const endSession = procedure('signed-in')
  .input(z.strictObject({ id: z.string().max(100) }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    const { id } = demandUser(identity);
    const ended = await endSessions(installation.database.prisma, { userId: id, only: input.id, actor: id });
    if (ended.length === 0) throw new RequestError('session.unknown', 'This session has ended already.');
    installation.sessionEnds.ended(ended);
  });
