/** N1–N4 of the outbox and O1–O6 of its sender, on a real database, a mail server and a web server on loopback. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { createWebhookSender, signWebhook } from '@perdure/activities';
import { migrate, openDatabase, type Database } from '@perdure/database';
import { authSecret, queueNotice, queueNoticeAlone } from '@perdure/database/write';
import { eventually, startMailCatcher, startTestPostgres, type MailCatcher, type TestPostgres } from '@perdure/testing';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { emailNotice } from './email-notice.ts';
import { createMailer } from './mailer.ts';
import type { Rounds } from '../rounds.ts';
import { startNoticeSender } from './notice-sender.ts';
import { shownWebhookKey, webhookKey } from './webhook-keys.ts';

const log = pino({ level: 'fatal' });
const publicUrl = 'https://perdure.example.com';
let postgres: TestPostgres;
let database: Database;
let mails: MailCatcher;
let hook: Server;
let hookUrl: string;
let received: { headers: IncomingMessage['headers']; body: string }[] = [];
let answers: number[] = [];
/** Accepts and never answers. */
let silent: Server;
let silentUrl: string;
/** At each of its requests, how many of them were open. */
const openAtSilent: number[] = [];
const senders: Rounds[] = [];

beforeAll(async () => {
  [postgres, mails] = await Promise.all([startTestPostgres(), startMailCatcher()]);
  await migrate(postgres.url);
  database = openDatabase({ url: postgres.url, poolSize: 5 });
  hook = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      const status = answers.shift() ?? 204;
      response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  let open = 0;
  silent = createServer((request) => {
    openAtSilent.push((open += 1));
    request.on('close', () => (open -= 1));
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  silentUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/hooks/alerts`; // a TCP server
  hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hooks/alerts`; // a TCP server
});
afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.stop()));
  await database.prisma.notice.deleteMany();
  received = [];
  answers = [];
});
afterAll(async () => {
  for (const server of [hook, silent]) {
    server.closeAllConnections();
    server.close();
  }
  await database.close();
  await Promise.all([postgres.stop(), mails.stop()]);
});

interface SenderOptions {
  mail?: boolean;
  allow?: boolean;
  waits?: number[];
  rests?: number[];
  silentForMs?: number;
  also?: string[];
}

function sender(options: SenderOptions = {}): Rounds {
  const { mail = true, allow = true, waits = [0, 0, 0], rests = [0], also = [], ...others } = options;
  const started = startNoticeSender({
    database,
    mailer: mail ? createMailer({ url: mails.url, from: 'Perdure <perdure@example.com>' }) : null,
    webhooks: createWebhookSender({
      allow: allow ? [hookUrl, silentUrl, ...also].map((url) => ({ origin: new URL(url).origin, pathPrefix: '/hooks' })) : [],
    }),
    log,
    everyMs: 20,
    waits,
    rests,
    ...others,
  });
  senders.push(started);
  return started;
}

const letter = (to: string, changes: object = {}) =>
  emailNotice(
    { mail: { url: mails.url, from: 'Perdure <perdure@example.com>' }, publicUrl },
    {
      kind: 'test',
      dedupeKey: randomUUID(),
      to,
      subject: 'Approve <order>\r\nBcc: everybody@example.com',
      paragraphs: ['Order <b>4711</b> & co', 'Two\nlines'],
      facts: [['Workflow', '"orders"']],
      action: { label: 'Open task', path: '/inbox?task=a%2Fb' },
      footer: 'You are told because it is yours.',
      ...changes,
    },
  );

const hookNotice = (changes: object = {}) => ({
  kind: 'test',
  channel: 'webhook' as const,
  dedupeKey: randomUUID(),
  url: hookUrl,
  body: { type: 'alert.firing', n: 1 },
  signing: 'alert/r/1',
  ...changes,
});

const settled = (key: string) =>
  eventually('the notice is sent or given up', async () => {
    const row = await database.prisma.notice.findUniqueOrThrow({ where: { dedupeKey: key } });
    return row.sentAt !== null || row.failedAt !== null ? row : undefined;
  });

test('N1 what the transaction takes back is not sent; what it commits arrives, with values shown as they are', async () => {
  const takenBack = letter('nobody@example.com');
  await expect(
    database.prisma.$transaction(async (tx) => {
      await queueNotice(tx, takenBack);
      throw new Error('taken back');
    }),
  ).rejects.toThrow('taken back');
  const notice = letter('a@example.com');
  await database.prisma.$transaction((tx) => queueNotice(tx, notice));
  sender();
  const mail = await mails.mailTo('a@example.com');
  expect(mail.subject).toBe('Approve <order> Bcc: everybody@example.com');
  expect(mail.to).toEqual(['a@example.com']);
  expect(mail.text).toContain('Order <b>4711</b> & co');
  expect(mail.text).toContain('Open task: https://perdure.example.com/inbox?task=a%2Fb');
  expect(mail.html).toContain('Order &lt;b&gt;4711&lt;/b&gt; &amp; co');
  expect(mail.html).toContain('Two<br>lines');
  expect(mail.html).not.toContain('<b>4711');
  expect(mails.mails.some(({ to }) => to.includes('nobody@example.com'))).toBe(false);
});

test('N2 N4 the same key queues once, also after it was sent, and nothing of the text is kept', async () => {
  const notice = letter('twice@example.com', { dedupeKey: 'task/1/5/u' });
  expect(await queueNoticeAlone(database.prisma, notice)).toBe(true);
  expect(await queueNoticeAlone(database.prisma, notice)).toBe(false);
  sender();
  const row = await settled('task/1/5/u');
  expect(row).toMatchObject({ text: null, html: null, attempts: 1, failedReason: null });
  expect(await queueNoticeAlone(database.prisma, notice)).toBe(false);
  expect(mails.mails.filter(({ to }) => to.includes('twice@example.com'))).toHaveLength(1);
});

test('N3 a mail that is refused for now comes again with the same Message-ID', async () => {
  mails.refuseNext([451, 'Try later']);
  const notice = letter('later@example.com', { dedupeKey: 'later' });
  await queueNoticeAlone(database.prisma, notice);
  sender();
  const mail = await mails.mailTo('later@example.com');
  const row = await settled('later');
  expect(row).toMatchObject({ attempts: 2, failedReason: expect.stringContaining('Try later') });
  expect(mail.messageId).toBe(`<${row.id}@example.com>`);
});

test('O3 a mail that is refused for good is given up at once, with the reason', async () => {
  mails.refuseNext([550, 'No such user']);
  await queueNoticeAlone(database.prisma, letter('gone@example.com', { dedupeKey: 'gone' }));
  sender();
  const row = await settled('gone');
  expect(row).toMatchObject({ sentAt: null, attempts: 1, text: null, failedReason: expect.stringContaining('No such user') });
});

test('O1 O2 several senders send each notice once', async () => {
  const keys = Array.from({ length: 40 }, () => randomUUID());
  for (const dedupeKey of keys) await queueNoticeAlone(database.prisma, hookNotice({ dedupeKey }));
  sender();
  sender();
  sender();
  await Promise.all(keys.map(settled));
  expect(received).toHaveLength(40);
  expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(40);
});

test('a webhook is signed over id, time and body, with a key that the receiver can be told', async () => {
  const notice = hookNotice();
  await queueNoticeAlone(database.prisma, notice);
  sender();
  const row = await settled(notice.dedupeKey);
  const [{ headers, body } = { headers: {}, body: '' }] = received;
  expect(JSON.parse(body)).toEqual({ type: 'alert.firing', n: 1 });
  expect(headers['webhook-id']).toBe(row.id);
  const secret = await authSecret(database.prisma);
  const told = Buffer.from(shownWebhookKey(secret, 'alert/r/1').slice('whsec_'.length), 'base64');
  expect(headers['webhook-signature']).toBe(signWebhook(told, row.id, Number(headers['webhook-timestamp']), body));
  expect(webhookKey(secret, 'alert/r/2')).not.toEqual(told);
});

test('O3 a webhook that fails is sent again under the same id, and given up after its waits', async () => {
  answers = [500, 302, 503, 500];
  const notice = hookNotice();
  await queueNoticeAlone(database.prisma, notice);
  sender();
  const row = await settled(notice.dedupeKey);
  expect(row).toMatchObject({ sentAt: null, attempts: 4, body: null, failedReason: expect.stringContaining('500') });
  expect(new Set(received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([row.id]));
  answers = [410];
  const unwanted = hookNotice();
  await queueNoticeAlone(database.prisma, unwanted);
  expect(await settled(unwanted.dedupeKey)).toMatchObject({ sentAt: null, attempts: 1, failedReason: expect.stringContaining('410') });
});

test('O5 a receiver that never answers holds up only what is for it, and one of that at a time', async () => {
  for (let i = 0; i < 30; i += 1) await queueNoticeAlone(database.prisma, hookNotice({ url: silentUrl }));
  const keys = Array.from({ length: 40 }, () => randomUUID());
  for (const dedupeKey of keys) await queueNoticeAlone(database.prisma, hookNotice({ dedupeKey }));
  await queueNoticeAlone(database.prisma, letter('meanwhile@example.com'));
  const started = sender();
  await mails.mailTo('meanwhile@example.com');
  for (const row of await Promise.all(keys.map(settled))) expect(row).toMatchObject({ attempts: 1, failedReason: null });
  // All others were sent while the silent one still holds its first: nothing of it has ended.
  const toSilent = { recipient: silentUrl };
  expect(await database.prisma.notice.count({ where: { ...toSilent, failedReason: { not: null } } })).toBe(0);
  expect(await database.prisma.notice.count({ where: { ...toSilent, attempts: { gt: 0 } } })).toBe(1);
  // Still one at a time when it is tried again.
  await eventually('it was tried three times more', () => {
    silent.closeAllConnections();
    return Promise.resolve(openAtSilent.length >= 4 || undefined);
  });
  expect(openAtSilent.slice(0, 4)).toEqual([1, 1, 1, 1]);
  await database.prisma.notice.updateMany({ where: toSilent, data: { failedAt: new Date() } });
  silent.closeAllConnections();
  silent.on('request', (request) => request.destroy());
  await started.stop();
});

test('O5 O6 more hosts that never answer than can be sent to at once do not delay one that does, rest, and use up no attempts', async () => {
  const hosts = 70;
  const sockets = new Set<Socket>();
  const dead = await Promise.all(
    Array.from({ length: hosts }, async () => {
      const server = createTcpServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const urls = dead.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/x`); // TCP servers
  const toDead = { recipient: { in: urls } };
  const tried = () => database.prisma.notice.count({ where: { ...toDead, attempts: { gt: 0 } } });
  try {
    const started = sender({ rests: [3_600_000], also: urls });
    const known = hookNotice();
    await queueNoticeAlone(database.prisma, known);
    await settled(known.dedupeKey);
    await database.prisma.$transaction(async (tx) => {
      for (const url of urls) for (let n = 0; n < 3; n += 1) await queueNotice(tx, hookNotice({ url }));
    });
    // Half of what can be sent at once is theirs by now, and stays so for as long as they say nothing.
    await eventually('half of it is theirs', async () => (await tried()) === 32 || undefined);
    const keys = Array.from({ length: 20 }, () => randomUUID());
    for (const dedupeKey of keys) await queueNoticeAlone(database.prisma, hookNotice({ dedupeKey }));
    for (const row of await Promise.all(keys.map(settled))) expect(row).toMatchObject({ attempts: 1, failedReason: null });
    expect(await tried()).toBe(32);
    expect(await database.prisma.notice.count({ where: { ...toDead, failedReason: { not: null } } })).toBe(0);

    // Each is tried once, and rests then, with what else is for it untouched.
    await eventually('each was tried', async () => {
      for (const socket of sockets) socket.destroy();
      return (await database.prisma.notice.count({ where: { ...toDead, failedReason: { not: null } } })) === hosts || undefined;
    });
    const after = hookNotice();
    await queueNoticeAlone(database.prisma, after);
    await settled(after.dedupeKey);
    expect(await tried()).toBe(hosts);
    await started.stop();
  } finally {
    for (const server of dead) server.close();
    for (const socket of sockets) socket.destroy();
  }
});

test('O6 what a silent receiver was to be told days ago is given up with the reason; what is due since later is not', async () => {
  const day = 24 * 3_600_000;
  const late = [hookNotice({ url: silentUrl }), hookNotice({ url: silentUrl })];
  const lately = hookNotice({ url: silentUrl });
  const due = async (notice: ReturnType<typeof hookNotice>, daysAgo: number): Promise<void> => {
    await queueNoticeAlone(database.prisma, { ...notice, dueAt: new Date(Date.now() - daysAgo * day) });
  };
  await Promise.all([...late.map((notice) => due(notice, 3)), due(lately, 1)]);
  const started = sender({ waits: [3_600_000], rests: [3_600_000], silentForMs: 0 });
  const row = (notice: { dedupeKey: string }) => database.prisma.notice.findUniqueOrThrow({ where: { dedupeKey: notice.dedupeKey } });
  const given = await eventually('the one that was not tried is given up', async () => {
    silent.closeAllConnections();
    return (await Promise.all(late.map(row))).find(({ attempts, failedAt }) => attempts === 0 && failedAt !== null);
  });
  expect(given).toMatchObject({ body: null, failedReason: expect.stringContaining('127.0.0.1') });
  expect(await row(lately)).toMatchObject({ attempts: 0, failedAt: null, body: expect.any(String) });
  await started.stop();
});

test('a webhook to an internal address is refused unless the operator allows it', async () => {
  const notice = hookNotice();
  await queueNoticeAlone(database.prisma, notice);
  sender({ allow: false });
  expect(await settled(notice.dedupeKey)).toMatchObject({ sentAt: null, failedReason: expect.stringContaining('internal') });
  expect(received).toHaveLength(0);
});

test('O4 without a mail server no mail is made, and one that is there waits', async () => {
  expect(emailNotice({ mail: null, publicUrl }, { kind: 'x', dedupeKey: 'x', to: 'a@b.c', subject: '', paragraphs: [] })).toBeNull();
  expect(await queueNoticeAlone(database.prisma, null)).toBe(false);
  await queueNoticeAlone(database.prisma, letter('waits@example.com', { dedupeKey: 'waits' }));
  const hooked = hookNotice();
  await queueNoticeAlone(database.prisma, hooked);
  const first = sender({ mail: false });
  await settled(hooked.dedupeKey);
  await first.stop();
  expect(await database.prisma.notice.findUniqueOrThrow({ where: { dedupeKey: 'waits' } })).toMatchObject({ attempts: 0, sentAt: null });
  sender().nudge();
  await mails.mailTo('waits@example.com');
});
