/**
 * Sends what is in the outbox. Every process with the API runs one; each notice is sent by whoever claims its row (N3 of the outbox: at least
 * once, always with the same id).
 *
 * O1 Counted before it is sent: a process that dies while sending has used up an attempt.
 * O2 While one is being sent, nobody else takes it: the claim outlasts every timeout of the connection.
 * O3 After a failure it waits longer each time; after `backoffMs.length` waits, or where another attempt cannot help, it is given up with the
 *    reason kept.
 * O4 Without a mail server mails stay where they are: one may be set up again.
 * O5 Nothing waits for what is sent beside it; how much is sent at once, and to whom, is `receivers.ts`'s to say: a receiver that never answers
 *    holds up only what is for it.
 * O6 What waits for a receiver that does not answer uses up no attempts. What has been due for as long as all waits of O3 together is given up
 *    when a probe finds the receiver silent still, hours after the first one did: not what only this installation's own absence made late.
 */
import type { Database } from '@perdure/database';
import type { WebhookSender } from '@perdure/activities';
import {
  authSecret,
  claimNotices,
  giveUpOverdueNotices,
  noticeFailed,
  noticeSent,
  sweepNotices,
  type ClaimedNotice,
} from '@perdure/database/write';
import type { FastifyBaseLogger } from 'fastify';
import { type Rounds, startRounds } from '../rounds.ts';
import type { Mailer } from './mailer.ts';
import { Receivers, type Room } from './receivers.ts';
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

export interface NoticeSenderParts {
  database: Database;
  /** Null: no mail server is set up. */
  mailer: Mailer | null;
  webhooks: WebhookSender;
  log: FastifyBaseLogger;
  everyMs?: number;
  /** For tests; the waits of O3 unless told. */
  waits?: readonly number[];
  /** For tests; how long a receiver rests that did not answer. */
  rests?: readonly number[];
  /** [O6] For tests. */
  silentForMs?: number;
}

export function startNoticeSender({
  database,
  mailer,
  webhooks,
  log,
  everyMs = 2_000,
  waits = backoffMs,
  rests,
  silentForMs = 2 * hour,
}: NoticeSenderParts): Rounds {
  const { prisma } = database;
  const channels: ClaimedNotice['channel'][] = mailer === null ? ['webhook'] : ['email', 'webhook'];
  let sweptAt = Date.now();
  const underway = new Set<Promise<void>>();
  const receivers = new Receivers(rests);
  const overdueMs = backoffMs.reduce((sum, wait) => sum + wait, 0);

  async function deliver(notice: ClaimedNotice): Promise<void> {
    const result = await send(notice).catch((thrown: unknown) => {
      log.error({ err: thrown, notice: notice.id, kind: notice.kind }, 'A notice could not be sent.');
      return { ok: false as const, reason: 'Something went wrong in the server; the log has more.', retryable: true, silent: false };
    });
    receivers.tell(notice.place, result.ok ? 'taken' : result.silent ? 'silent' : 'refused');
    if (result.ok) return noticeSent(prisma, notice.id);
    const wait = result.retryable ? waits[notice.attempts - 1] : undefined;
    log.warn({ notice: notice.id, kind: notice.kind, reason: result.reason, attempts: notice.attempts }, 'A notice was not taken.');
    await noticeFailed(prisma, { id: notice.id, reason: result.reason, again: wait === undefined ? null : new Date(Date.now() + wait) });
    if (!result.silent || receivers.silentMs(notice.place) < silentForMs) return;
    const givenUp = await giveUpOverdueNotices(prisma, { place: notice.place, reason: result.reason, overdueMs });
    if (givenUp > 0) log.warn({ place: notice.place, givenUp, reason: result.reason }, 'What was due for too long was given up.');
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

  /** [O5] Takes what there is room for, those first that answer, and does not wait for it. */
  async function round(): Promise<void> {
    await take(receivers.forAnswering);
    await take(receivers.forOthers);
    if (Date.now() - sweptAt > hour) {
      sweptAt = Date.now();
      await sweepNotices(prisma);
    }
  }

  async function take(room: Room): Promise<void> {
    if (room.limit <= 0) return;
    for (const notice of await claimNotices(prisma, { channels, claimedForMs, ...room })) begin(notice);
  }

  function begin(notice: ClaimedNotice): void {
    const { id, place } = notice;
    receivers.begin(place);
    const delivery = deliver(notice)
      .catch((thrown: unknown) => log.warn({ err: thrown, notice: id }, 'What became of a notice could not be stored; it is sent again.'))
      .finally(() => {
        underway.delete(delivery);
        receivers.end(place);
        rounds.nudge();
      });
    underway.add(delivery);
  }

  const rounds = startRounds({
    everyMs,
    round,
    onTrouble: (thrown) => log.warn({ err: thrown }, 'The outbox could not be read; the next round tries again.'),
  });
  return {
    nudge: () => rounds.nudge(),
    stop: async () => {
      await rounds.stop();
      await Promise.all(underway);
    },
  };
}
