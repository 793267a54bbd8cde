/**
 * The outbox: mail and webhooks that are to leave. It does not send (apps/server/src/outbox does) and does not decide whom to tell what.
 *
 * N1 A notice is queued in the transaction of its cause: neither is there without the other.
 * N2 One notice per dedupe key, for as long as its row is kept (90 days): a cause that is looked at again tells nobody twice.
 * N3 Sent at least once. Every attempt of a notice carries the same id, by which receivers recognise a repetition.
 * N4 What it says is kept until it has been sent or given up, and no longer: it may hold a link that is good once.
 */
import { randomUUID } from 'node:crypto';
import type { Json } from '@perdure/graph';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';

export type Notice = EmailNotice | WebhookNotice;

interface NoticeBase {
  /** `task.assigned`, `alert.firing`, `people.invitation` … */
  kind: string;
  /** Names the cause and the receiver: `task/<id>/<event seq>/<user id>`. */
  dedupeKey: string;
  /** Not before this. Default: at once. */
  dueAt?: Date;
}

export interface EmailNotice extends NoticeBase {
  channel: 'email';
  /** One address. */
  to: string;
  subject: string;
  text: string;
  /** Every value in it is escaped already. */
  html: string;
}

export interface WebhookNotice extends NoticeBase {
  channel: 'webhook';
  url: string;
  body: Json;
  /** Names the key it is signed with (apps/server/src/outbox/webhook-keys.ts): `alert/<rule id>/1`. */
  signing: string;
}

/**
 * Queues in the transaction of the cause. Null is what `emailNotice` gives where no mail server is set up: nothing is queued.
 * False: nothing to queue, or the key is there already.
 */
export async function queueNotice(tx: Prisma.TransactionClient, notice: Notice | null): Promise<boolean> {
  if (notice === null) return false;
  const { kind, channel, dedupeKey } = notice;
  const { count } = await tx.notice.createMany({
    data: [
      {
        id: randomUUID(),
        kind,
        channel,
        dedupeKey,
        ...(notice.dueAt === undefined ? {} : { dueAt: notice.dueAt }),
        ...(notice.channel === 'email'
          ? { recipient: notice.to, subject: notice.subject, text: notice.text, html: notice.html }
          : { recipient: notice.url, body: JSON.stringify(notice.body), signing: notice.signing }),
      },
    ],
    skipDuplicates: true,
  });
  return count === 1;
}

/** For causes that are durable elsewhere already, such as a committed history: asking again is harmless. */
export async function queueNoticeAlone(prisma: PrismaClient, notice: Notice | null): Promise<boolean> {
  return queueNotice(prisma, notice);
}

/** A notice that this process sends now. Others leave it alone until `claimedForMs` have passed. */
export interface ClaimedNotice {
  id: string;
  kind: string;
  channel: 'email' | 'webhook';
  recipient: string;
  subject: string | null;
  text: string | null;
  html: string | null;
  body: string | null;
  signing: string | null;
  createdAt: Date;
  /** This one included. */
  attempts: number;
  /** Where it goes to: the host of a webhook; '' for all mails, which leave through one server. */
  place: string;
}

export interface NoticeClaim {
  channels: readonly ClaimedNotice['channel'][];
  limit: number;
  claimedForMs: number;
  /** How many for one place … */
  perPlace: number;
  /** … other than these. */
  rooms?: ReadonlyMap<string, number>;
}

/** Takes up to `limit` due notices of the channels, the oldest of each place. Counted as attempts before they are sent: a sender that dies counts. */
export async function claimNotices(
  prisma: PrismaClient,
  { channels, limit, claimedForMs, perPlace, rooms = new Map() }: NoticeClaim,
): Promise<ClaimedNotice[]> {
  const named = [[...rooms.keys()], [...rooms.values()]];
  return prisma.$queryRawUnsafe<ClaimedNotice[]>(claimSql, channels, limit, claimedForMs, ...named, perPlace);
}

const claimSql = sqlFile(import.meta.url, 'claim-notices.sql');
const emptied = { text: null, html: null, body: null };

export async function noticeSent(prisma: PrismaClient, id: string): Promise<void> {
  await prisma.notice.updateMany({ where: { id, sentAt: null }, data: { sentAt: new Date(), ...emptied } });
}

/** `again` null: given up. */
export async function noticeFailed(prisma: PrismaClient, failed: { id: string; reason: string; again: Date | null }): Promise<void> {
  await prisma.notice.updateMany({
    where: { id: failed.id, sentAt: null, failedAt: null },
    data: {
      failedReason: failed.reason,
      ...(failed.again === null ? { failedAt: new Date(), ...emptied } : { dueAt: failed.again }),
    },
  });
}

/** Gives up those for a place that have been due for so long that whoever was to be told need not be any more. Gives how many. */
export function giveUpOverdueNotices(
  prisma: PrismaClient,
  { place, reason, overdueMs }: { place: string; reason: string; overdueMs: number },
): Promise<number> {
  return prisma.$executeRaw`
    UPDATE notice SET failed_at = now(), failed_reason = ${reason}, text = NULL, html = NULL, body = NULL
    WHERE sent_at IS NULL AND failed_at IS NULL AND due_at < now() - ${overdueMs} * interval '1 millisecond'
      AND CASE channel WHEN 'webhook' THEN split_part(recipient, '/', 3) ELSE '' END = ${place}`;
}

/** Forgets those that were sent or given up long ago [N2]. Gives how many. */
export async function sweepNotices(prisma: PrismaClient, keptMs = 90 * 24 * 60 * 60 * 1000): Promise<number> {
  const { count } = await prisma.notice.deleteMany({
    where: { createdAt: { lt: new Date(Date.now() - keptMs) }, OR: [{ sentAt: { not: null } }, { failedAt: { not: null } }] },
  });
  return count;
}
