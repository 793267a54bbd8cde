/**
 * Every procedure, called by an administrator with every part of its input made unusual: texts that cannot be stored, moments and numbers that
 * no column holds. Each is refused in words or does what it is asked: none is answered that something went wrong in the server.
 */
import type { Json } from '@perdure/graph';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ZodError } from 'zod';
import { errorCodes } from '../errors/error-codes.ts';
import { RequestError } from '../errors/request-error.ts';
import { type Loose, startTestServer, type TestServer, until } from '../test-support/test-server.ts';
import type { Context } from './base.ts';
import { procedureEntries, type Target } from './procedure-entries.ts';
import { appRouter } from './router.ts';

let server: TestServer;
let context: Context;
let cookie: string;

beforeAll(async () => {
  server = await startTestServer();
  const person = await server.signIn('admin');
  cookie = person.cookie;
  const held = await server.installation.grants.load(person.id);
  context = {
    identity: {
      kind: 'user',
      id: person.id,
      name: 'admin',
      email: 'admin@example.com',
      sessionId: 'none',
      groups: [],
      grants: held?.grants ?? [],
    },
    installation: server.installation,
    requestId: 'test',
    address: '',
    drained: () => Promise.resolve(),
  };
  const spending = Object.keys(procedureEntries).filter((path) => procedureEntries[path]?.spends === true);
  await Promise.all([shared, ...spending].map(async (path) => targets.set(path, await startOne())));
});
afterAll(() => server.stop());

const unusualNumbers = [2_147_483_648, 1e300, -1, 0.5, 9_007_199_254_740_992];

/** Fields that the valid calls leave out. */
const more: Readonly<Record<string, (target: Target) => Json[]>> = {
  'account.rename': () => [{ name: 'a' }],
  'groups.save': () => [
    { id: null, name: 'a', description: 'a', grants: [{ role: 'viewer', folder: 'a', sensitive: false }], memberIds: [] },
  ],
  'apiKeys.create': () => [{ name: 'k', permissions: ['instance.read'], folder: 'a', expiresAt: '2090-01-01T00:00:00Z' }],
  'workflows.list': () => [{ text: 'a' }],
  'workflows.create': () => [{ title: 'a', description: 'a', folder: 'a' }],
  'workflows.publish': ({ workflow }) => [{ key: workflow, draftRevision: 1, name: 'a', note: 'a' }],
  'instances.list': () => [
    { ...filter, limit: 50 },
    ...Object.entries(filter).map(([name, value]) => ({ [name]: value, limit: 50, cursor: cursorOf([0, 'a']) })),
    ...instancePlaces.map((place) => ({ cursor: cursorOf(place) })),
  ],
  'instances.count': () => Object.entries(filter).map(([name, value]) => ({ [name]: value })),
  'instances.start': ({ workflow }) => [{ workflowKey: workflow, version: 1, instanceId: 'a', input: { a: 'a' }, tags: ['a'] }],
  'instances.raiseEvent': ({ instance }) => [{ id: instance, name: 'a', data: { a: 'a' } }],
  'instances.setVariables': ({ instance }) => [{ id: instance, values: { a: { b: 'a' } }, reason: 'a' }],
  'instances.restart': ({ instance }) => [{ id: instance, version: 1, input: { a: 'a' }, reason: 'a' }],
  'instances.migrate': ({ instance }) => [{ id: instance, version: 1, mapping: { a: 'a' }, reason: 'a' }],
  'instances.history': ({ instance }) => [{ id: instance, afterSeq: 1, limit: 1, lean: true }],
  'instances.children': ({ instance }) => instancePlaces.map((place) => ({ id: instance, cursor: cursorOf(place) })),
  'instances.tasks': ({ instance }) => [
    { id: instance, step: 'a' },
    ...taskPlaces.map((place) => ({ id: instance, cursor: cursorOf(place) })),
  ],
  'dashboard.get': () => [{ window: '1h', workflowKey: 'a' }],
  'incidents.list': () => [{ workflowKey: 'a', text: 'a' }],
  'views.save': () => [{ name: 'a', shared: true, search: { a: 'a' } }],
  'tasks.list': ({ workflow }) => [
    { view: 'all', text: 'a', workflowKey: workflow, overdue: true, minPriority: 1, limit: 1 },
    ...[
      { view: 'all', sort: 'due' },
      { view: 'all', sort: 'priority' },
      { view: 'available', sort: 'created' },
      { view: 'followUp' },
      { view: 'closed' },
    ].flatMap((order) => taskPlaces.map((place) => ({ ...order, cursor: cursorOf(place) }))),
  ],
  'tasks.assign': ({ task }) => [{ id: task, to: 'a', from: 'a', note: 'a' }],
  'tasks.candidatesFor': ({ task }) => [{ id: task, text: 'a' }],
  'tasks.saveDraft': ({ task }) => [{ id: task, data: { a: 'a' } }],
  'tasks.comment': ({ task }) => [{ id: task, text: 'a', mentions: ['a'] }],
  'tasks.decide': ({ task }) => [{ id: task, outcome: 'done', data: { a: 'a' }, comment: 'a' }],
  'tasks.bulkDecide': ({ task }) => [{ ids: [task], outcome: 'done', comment: 'a' }],
  'entities.list': () => [{ name: 'a', keyPrefix: 'a', limit: 1 }, { cursor: cursorOf('a') }, { cursor: cursorOf('\u0000') }],
  'entities.signal': () => [{ name: 'account', key: 'a', operation: 'deposit', input: { a: 'a' } }],
  'audit.list': () => [
    {
      actor: 'a',
      actions: ['a'],
      target: 'a',
      from: '2026-01-01T00:00:00Z',
      before: '2026-01-01T00:00:00Z',
      text: 'a',
      cursor: '9',
      limit: 1,
    },
    { cursor: '999999999999999999', text: 'a' },
  ],
  'bulk.preview': () => Object.entries(filter).map(([name, value]) => ({ request: { action: 'suspend' }, filter: { [name]: value } })),
  'bulk.create': () => [
    {
      request: { action: 'raiseEvent', name: 'a', data: { a: 'a' } },
      filter: { ids: ['none'], text: 'a' },
      reason: 'a',
      asOf: '2026-01-01T00:00:00Z',
      expected: 1,
    },
    {
      request: { action: 'migrate', workflowKey: 'order-approval', version: 1 },
      filter: {},
      reason: 'a',
      asOf: '2026-01-01T00:00:00Z',
      expected: 1,
    },
  ],
  'bulk.items': () => [{ id: '00000000-0000-4000-8000-000000000000', cursor: 1, limit: 1 }],
  'alerts.save': () => [
    {
      id: 'none',
      name: 'a',
      kind: 'stuck',
      workflowKey: 'a',
      threshold: 1,
      minimum: 1,
      windowSeconds: 1,
      cooldownSeconds: 1,
      remindEverySeconds: 60,
      tellResolved: true,
      emails: ['a@example.com'],
      webhookUrl: 'https://example.com/a',
      enabled: true,
    },
  ],
  'retention.preview': () => [{ workflowKey: 'a', status: 'Completed', afterDays: 30 }],
  'retention.add': () => [{ workflowKey: 'order-approval', statuses: ['Completed'], afterDays: 30, archive: false, reason: 'a' }],
};

/** Every field of the filter of instances. */
const filter: { [name: string]: Json } = {
  ids: ['a'],
  statuses: ['Failed'],
  notStatuses: ['Completed'],
  workflowKeys: ['a'],
  folder: 'a',
  version: 51,
  startedAfter: '2026-01-01T00:00:00Z',
  startedBefore: '2026-01-01T00:00:00Z',
  minDurationMs: 51_000,
  maxDurationMs: 10_001_000,
  text: 'a',
  tags: ['a'],
  errorCode: 'a',
  incident: 'a',
  waitingKinds: ['event'],
  waitingEvent: 'a',
  waitingLongerThanMs: 1_000,
};

/** As the cursors of lists are written. */
function cursorOf(place: Json): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Of a list of instances. */
const instancePlaces: readonly Json[] = [
  [0, '\u0000'],
  [0, '\ud800'],
  [8.64e15, 'a'],
  [-62_167_219_200_000, 'a'],
  [0.5, 'a'],
];
const taskPlaces: Json[] = [
  ['2026-01-01 00:00:00+00', null, 'a'],
  ['2026-99-99 00:00:00+00', null, 'a'],
  ['5', '2026-01-01 00:00:00+00', 'a'],
  ['infinity', null, 'a'],
  ['5', null, 'a'],
  ['2026-02-30 00:00:00+00', null, 'a'],
  ['2026-01-01 00:00:00+99', null, 'a'],
  ['2026-01-01 24:00:01+00', null, 'a'],
  ['2026-01-01 00:00:00+00', null, '\u0000'],
];

/** One for all who only read, and for whoever changes it one of its own: begun together, because each takes a second until it waits. */
const targets = new Map<string, Target>();
function targetOf(path: string): Target {
  const target = targets.get(procedureEntries[path]?.spends === true ? path : shared);
  if (target === undefined) throw new Error(`Nothing was begun for ${path}.`);
  return target;
}
const shared = 'shared';

async function startOne(): Promise<Target> {
  const { data } = await server.procedure(cookie, 'mutation', 'instances.start', {
    workflowKey: 'order-approval',
    input: { customer: 'Nordlicht', items: [{ sku: 'a', quantity: 1, price: 1 }] },
  });
  const task = await until(
    async () => (await server.database.prisma.humanTask.findFirst({ where: { instanceId: data.id } })) ?? undefined,
    'the task is there',
    60_000,
  );
  return { workflow: 'order-approval', instance: data.id, task: task.id };
}

/** The input with one of its leaves made unusual, for each leaf and each way. */
function* changed(input: Json): Generator<Json> {
  if (typeof input === 'string') {
    yield* [`${input}\u0000`, `${input}\ud800`];
    if (/^\d{4}-\d\d-\d\dT/.test(input)) yield* ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59-14:00'];
  } else if (typeof input === 'number') yield* unusualNumbers;
  else if (Array.isArray(input)) {
    for (const [i, item] of input.entries()) for (const other of changed(item)) yield input.with(i, other);
    if (input.length === 0) yield* [['\u0000'], ['\ud800']];
  } else if (typeof input === 'object' && input !== null)
    for (const [name, value] of Object.entries(input)) {
      // Made by the server itself: what else could be in one stands among the inputs.
      if (name === 'cursor') continue;
      for (const other of changed(value)) yield { ...input, [name]: other };
    }
}

/** The code of the refusal; what is no refusal, but an error, in its own words. */
async function refusalOf(path: string, input: Json): Promise<string | null> {
  // Called by its path, as tRPC does itself; the caller is typed by names only.
  const ask = path.split('.').reduce<Loose>((at, name) => at[name], appRouter.createCaller(context));
  try {
    await ask(input);
    return null;
  } catch (thrown) {
    const { cause } = thrown as { cause: unknown };
    if (cause instanceof RequestError) return cause.code === 'unavailable' ? cause.message : cause.code;
    return cause instanceof ZodError ? 'input.invalid' : String(thrown);
  }
}

// tRPC keeps the procedures by their full path.
const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>);
for (const [path, { _def }] of procedures) {
  if (_def.type === 'subscription') continue;
  test(`unusual input of ${path}`, async () => {
    const target = targetOf(path);
    const valid = procedureEntries[path]?.input(target);
    const further = more[path]?.(target) ?? [];
    const inputs = [...(valid === undefined ? [] : changed(valid)), ...further, ...further.flatMap((input) => [...changed(input)])];
    const wrong: string[] = [];
    for (const input of inputs) {
      const code = await refusalOf(path, input);
      if (code !== null && !(code in errorCodes)) wrong.push(`${JSON.stringify(input)}: ${code}`);
    }
    expect(wrong).toEqual([]);
  });
}
