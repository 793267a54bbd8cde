/**
 * Sends what is in the outbox. Every process with the API runs one; each notice is sent by whoever claims its row (N3 of the outbox: at least
 * once, always with the same id).
 *
 * O1 Counted before it is sent: a process that dies while sending has used up an attempt.
 * O2 While one is being sent, nobody else takes it: the claim outlasts every timeout of the connection.
 * O3 After a failure it waits longer each time; after `backoffMs.length` waits, or where another attempt cannot help, it is given up with the
 *    reason kept.
 * O4 Without a mail server mails stay where they are: one may be set up again.
 */
import type { Database } from '@perdure/database';
import type { WebhookSender } from '@perdure/activities';
import { authSecret, claimNotices, noticeFailed, noticeSent, sweepNotices, type ClaimedNotice } from '@perdure/database/write';
import type { FastifyBaseLogger } from 'fastify';
import { type Rounds, startRounds } from '../rounds.ts';
import type { Mailer } from './mailer.ts';
import { webhookKey } from './webhook-keys.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** [O3] Waits after the first, second … failure: about two days in all. */
export const backoffMs: readonly number[] = [
  10 * second,
  30 * second,
  2 * minute,
  10 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  12 * hour,
  24 * hour,
];
/** [O2] */
const claimedForMs = 3 * minute;
const atOnce = 8;

export interface NoticeSenderParts {
  database: Database;
  /** Null: no mail server is set up. */
  mailer: Mailer | null;
  webhooks: WebhookSender;
  log: FastifyBaseLogger;
  everyMs?: number;
  /** For tests; the waits of O3 unless told. */
  waits?: readonly number[];
}

export function startNoticeSender({ database, mailer, webhooks, log, everyMs = 2_000, waits = backoffMs }: NoticeSenderParts): Rounds {
  const { prisma } = database;
  const channels: ClaimedNotice['channel'][] = mailer === null ? ['webhook'] : ['email', 'webhook'];
  let sweptAt = Date.now();

  async function deliver(notice: ClaimedNotice): Promise<void> {
    const result = await send(notice).catch((thrown: unknown) => {
      log.error({ err: thrown, notice: notice.id, kind: notice.kind }, 'A notice could not be sent.');
      return { ok: false as const, reason: 'Something went wrong in the server; the log has more.', retryable: true };
    });
    if (result.ok) return noticeSent(prisma, notice.id);
    const wait = result.retryable ? waits[notice.attempts - 1] : undefined;
    log.warn({ notice: notice.id, kind: notice.kind, reason: result.reason, attempts: notice.attempts }, 'A notice was not taken.');
    await noticeFailed(prisma, { id: notice.id, reason: result.reason, again: wait === undefined ? null : new Date(Date.now() + wait) });
  }

  async function send(notice: ClaimedNotice) {
    const { id, recipient, subject, text, html, body, signing } = notice;
    if (notice.channel === 'webhook') {
      const key = webhookKey(await authSecret(prisma), signing ?? '');
      return webhooks.send({ url: recipient, id, body: body ?? '', key });
    }
    if (mailer === null) throw new Error('A mail was claimed without a mail server.');
    return mailer.send({ id, to: recipient, subject: subject ?? '', text: text ?? '', html: html ?? '' });
  }

  async function round(stopping: AbortSignal): Promise<void> {
    let claimed: ClaimedNotice[];
    do {
      claimed = await claimNotices(prisma, { channels, limit: atOnce, claimedForMs });
      await Promise.all(claimed.map(deliver));
      // A full round means that more may wait.
    } while (!stopping.aborted && claimed.length === atOnce);
    if (Date.now() - sweptAt > hour) {
      sweptAt = Date.now();
      await sweepNotices(prisma);
    }
  }

  return startRounds({
    everyMs,
    round,
    onTrouble: (thrown) => log.warn({ err: thrown }, 'The outbox could not be read; the next round tries again.'),
  });
}
