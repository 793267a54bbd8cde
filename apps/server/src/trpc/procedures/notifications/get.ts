import { readNotificationPreferences } from '@perdure/database/write';
import { RequestError } from '../../../errors/request-error.ts';
import { procedure } from '../../base.ts';
import type { NotificationSettings } from '../../contract/notifications.ts';

/** How the caller is told of things. */
export const get = procedure('signed-in').query(async ({ ctx: { identity, installation } }): Promise<NotificationSettings> => {
  if (identity.kind !== 'user') throw new RequestError('auth.forbidden', 'This is for people who are signed in, not for keys.');
  const channels = await readNotificationPreferences(installation.database.prisma, identity.id);
  return { mail: installation.config.mail !== null, email: identity.email, channels };
});
