/** Every template is used as it stands, published, and run to its end on the real runtime; then with other parameters. */
import type { Json, TemplateValues } from '@perdure/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Loose, startTestServer, type TestServer, until } from '../test-support/test-server.ts';
import { readTemplates } from './read-templates.ts';

const root = '/runtime/webhooks/durabletask';
let server: TestServer;
let cookie: string;
beforeAll(async () => {
  server = await startTestServer();
  ({ cookie } = await server.signIn('admin'));
});
afterAll(() => server.stop());

const tried = new Set<string>();

async function call(type: 'query' | 'mutation', path: string, input: Json): Promise<Loose> {
  const { data, error } = await server.procedure(cookie, type, path, input);
  expect(error, path).toBeUndefined();
  return data;
}

async function use(template: string, values: TemplateValues = {}): Promise<string> {
  tried.add(template);
  const { key } = await call('mutation', 'templates.use', { template, title: `Test of ${template}`, values });
  return key;
}

async function publish(key: string): Promise<void> {
  const { draftRevision } = await call('query', 'workflows.get', { key });
  expect(await call('mutation', 'workflows.publish', { key, draftRevision })).toMatchObject({ ok: true, version: 1 });
}

/** Starts a published copy of the template, with its id. */
async function start(template: string, { values = {}, input = {} }: { values?: TemplateValues; input?: Json } = {}): Promise<string> {
  const key = await use(template, values);
  await publish(key);
  const id = `run-of-${key}`;
  expect((await server.call('POST', `${root}/orchestrators/${key}/${id}`, { body: input })).status).toBe(202);
  return id;
}

const taskOf = (instanceId: string, node: string) =>
  until(
    async () => (await server.database.prisma.humanTask.findFirst({ where: { instanceId, node, status: 'open' } })) ?? undefined,
    `the task ${node} is there`,
  );

async function decide(id: string, node: string, outcome: string, data: Json = {}): Promise<void> {
  const task = await taskOf(id, node);
  await call('mutation', 'tasks.claim', { id: task.id });
  await call('mutation', 'tasks.decide', { id: task.id, outcome, data });
}

async function raise(id: string, name: string, data: Json): Promise<void> {
  expect((await server.call('POST', `${root}/instances/${id}/raiseEvent/${name}`, { body: data })).status).toBe(202);
}

async function output(id: string): Promise<Loose> {
  const done = await until(
    async () => {
      const { body } = await server.call('GET', `${root}/instances/${id}`);
      return ['Completed', 'Failed', 'Terminated'].includes(body.runtimeStatus) ? body : undefined;
    },
    `${id} ends`,
    30_000,
  );
  expect(done.runtimeStatus, JSON.stringify(done.output)).toBe('Completed');
  return done.output;
}

const statusOf = async (id: string) => (await server.call('GET', `${root}/instances/${id}`)).body.customStatus;
const failuresOf = (instanceId: string) => server.database.prisma.historyEvent.count({ where: { instanceId, type: 'TaskFailed' } });

describe('run as they are', () => {
  test('conference-booking', async () => {
    expect(await output(await start('conference-booking', { values: { traveller: 'Mia "M" Okoro' } }))).toMatchObject({
      traveller: 'Mia "M" Okoro',
      flight: expect.stringMatching(/^FL-/),
      car: expect.stringMatching(/^CA-/),
    });
  });

  test('conference-booking-parallel', async () => {
    expect((await output(await start('conference-booking-parallel'))).expenses).toBeCloseTo(786.4, 5);
  });

  test('conference-booking-nested', async () => {
    const id = await start('conference-booking-nested', { values: { conference: 'Durable Days' } });
    expect(await output(id)).toMatchObject({ trip: { hotel: expect.stringMatching(/^HO-/) }, registration: expect.stringMatching(/^RG-/) });
    const children = await server.database.prisma.instance.findMany({ where: { parentInstanceId: id } });
    expect(children.map(({ workflowKey, status }) => `${workflowKey} ${status}`)).toEqual(['conference-booking Completed']);
  });

  test('conference-booking-fallback', async () => {
    expect((await output(await start('conference-booking-fallback'))).journey.by).toBe('train');
    expect((await output(await start('conference-booking-fallback', { values: { failedFlights: 0 } }))).journey.by).toBe('plane');
  });

  test('conference-booking-undo: three failed flights, the train instead, and no car: hotel and train are cancelled, newest first', async () => {
    const id = await start('conference-booking-undo');
    expect(await output(id)).toEqual({ booked: false, cancelled: ['hotel', 'train'] });
    expect(await failuresOf(id)).toBe(6);
    const fine = await output(await start('conference-booking-undo', { values: { failedFlights: 1, failedCars: 0 } }));
    expect(fine).toMatchObject({ booked: true, bookings: [{ what: 'flight' }, { what: 'hotel' }, { what: 'car' }] });
  });

  test('expense-report: above the limit a manager decides', async () => {
    const id = await start('expense-report');
    await decide(id, 'approval', 'approved');
    expect(await output(id)).toMatchObject({ paid: true, total: 521.9, receipt: expect.stringMatching(/^PA-/) });
    expect(await output(await start('expense-report', { values: { limit: 600 } }))).toMatchObject({ paid: true });
    const refused = await start('expense-report', { values: { limit: 0 } });
    await decide(refused, 'approval', 'rejected');
    expect(await output(refused)).toMatchObject({ paid: false });
  });

  test('message-to-list: each has a retry of its own', async () => {
    expect(await output(await start('message-to-list'))).toEqual({ sent: 2, failed: ['nobody@example.com'] });
    const once = await start('message-to-list', { values: { attempts: 1 } });
    expect(await output(once)).toEqual({ sent: 1, failed: ['nils@example.com', 'nobody@example.com'] });
    expect(await failuresOf(once)).toBe(2);
  });

  test('sample-order', async () => {
    const sorry = await start('sample-order');
    await decide(sorry, 'approve', 'rejected');
    await output(sorry);
    const packed = await start('sample-order', { values: { packing: '100ms' } });
    await decide(packed, 'approve', 'approved');
    await output(packed);
    expect(await server.database.prisma.historyEvent.count({ where: { instanceId: packed, type: 'TimerFired' } })).toBe(1);
  });

  test('order-approval', async () => {
    const id = await start('order-approval');
    await decide(id, 'approval', 'approved', { paymentTerms: '14 days' });
    expect(await output(id)).toMatchObject({ decision: 'approved', order: 'A-1042' });
    expect(await output(await start('order-approval', { values: { limit: 100_000 } }))).toMatchObject({ decision: 'approved' });
    const overdue = await start('order-approval', { values: { deadline: '100ms' } });
    expect((await output(overdue)).decision).not.toBe('approved');
  });

  test('order-escalation: who decides in time, and who is asked when nobody does', async () => {
    const inTime = await start('order-escalation');
    await decide(inTime, 'first', 'approved');
    expect(await output(inTime)).toEqual({ decision: 'approved', escalated: false });
    const late = await start('order-escalation', { values: { patience: '100ms', second: ['board'] } });
    const task = await taskOf(late, 'second');
    expect(await statusOf(late)).toEqual({ phase: 'escalated', order: 'A-2071' });
    const { candidates } = await call('query', 'tasks.get', { id: task.id });
    expect(candidates).toEqual(['board']);
    await decide(late, 'second', 'approved');
    expect(await output(late)).toEqual({ decision: 'approved', escalated: true });
  });

  test('stock-monitor: until the price is there, or time is up', async () => {
    const id = await start('stock-monitor', { values: { every: '50ms' } });
    expect(await output(id)).toEqual({ reached: true, price: 112, checks: 5 });
    expect(await statusOf(id)).toEqual({ price: 112, target: 112 });
    expect(await output(await start('stock-monitor', { values: { every: '1h', giveUp: '500ms' } }))).toEqual({ reached: false });
  });

  test('device-readings: an aggregator over several instances', async () => {
    const calm = await output(await start('device-readings', { values: { device: 'fan-1' }, input: { readings: [10, 20] } }));
    expect(calm).toMatchObject({ alarm: null, figures: { count: 2, max: 20 } });
    const hot = await output(await start('device-readings', { values: { device: 'fan-1' }, input: { readings: [90] } }));
    expect(hot).toMatchObject({ alarm: expect.stringMatching(/^AL-/), figures: { count: 3, sum: 120, max: 90 } });
    expect(await output(await start('device-readings', { values: { alarm: 84 } }))).toMatchObject({ alarm: null, figures: { count: 4 } });
  });

  test('shared-resource: one at a time, each counted', async () => {
    const key = await use('shared-resource');
    await publish(key);
    const ids = ['first', 'second', 'third'].map((name) => `${key}-${name}`);
    await Promise.all(ids.map((id) => server.call('POST', `${root}/orchestrators/${key}/${id}`, { body: {} })));
    const outputs = await Promise.all(ids.map(output));
    expect(outputs.map(({ uses }) => uses).toSorted()).toEqual([1, 2, 3]);
  });

  test('bank-transfer', async () => {
    const values = { from: 'templates-1', to: 'templates-2', amount: 30 };
    expect(await output(await start('bank-transfer', { values }))).toEqual({ transferred: true, from: 70, to: 130 });
  });

  test('risk-model: a large loss is reviewed before the report is filed', async () => {
    const id = await start('risk-model');
    await decide(id, 'review', 'accepted');
    expect(await output(id)).toMatchObject({ filed: true, worst: 324_000, report: expect.stringMatching(/^RP-/) });
    expect(await output(await start('risk-model', { values: { limit: 400_000 } }))).toMatchObject({ filed: true });
  });

  test('payment-fraud-check: paid, reviewed or refused by the score', async () => {
    const id = await start('payment-fraud-check');
    await decide(id, 'review', 'pay', { reason: 'Confirmed by phone' });
    expect(await output(id)).toMatchObject({ paid: true, score: 62 });
    expect(await output(await start('payment-fraud-check', { input: { amount: 120 } }))).toMatchObject({ paid: true, score: 1 });
    expect(await output(await start('payment-fraud-check', { input: { amount: 9_000 } }))).toEqual({ paid: false, score: 90 });
    expect(await output(await start('payment-fraud-check', { values: { refuseFrom: 60 } }))).toEqual({ paid: false, score: 62 });
    expect(await output(await start('payment-fraud-check', { values: { deadline: '100ms' } }))).toEqual({ paid: false, score: 62 });
  });

  test('patient-referral: a doctor’s form, then the patient’s answer', async () => {
    const id = await start('patient-referral');
    await decide(id, 'assess', 'refer', { specialty: 'Neurology', urgent: true });
    await raise(id, 'consent', { given: true });
    expect(await output(id)).toEqual({ referred: true, appointment: expect.stringMatching(/^AP-/) });
    const refused = await start('patient-referral');
    await decide(refused, 'assess', 'refer', { specialty: 'Neurology' });
    await raise(refused, 'consent', { given: false });
    expect(await output(refused)).toMatchObject({ referred: false });
    const silent = await start('patient-referral', { values: { consentWithin: '100ms' } });
    await decide(silent, 'assess', 'refer', { specialty: 'Neurology', urgent: false });
    expect((await output(silent)).why).toBe('The patient did not answer in time.');
    const none = await start('patient-referral');
    await decide(none, 'assess', 'none', { specialty: 'Neurology' });
    expect((await output(none)).why).toBe('The doctor saw no need.');
  });

  test('confirmation-with-reminder', async () => {
    const prompt = await start('confirmation-with-reminder');
    await raise(prompt, 'confirmed', {});
    expect(await output(prompt)).toEqual({ confirmed: true, reminded: false });
    const late = await start('confirmation-with-reminder', { values: { remindAfter: '100ms' } });
    await until(async () => (await statusOf(late)) === 'Reminded', 'the reminder is out');
    await raise(late, 'confirmed', {});
    expect(await output(late)).toEqual({ confirmed: true, reminded: true });
    const never = await start('confirmation-with-reminder', { values: { remindAfter: '100ms', giveUpAfter: '100ms' } });
    expect(await output(never)).toEqual({ confirmed: false });
  });

  test('first-offer: the fastest supplier', async () => {
    expect(await output(await start('first-offer'))).toMatchObject({ offer: expect.stringMatching(/^OF-/), supplier: 'Nordholz' });
  });

  test('none was left out', () => {
    expect([...tried].toSorted()).toEqual(
      readTemplates()
        .map(({ key }) => key)
        .toSorted(),
    );
  });
});

describe('templates.use', () => {
  test('makes a draft and says so in the audit; nothing is published or started', async () => {
    const used = await call('mutation', 'templates.use', { template: 'first-offer', title: 'Offers', key: 'my-offers', values: {} });
    expect(used).toEqual({ key: 'my-offers', entityTypes: [], workflows: [] });
    const workflow = await call('query', 'workflows.get', { key: 'my-offers' });
    expect(workflow).toMatchObject({ title: 'Offers', latestVersion: null, sample: false });
    expect(await server.database.prisma.instance.count({ where: { workflowKey: 'my-offers' } })).toBe(0);
    const entries = await server.database.prisma.auditEntry.findMany({ where: { target: 'workflow:my-offers' }, orderBy: { id: 'asc' } });
    expect(entries.map(({ action }) => action)).toEqual(['workflow.create', 'template.use']);
  });

  test('creates what is missing, and leaves what is there and different', async () => {
    const { prisma } = server.database;
    await prisma.$transaction([
      prisma.workflowVersion.deleteMany({ where: { workflowKey: 'conference-booking' } }),
      prisma.workflow.update({ where: { key: 'conference-booking' }, data: { key: 'moved-away', latestVersion: null } }),
    ]);
    const nested = { template: 'conference-booking-nested', title: 'Nested', values: {} };
    expect((await call('mutation', 'templates.use', nested)).workflows).toMatchObject([{ key: 'conference-booking', state: 'missing' }]);
    expect(await call('query', 'workflows.get', { key: 'conference-booking' })).toMatchObject({ latestVersion: null });
    expect((await call('mutation', 'templates.use', nested)).workflows).toMatchObject([{ key: 'conference-booking', state: 'draft' }]);

    const { version } = await call('query', 'entityTypes.get', { name: 'account' });
    const changed = { formatVersion: 1, kind: 'value' };
    const save = { name: 'account', baseVersion: version, title: 'My accounts', document: changed };
    expect(await call('mutation', 'entityTypes.save', save)).toMatchObject({ ok: true });
    const transfer = await call('mutation', 'templates.use', { template: 'bank-transfer', title: 'Transfer', values: {} });
    expect(transfer.entityTypes).toEqual([{ name: 'account', title: 'My accounts', state: 'different' }]);
    expect((await call('query', 'entityTypes.get', { name: 'account' })).document).toEqual(changed);
  });

  test('refuses values that do not fit, a key that is taken, and a template that is not there', async () => {
    const refused = async (input: Json) => (await server.procedure(cookie, 'mutation', 'templates.use', input)).error;
    expect(await refused({ template: 'stock-monitor', title: 'x', values: { every: 'now and then' } })).toMatchObject({
      code: 'template.values',
      details: [{ field: 'values.every', message: 'Enter a duration such as 30s, 5m, 2h or 1d.' }],
    });
    expect(await refused({ template: 'stock-monitor', title: 'x', values: { other: 1 } })).toMatchObject({ code: 'template.values' });
    expect(await refused({ template: 'stock-monitor', title: 'x', key: 'order-approval', values: {} })).toMatchObject({
      code: 'workflow.exists',
    });
    expect(await refused({ template: 'nothing', title: 'x', values: {} })).toMatchObject({ code: 'template.unknown' });
  });
});
