import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer, until } from '../test-support/test-server.ts';
import { seedSamples, startWelcomeInstances } from './seed-samples.ts';

const root = '/runtime/webhooks/durabletask';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const run = (key: string, input = {}) => server.call('POST', `${root}/orchestrators/${key}?timeout=15`, { body: input });

describe('samples run as they are, with an empty input', () => {
  test('conference-booking', async () => {
    const { status, body } = await run('conference-booking');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      flight: expect.stringMatching(/^FL-/),
      hotel: expect.stringMatching(/^HO-/),
      car: expect.stringMatching(/^CA-/),
    });
  });

  test('conference-booking-parallel adds up the expenses', async () => {
    expect((await run('conference-booking-parallel')).body.expenses).toBeCloseTo(786.4, 5);
    const given = await run('conference-booking-parallel', {
      receipts: [{ amount: 1 }, { amount: 2 }, { amount: 4 }, { amount: 8 }, { amount: 16 }, { amount: 32 }],
    });
    expect(given.body.expenses).toBe(63);
    expect((await run('conference-booking-parallel', { receipts: [{ amount: 5 }] })).body.expenses).toBe(5);
  });

  test('conference-booking-fallback takes the train after three failed flight bookings', async () => {
    const started = await server.call('POST', `${root}/orchestrators/conference-booking-fallback/fallback?timeout=15`, { body: {} });
    expect(started.body.journey).toMatchObject({ by: 'train', confirmation: expect.stringMatching(/^TR-/) });
    expect(await server.database.prisma.historyEvent.count({ where: { instanceId: 'fallback', type: 'TaskFailed' } })).toBe(3);
    expect((await run('conference-booking-fallback', { failedFlights: 2 })).body.journey.by).toBe('plane');
  });

  test('bank-transfer moves money between accounts, and declines what the account does not have', async () => {
    expect((await run('bank-transfer')).body).toEqual({ transferred: true, from: 75, to: 125 });
    expect((await run('bank-transfer', { amount: 1_000 })).body).toMatchObject({ transferred: false });
    expect((await server.call('GET', `${root}/entities/account/aiko`)).body).toEqual({ balance: 75 });
  });

  test('order-approval retries once and waits for a person; small orders need none', async () => {
    await server.call('POST', `${root}/orchestrators/order-approval/approval`, { body: {} });
    await until(
      async () => (await server.database.prisma.humanTask.findFirst({ where: { instanceId: 'approval', status: 'open' } })) ?? undefined,
      'the task is there',
    );
    expect(await server.database.prisma.historyEvent.count({ where: { instanceId: 'approval', type: 'TaskFailed' } })).toBe(1);
    expect((await run('order-approval', { amount: 20 })).body).toMatchObject({ decision: 'approved' });
  });
});

test('a repeated first start changes nothing: six samples at version 1, one finished and one waiting instance', async () => {
  await seedSamples(server.installation);
  await startWelcomeInstances(server.installation);
  // As if the first had broken off before it was done.
  await server.database.prisma.setting.delete({ where: { key: 'welcomed' } });
  await startWelcomeInstances(server.installation);
  const workflows = await server.database.prisma.workflow.findMany({ where: { sample: true } });
  expect(workflows.map(({ latestVersion }) => latestVersion)).toEqual([1, 1, 1, 1, 1, 1]);
  const welcome = async () =>
    (await server.database.prisma.instance.findMany({ where: { startedBy: 'system' }, orderBy: { id: 'asc' } })).map(
      ({ id, status }) => `${id} ${status}`,
    );
  await until(async () => (await welcome())[0] === 'welcome-booking Completed', 'the first sample finishes');
  expect(await welcome()).toEqual(['welcome-booking Completed', 'welcome-order Running']);
});

test('a seeding that broke off is finished by the next one', async () => {
  const { prisma } = server.database;
  await prisma.workflowVersion.deleteMany({ where: { workflowKey: 'conference-booking-parallel' } });
  await prisma.workflow.update({ where: { key: 'conference-booking-parallel' }, data: { latestVersion: null } });
  await seedSamples(server.installation);
  expect((await prisma.workflow.findUniqueOrThrow({ where: { key: 'conference-booking-parallel' } })).latestVersion).toBe(1);
});

describe('demo services', () => {
  const ask = (path: string, headers = {}) =>
    server.call('POST', `/demo-services/${path}`, { key: null, body: { customer: 'x' }, headers });
  test('answer the same key with the same, and different keys with different answers', async () => {
    const [first, again, other] = await Promise.all([
      ask('payment', { 'idempotency-key': 'a' }),
      ask('payment', { 'idempotency-key': 'a' }),
      ask('payment', { 'idempotency-key': 'b' }),
    ]);
    expect(again.body).toEqual(first.body);
    expect(other.body.receipt).not.toBe(first.body.receipt);
  });
  test('fail as often as they are told, per key or by the attempt the caller names', async () => {
    const statuses = [];
    for (let n = 0; n < 3; n++) statuses.push((await ask('stock?failTimes=2&status=500', { 'idempotency-key': 'c' })).status);
    expect(statuses).toEqual([500, 500, 200]);
    const named = async (attempt: string) =>
      (await ask('stock?failTimes=1', { 'idempotency-key': 'd', 'perdure-attempt': attempt })).status;
    expect([await named('1'), await named('1'), await named('2')]).toEqual([503, 503, 200]);
  });
  test('an unknown one is 404', async () => {
    expect((await ask('nothing')).status).toBe(404);
  });
});
