import { listSessions } from '@perdure/database/read';
import { findPassword } from '@perdure/database/write';
import { demandUser } from '../../../auth/demand-user.ts';
import { deviceInWords } from '../../../auth/device-in-words.ts';
import { procedure } from '../../base.ts';
import type { OwnAccount } from '../../contract/people.ts';

export const get = procedure('signed-in').query(async ({ ctx: { identity, installation } }): Promise<OwnAccount> => {
  const { id, sessionId } = demandUser(identity);
  const { prisma } = installation.database;
  const [password, sessions] = await Promise.all([findPassword(prisma, id), listSessions(prisma, id)]);
  return {
    hasPassword: password !== null,
    sessions: sessions.map((session) => ({
      id: session.id,
      current: session.id === sessionId,
      address: session.ipAddress ?? '',
      device: deviceInWords(session.userAgent ?? ''),
      createdAt: session.createdAt.toISOString(),
      lastUsedAt: session.updatedAt.toISOString(),
    })),
  };
});
