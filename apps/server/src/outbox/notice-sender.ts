/**
 * Sends what is in the outbox. Every process with the API runs one; each notice is sent by whoever claims its row (N3 of the outbox: at least
 * once, always with the same id).
 *
 * O1 Counted before it is sent: a process that dies while sending has used up an attempt.
 * O2 While one is being sent, nobody else takes it: the claim outlasts every timeout of the connection.
 * O3 After a failure it waits longer each time; after `backoffMs.length` waits, or where another attempt cannot help, it is given up with the
 *    reason kept.
 * O4 Without a mail server mails stay where they are: one may be set up again.
 * O5 A place is taken again as soon as it is free: nothing waits for what is sent beside it. What goes to one host holds a few places at most,
 *    and one after a failure: a receiver that never answers holds up only what is for it.
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
/** [O5] */
const atOnce = 16;
const perPlace = 4;
const perPlaceAfterFailure = 1;

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
  const underway = new Set<Promise<void>>();
  /** [O5] Being sent to each place; none of those that have none. */
  const busy = new Map<string, number>();
  /** Places that did not take the latest they were sent. */
  const failing = new Set<string>();

  async function deliver(notice: ClaimedNotice): Promise<void> {
    const result = await send(notice).catch((thrown: unknown) => {
      log.error({ err: thrown, notice: notice.id, kind: notice.kind }, 'A notice could not be sent.');
      return { ok: false as const, reason: 'Something went wrong in the server; the log has more.', retryable: true };
    });
    if (result.ok) {
      failing.delete(notice.place);
      return noticeSent(prisma, notice.id);
    }
    failing.add(notice.place);
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

  function roomIn(place: string): number {
    return Math.max(0, (failing.has(place) ? perPlaceAfterFailure : perPlace) - (busy.get(place) ?? 0));
  }

  /** [O5] Takes what there is room for, and does not wait for it. */
  async function round(): Promise<void> {
    const limit = atOnce - underway.size;
    if (limit > 0) {
      const rooms = new Map([...busy.keys(), ...failing].map((place) => [place, roomIn(place)]));
      for (const notice of await claimNotices(prisma, { channels, limit, claimedForMs, perPlace, rooms })) begin(notice);
    }
    if (Date.now() - sweptAt > hour) {
      sweptAt = Date.now();
      await sweepNotices(prisma);
    }
  }

  function begin(notice: ClaimedNotice): void {
    const { id, place } = notice;
    busy.set(place, (busy.get(place) ?? 0) + 1);
    const delivery = deliver(notice)
      .catch((thrown: unknown) => log.warn({ err: thrown, notice: id }, 'What became of a notice could not be stored; it is sent again.'))
      .finally(() => {
        underway.delete(delivery);
        const left = (busy.get(place) ?? 1) - 1;
        if (left === 0) busy.delete(place);
        else busy.set(place, left);
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
