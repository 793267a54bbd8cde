import { endSessions } from '@perdure/database/write';
import { demandUser } from '../../../auth/demand-user.ts';
import { procedure } from '../../base.ts';

export const endOtherSessions = procedure('signed-in').mutation(async ({ ctx: { identity, installation } }): Promise<void> => {
  const { id, sessionId } = demandUser(identity);
  installation.sessionEnds.ended(await endSessions(installation.database.prisma, { userId: id, except: sessionId, actor: id }));
});
