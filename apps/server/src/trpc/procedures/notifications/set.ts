import { notificationKinds, setNotificationPreference } from '@perdure/database/write';
import { z } from 'zod';
import { RequestError } from '../../../errors/request-error.ts';
import { procedure } from '../../base.ts';

const input = z.strictObject({
  kind: z.enum(notificationKinds),
  channel: z.enum(['email', 'none']),
});

export const set = procedure('signed-in')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    if (identity.kind !== 'user') throw new RequestError('auth.forbidden', 'This is for people who are signed in, not for keys.');
    await setNotificationPreference(installation.database.prisma, { userId: identity.id, ...input });
  });
