import type { PrismaClient } from '../generated/client.ts';
import { appendAudit } from './audit.ts';
import { changesOf } from './audit-changes.ts';

/** What people are told of by mail, unless they want none of it (the row of the kind says `none`). */
export const notificationKinds = ['task.new', 'task.assigned', 'task.mention', 'task.reminder', 'alert'] as const;

export type NotificationKind = (typeof notificationKinds)[number];
export type NotificationChannel = 'email' | 'none';

/** Of these addresses, those of people who want no mail of the kind. */
export async function unwillingAddresses(prisma: PrismaClient, kind: NotificationKind, emails: readonly string[]): Promise<Set<string>> {
  const unwilling = await prisma.user.findMany({
    where: { email: { in: [...emails] }, notificationPreferences: { some: { kind, channel: 'none' } } },
    select: { email: true },
  });
  return new Set(unwilling.map(({ email }) => email));
}

export async function readNotificationPreferences(
  prisma: PrismaClient,
  userId: string,
): Promise<Record<NotificationKind, NotificationChannel>> {
  const refused = await prisma.notificationPreference.findMany({ where: { userId, channel: 'none' } });
  const channelOf = (kind: NotificationKind) => [kind, refused.some((one) => one.kind === kind) ? 'none' : 'email'];
  // All kinds, each with a channel.
  return Object.fromEntries(notificationKinds.map(channelOf)) as Record<NotificationKind, NotificationChannel>;
}

export async function setNotificationPreference(
  prisma: PrismaClient,
  { userId, kind, channel }: { userId: string; kind: NotificationKind; channel: NotificationChannel },
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const place = { userId_kind: { userId, kind } };
    const before = await tx.notificationPreference.findUnique({ where: place });
    await tx.notificationPreference.upsert({ where: place, create: { userId, kind, channel }, update: { channel } });
    const changes = changesOf({ [kind]: before?.channel ?? 'email' }, { [kind]: channel });
    await appendAudit(tx, { actor: userId, action: 'notifications.set', target: `user:${userId}`, ...changes });
  });
}
