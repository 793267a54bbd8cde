/** Alert rules from the procedures to the mail and the webhook, looked at by hand in place of the clock. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signWebhook } from '@perdure/activities';
import { eventually, startMailCatcher, type MailCatcher } from '@perdure/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTestServer, type Loose, type TestServer } from '../test-support/test-server.ts';
import { lookAtAlerts } from './alert-watch.ts';

let server: TestServer;
let mails: MailCatcher;
let admin: { id: string; cookie: string };
let hook: Server;
let hookUrl: string;
const received: { headers: IncomingMessage['headers']; body: string }[] = [];

beforeAll(async () => {
  mails = await startMailCatcher();
  hook = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(hook.address() as AddressInfo).port}`; // a TCP server
  hookUrl = `${origin}/alerts`;
  server = await startTestServer({
    embedded: false,
    mail: { url: mails.url, from: 'Perdure <perdure@example.com>' },
    allowedPlaces: [{ origin, pathPrefix: '/' }],
  });
  admin = await server.signIn('admin', 'Ada');
  for (const key of ['orders', 'invoices']) await server.database.prisma.workflow.create({ data: workflow(key) });
});
const workflow = (key: string) => ({ key, title: `The ${key}`, draft: {}, draftSavedBy: admin.id, createdBy: admin.id });
afterEach(async () => {
  const { prisma } = server.database;
  await prisma.alertRule.deleteMany();
  await prisma.instance.deleteMany();
  await prisma.humanTask.deleteMany();
});
afterAll(async () => {
  hook.closeAllConnections();
  hook.close();
  await server.stop();
  await mails.stop();
});

const rule = {
  name: 'Failures',
  kind: 'failure-rate',
  workflowKey: null,
  threshold: 50,
  minimum: 4,
  windowSeconds: 900,
  cooldownSeconds: 0,
  remindEverySeconds: null,
  tellResolved: true,
  emails: ['ops@example.com'],
  webhookUrl: null,
  enabled: true,
};
const ask = (name: string, input: object): Promise<Loose> => server.procedure(admin.cookie, 'mutation', `alerts.${name}`, input as never);
const list = async (): Promise<Loose> => (await server.procedure(admin.cookie, 'query', 'alerts.list')).data;
const look = () => lookAtAlerts(server.installation, server.app.log);
const noticeKinds = async (ruleName?: string) =>
  (await server.database.prisma.notice.findMany({ where: { kind: { startsWith: 'alert.' } }, orderBy: { createdAt: 'asc' } }))
    .filter(({ subject }) => ruleName === undefined || subject?.startsWith(ruleName))
    .map(({ kind }) => kind);

let made = 0;
async function finished(status: 'Completed' | 'Failed', count: number, changes: object = {}): Promise<void> {
  await server.database.prisma.instance.createMany({
    data: Array.from({ length: count }, () => ({
      id: `i${made++}`,
      partition: 0,
      executionId: 'e',
      workflowKey: 'orders',
      version: 1,
      status,
      startedBy: 'u',
      completedAt: new Date(),
      ...changes,
    })),
  });
}

test('a rule tells once when it becomes true, and when it is over; too few finished ones say nothing', async () => {
  const { id } = (await ask('save', { ...rule, name: 'Orders', workflowKey: 'orders' })).data;
  await finished('Failed', 3);
  await finished('Failed', 5, { workflowKey: 'others' });
  await finished('Failed', 5, { tags: ['perdure:test'] });
  await look();
  expect((await list()).rules).toMatchObject([{ id, value: null, firing: null }]);
  await finished('Completed', 1);
  await look();
  await look();
  await look();
  expect((await list()).rules).toMatchObject([{ value: 75, firing: { worst: 75, told: 1 } }]);
  const mail = await mails.mailTo('ops@example.com', /Orders: 75 % failed/);
  expect(mail.text).toContain('/instances?view=failed&workflow=');
  await finished('Completed', 6);
  await look();
  await mails.mailTo('ops@example.com', /Orders: over/);
  expect(await noticeKinds('Orders')).toEqual(['alert.firing', 'alert.resolved']);
  expect((await list()).firings).toMatchObject([{ name: 'Orders', worst: 75, told: 1, endedAt: expect.any(String) }]);
});

test('several processes that look at the same time tell once', async () => {
  await ask('save', { ...rule, name: 'Raced' });
  await finished('Failed', 4);
  await Promise.all(Array.from({ length: 6 }, look));
  await look();
  expect(await noticeKinds('Raced')).toEqual(['alert.firing']);
});

test('a webhook is told, signed with the key that is shown, until another one is made', async () => {
  const { id } = (
    await ask('save', { ...rule, name: 'Hooked', kind: 'overdue-tasks', threshold: 1, windowSeconds: 0, emails: [], webhookUrl: hookUrl })
  ).data;
  await server.database.prisma.humanTask.create({
    data: {
      id: 't1',
      instanceId: 'i',
      executionId: 'e',
      step: 's#1',
      node: 's',
      workflowKey: 'orders',
      version: 1,
      title: 'Approve',
      outcomes: [],
      dueAt: new Date(Date.now() - 60_000),
    },
  });
  const { key } = (await ask('webhookKey', { id, renew: false })).data;
  await look();
  const { headers, body } = await eventually('the webhook arrives', () => received.find((one) => one.body.includes('Hooked')));
  expect(JSON.parse(body)).toMatchObject({ type: 'alert.firing', data: { rule: { id, name: 'Hooked' }, value: 1 } });
  const secret = Buffer.from(key.slice('whsec_'.length), 'base64');
  expect(headers['webhook-signature']).toBe(signWebhook(secret, String(headers['webhook-id']), Number(headers['webhook-timestamp']), body));
  expect((await ask('webhookKey', { id, renew: true })).data.key).not.toBe(key);
  expect((await ask('webhookKey', { id, renew: false })).data.key).not.toBe(key);
});

test('queue lag is the age of the oldest work that is due', async () => {
  const { prisma } = server.database;
  await ask('save', { ...rule, name: 'Lag', kind: 'queue-lag', threshold: 60 });
  await look();
  expect((await list()).rules).toMatchObject([{ value: expect.any(Number), firing: null }]);
  // For an instance that is not there: nobody takes it up.
  await prisma.timer.create({ data: { instanceId: 'gone', timerId: 't', partition: 63, fireAt: new Date(Date.now() - 120_000) } });
  const late = await eventually('the timer counts or was thrown away by the worker', async () => {
    await look();
    const [found] = (await list()).rules;
    const timers = await prisma.timer.count();
    return found.value >= 120 || timers === 0 ? { value: found.value as number, timers } : undefined;
  });
  if (late.timers > 0) expect(late.value).toBeGreaterThanOrEqual(120);
  await prisma.timer.deleteMany();
});

test('stuck instances count when they are it for long enough', async () => {
  const { prisma } = server.database;
  await ask('save', { ...rule, name: 'Stuck', kind: 'stuck', threshold: 2, windowSeconds: 300, workflowKey: 'orders' });
  const createdAt = new Date();
  const stand = async (id: string, since: number, workflowKey = 'orders'): Promise<void> => {
    // Of an instance that is not there the server's own round would clear it away.
    const place = { partition: 0, executionId: id, workflowKey, version: 1, status: 'Running', startedBy: 'test' };
    await prisma.instance.create({ data: { ...place, id, seq: 1, createdAt } });
    const cause = { isTest: false, waiting: true, kind: 'none', node: 'n', title: 'N', detail: '', stuck: 'nothing-open' };
    const from = new Date(Date.now() - since * 1_000);
    // That round may have seen the instance already.
    await prisma.instanceStanding.upsert({
      where: { instanceId: id },
      create: { ...cause, instanceId: id, seq: 1, workflowKey, createdAt, since: from },
      update: { ...cause, since: from },
    });
  };
  await stand('s1', 600);
  await stand('s2', 60);
  await stand('s3', 600, 'others');
  await look();
  expect((await list()).rules).toMatchObject([{ value: 1, problem: null, firing: null }]);
  await stand('s4', 400);
  await look();
  expect((await list()).rules).toMatchObject([{ value: 2, firing: { told: 1 } }]);
  await prisma.instance.deleteMany({ where: { startedBy: 'test' } });
  await prisma.instanceStanding.deleteMany();
});

test('a test reaches everybody the rule names, and whoever wants no mail about alerts is left out of the real ones', async () => {
  const { email } = await server.database.prisma.user.findUniqueOrThrow({ where: { id: admin.id } });
  const { id } = (await ask('save', { ...rule, name: 'Tested', emails: [email, 'ops@example.com'], webhookUrl: hookUrl })).data;
  expect((await ask('test', { id })).data).toEqual({ notices: 3 });
  await mails.mailTo(email, /Tested: a test/);
  await eventually('the webhook arrives', () => received.find((one) => one.body.includes('alert.test')));
  await server.procedure(admin.cookie, 'mutation', 'notifications.set', { kind: 'alert', channel: 'none' });
  expect((await server.procedure(admin.cookie, 'query', 'notifications.get')).data).toMatchObject({
    mail: true,
    channels: { alert: 'none' },
  });
  await finished('Failed', 4);
  await look();
  await mails.mailTo('ops@example.com', /Tested: 100 % failed/);
  const to = (await server.database.prisma.notice.findMany({ where: { kind: 'alert.firing', subject: { startsWith: 'Tested' } } })).map(
    ({ recipient }) => recipient,
  );
  expect(to).toEqual(['ops@example.com']);
  expect((await list()).deliveries.length).toBeGreaterThan(0);
});

test('a rule is checked, changed with what it was, and begins anew when it asks something else', async () => {
  const refused = await ask('save', { ...rule, emails: [] });
  expect(refused.error).toMatchObject({ code: 'input.invalid', details: [{ field: 'emails' }] });
  expect((await ask('save', { ...rule, webhookUrl: 'ftp://x' })).status).toBe(400);
  expect((await ask('save', { ...rule, threshold: 101 })).status).toBe(400);
  expect((await ask('save', { ...rule, id: 'none' })).error).toMatchObject({ code: 'alert.unknown' });
  const { id } = (await ask('save', rule)).data;
  await finished('Failed', 4);
  await look();
  expect((await list()).rules[0].firing).not.toBeNull();
  await ask('save', { ...rule, id, threshold: 90 });
  expect((await list()).rules[0].firing).toBeNull();
  const [entry] = (await server.procedure(admin.cookie, 'query', 'audit.list', { target: `alert:${id}` })).data.rows;
  expect(entry).toMatchObject({ action: 'alert.change', before: { threshold: 50 }, after: { threshold: 90 } });
  await ask('remove', { id });
  expect((await list()).rules).toEqual([]);
});

test('a rule is about a workflow there is; one that is archived or gone later is shown with it', async () => {
  const { prisma } = server.database;
  const wrong = async (input: object): Promise<Loose> => (await ask('save', { ...rule, ...input })).error?.details;
  const field = (message: string) => [{ field: 'workflowKey', message }];
  expect(await wrong({ workflowKey: 'ordres' })).toEqual(field('There is no workflow “ordres”. Did you mean “orders”?'));
  expect(await wrong({ workflowKey: 'shipping' })).toEqual(field('There is no workflow “shipping”.'));
  const { id } = (await ask('save', { ...rule, workflowKey: 'invoices' })).data;
  const about = async (): Promise<Loose> => (await list()).rules[0].workflow;
  expect(await about()).toEqual({ title: 'The invoices', state: 'there' });

  await prisma.workflow.update({ where: { key: 'invoices' }, data: { archivedAt: new Date() } });
  expect(await about()).toEqual({ title: 'The invoices', state: 'archived' });
  expect(await wrong({ workflowKey: 'invoices' })).toEqual(field('The workflow “invoices” is archived.'));
  expect((await ask('save', { ...rule, id, workflowKey: 'invoices', threshold: 60 })).data).toEqual({ id });

  await prisma.workflow.delete({ where: { key: 'invoices' } });
  expect(await about()).toEqual({ title: 'invoices', state: 'gone' });
  expect(await wrong({ id, workflowKey: 'invoices' })).toEqual(field('There is no workflow “invoices”.'));
  expect((await ask('save', { ...rule, id, workflowKey: 'invoices', enabled: false })).data).toEqual({ id });
  expect(await wrong({ id, workflowKey: 'ordres', enabled: false })).toEqual(
    field('There is no workflow “ordres”. Did you mean “orders”?'),
  );
});
