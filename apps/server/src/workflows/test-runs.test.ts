/** Trying workflows out, through the procedures of a whole server: drafts, pins, one step, past runs, scenarios. */
import type { Json } from '@perdure/graph';
import { snapshotDraft } from '@perdure/database/write';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Loose, startTestServer, type TestServer, until } from '../test-support/test-server.ts';
import { runScenario } from './scenarios/run-scenario.ts';

let server: TestServer;
let cookie: string;
beforeAll(async () => {
  server = await startTestServer();
  ({ cookie } = await server.signIn('admin', 'Aiko Tanaka'));
});
afterAll(() => server.stop());

const query = async (path: string, input?: Json): Promise<Loose> => (await server.procedure(cookie, 'query', path, input)).data;
const mutate = (path: string, input: Json) => server.procedure(cookie, 'mutation', path, input);

const node = (id: string, type: string, config: Json, more: object = {}): Loose => ({
  id,
  type,
  title: id,
  parent: null,
  position: { x: 0, y: 0 },
  config,
  ...more,
});
const chain = (...nodes: Loose[]): Loose => ({
  formatVersion: 1,
  nodes: [node('start', 'start', {}), ...nodes],
  edges: nodes.map(({ id }: Loose, i) => ({
    id: `e${i}`,
    source: i === 0 ? 'start' : nodes[i - 1].id,
    sourcePort: portOf(nodes[i - 1]),
    target: id,
  })),
});
const portOf = (before: Loose): string => (before?.type === 'humanTask' ? 'approved' : 'out');
const unreachable = { method: 'GET', url: 'http://127.0.0.1:9/nothing' };
const outcomes = [
  { key: 'approved', label: 'Approve', tone: 'primary' },
  { key: 'rejected', label: 'Reject', tone: 'danger' },
];

/** A new workflow with this draft; its revision is 1. */
async function draft(key: string, document: Loose): Promise<string> {
  expect((await mutate('workflows.create', { title: key, key, document })).error).toBeUndefined();
  return key;
}

async function run(key: string, more: Loose = {}, draftRevision = 1): Promise<string> {
  const { data, error } = await mutate('workflows.runDraft', { key, draftRevision, ...more });
  expect([error, data?.ok, data?.problems]).toEqual([undefined, true, undefined]);
  return data.id;
}

const ended = (id: string): Promise<Loose> =>
  until(async () => {
    const instance = await query('instances.get', { id });
    return ['Completed', 'Failed', 'Terminated'].includes(instance.status) && instance;
  }, `${id} ends`);

test('a draft runs without being published, is marked, and is in no list of versions', async () => {
  const key = await draft('try-draft', chain(node('done', 'end', { value: { expr: 'input.n + 1' } })));
  const id = await run(key, { input: { n: 1 } });
  expect(await ended(id)).toMatchObject({ status: 'Completed', output: 2, version: -1, isTest: true, tags: [] });
  expect(await query('workflows.versions', { key })).toEqual([]);
  expect(await query('workflows.get', { key })).toMatchObject({ latestVersion: null });
  expect((await mutate('instances.start', { workflowKey: key })).error.code).toBe('workflow.unpublished');
  expect((await mutate('instances.start', { workflowKey: key, version: -1 })).error.code).toBe('input.invalid');
  // The same revision is the same snapshot; another one has a number of its own.
  expect((await query('instances.get', { id: await run(key) })).version).toBe(-1);
  await mutate('workflows.saveDraft', { key, baseRevision: 1, document: chain(node('done', 'end', { value: 5 })) });
  expect((await mutate('workflows.runDraft', { key, draftRevision: 1 })).data).toMatchObject({ ok: false, code: 'draft.conflict' });
  expect(await ended(await run(key, {}, 2))).toMatchObject({ output: 5, version: -2 });
  await mutate('workflows.publish', { key, draftRevision: 2 });
  expect((await query('workflows.versions', { key })).map(({ version }: Loose) => version)).toEqual([1]);
  const audit = await server.database.prisma.auditEntry.findFirst({ where: { action: 'workflow.run-draft', target: `instance:${id}` } });
  expect(audit?.detail).toMatchObject({ workflow: key, draftRevision: 1 });
});

test('a draft that cannot run says why; a person needs both permissions', async () => {
  const key = await draft('try-broken', chain(node('call', 'http', { method: 'GET', url: '' })));
  const refused = (await mutate('workflows.runDraft', { key, draftRevision: 1 })).data;
  expect(refused).toMatchObject({ ok: false, code: 'draft.problems', problems: [{ node: 'call' }] });
  const operator = await server.signIn('operator');
  const asOperator = await server.procedure(operator.cookie, 'mutation', 'workflows.runDraft', { key, draftRevision: 1 });
  expect(asOperator.error.code).toBe('auth.forbidden');
});

test('the tag of test runs is not for others to give', async () => {
  const start = await mutate('instances.start', { workflowKey: 'order-approval', tags: ['perdure:test'] });
  expect(start.error.code).toBe('input.invalid');
});

test('pinned steps are not executed in a test run, and are in a published version', async () => {
  const pinned = { pinned: { output: { price: 40 } } };
  const document = chain(node('call', 'http', unreachable, pinned), node('done', 'end', { value: { expr: 'steps.call.output.price' } }));
  const key = await draft('try-pins', document);
  expect(await ended(await run(key))).toMatchObject({ status: 'Completed', output: 40 });
  expect(await ended(await run(key, { pins: false }))).toMatchObject({ status: 'Failed' });
  await mutate('workflows.publish', { key, draftRevision: 1 });
  const { data } = await mutate('instances.start', { workflowKey: key });
  expect(await ended(data.id)).toMatchObject({ status: 'Failed', version: 1, isTest: false });
});

test('timers are skipped when asked for, in sub-workflows, too', async () => {
  const child = await draft(
    'try-child',
    chain(node('wait', 'timer', { mode: 'for', value: '30d' }), node('done', 'end', { value: 'woken' })),
  );
  await mutate('workflows.publish', { key: child, draftRevision: 1 });
  const key = await draft(
    'try-timers',
    chain(
      node('wait', 'timer', { mode: 'for', value: '30d' }),
      node('child', 'subWorkflow', { workflow: child }),
      node('done', 'end', { value: { expr: 'steps.child.output' } }),
    ),
  );
  const id = await run(key, { fastForward: true });
  const instance = await ended(id);
  expect(instance).toMatchObject({ status: 'Completed', output: 'woken' });
  expect((await query('instances.get', { id: instance.children.rows[0].id })).isTest).toBe(true);
});

test('one step, and from a step on, with the data of a past run', async () => {
  const key = await draft(
    'try-from',
    chain(
      node('first', 'transform', { value: { expr: '{ "n": input.n * 2 }' } }),
      node('vars', 'setVariables', { variables: { kept: { expr: 'input.n + 100' } } }),
      node('second', 'transform', { value: { expr: 'steps.first.output.n + vars.kept' } }),
      node('done', 'end', { value: { expr: 'steps.second.output' } }),
    ),
  );
  const past = await run(key, { input: { n: 4 } });
  expect(await ended(past)).toMatchObject({ output: 112 });
  expect(await query('workflows.pastRun', { key, node: 'second' })).toMatchObject({
    instanceId: past,
    input: { n: 4 },
    outputs: { first: { n: 8 } },
    vars: { kept: 104 },
  });
  expect((await query('workflows.pastRun', { key, node: 'vars', instanceId: past })).vars).toEqual({});

  const from = await run(key, { from: { node: 'second', only: false, run: past } });
  expect(await ended(from)).toMatchObject({ status: 'Completed', output: 112, input: { n: 4 } });
  const types = (await query('instances.history', { id: from })).events.map(({ type }: Loose) => type);
  expect(types).toEqual(['ExecutionStarted', 'TransformCompleted', 'EndReached', 'ExecutionCompleted']);

  // The past run may go: what was taken from it is in the new history.
  await mutate('instances.purge', { id: past });
  expect((await query('instances.history', { id: from })).events[0].test.from).toMatchObject({
    outputs: { first: { n: 8 } },
    vars: { kept: 104 },
  });

  const one = await run(key, { input: {}, from: { node: 'second', only: true, outputs: { first: { n: 1 } }, vars: { kept: 1 } } });
  expect(await ended(one)).toMatchObject({ status: 'Completed', output: 2 });
  const wrong = await mutate('workflows.runDraft', { key, draftRevision: 1, from: { node: 'nowhere', only: true } });
  expect(wrong.error.message).toBe('The draft has no step "nowhere".');
});

test('a step inside a container is refused, with where to start instead', async () => {
  const inner = node('inner', 'end', { value: { expr: 'item' } }, { parent: 'each' });
  const document = chain(
    node('each', 'forEach', { items: [1, 2], mode: 'sequential' }),
    node('done', 'end', { value: { expr: 'steps.each.output' } }),
  );
  document.nodes.push(inner);
  document.edges.push({ id: 'body', source: 'each', sourcePort: 'body', target: 'inner' });
  const key = await draft('try-inside', document);
  const refused = await mutate('workflows.runDraft', { key, draftRevision: 1, from: { node: 'inner', only: true } });
  expect(refused.error.message).toBe('"inner" is inside "each". Start at that one.');
  expect(await ended(await run(key, { from: { node: 'each', only: true } }))).toMatchObject({ output: [1, 2] });
});

const scenario = (id: string, more: Loose = {}): Loose => ({
  id,
  title: id,
  input: { amount: 3 },
  fastForward: true,
  expect: { status: 'Completed' },
  ...more,
});

const reviewed = (): Loose =>
  chain(
    node('call', 'http', unreachable),
    node('ask', 'humanTask', { title: 'Approve', outcomes }),
    node('paid', 'event', { name: 'paid' }),
    node('done', 'end', {
      value: { expr: '{ "ok": steps.ask.output.outcome, "paid": steps.paid.output.sum, "price": steps.call.output.price }' },
    }),
  );
const happy = {
  pins: { call: { output: { price: 9 } } },
  events: [{ name: 'paid', data: { sum: 9 } }],
  decisions: { ask: { outcome: 'approved' } },
};

test('scenarios pin, raise and decide; what differs is told', async () => {
  const document = reviewed();
  document.scenarios = [
    scenario('right', {
      ...happy,
      expect: { status: 'Completed', output: { equals: { ok: 'approved', paid: 9, price: 9 } }, through: ['ask'] },
    }),
    scenario('condition', { ...happy, expect: { status: 'Completed', output: { condition: 'output.price = 9 and input.amount = 3' } } }),
    scenario('other', { ...happy, expect: { status: 'Completed', output: { equals: { ok: 'approved' } } } }),
    scenario('not so', { ...happy, expect: { status: 'Completed', output: { condition: 'output.price > 100' } } }),
    scenario('failing', {
      pins: { call: { output: { code: 'Refused', message: 'no' }, port: 'error' } },
      expect: { status: 'Failed', code: 'Declined' },
    }),
    scenario('unpinned', { expect: { status: 'Failed', code: 'NotPinned' } }),
    scenario('rejected', { ...happy, decisions: { ask: { outcome: 'rejected' } }, expect: { status: 'Completed', through: ['done'] } }),
    scenario('gone', { pins: { nowhere: { output: 1 } } }),
  ].map((one, i) => ({ ...one, id: `s${i}` }));
  const key = await draft('try-scenarios', document);
  const { data } = await mutate('workflows.runScenarios', { key, draftRevision: 1 });
  expect(data.results.map(({ title, passed }: Loose) => [title, passed])).toEqual([
    ['right', true],
    ['condition', true],
    ['other', false],
    ['not so', false],
    ['failing', false],
    ['unpinned', false],
    ['rejected', false],
    ['gone', false],
  ]);
  const differences = data.results.map(({ differences: found }: Loose) => found[0]);
  expect(differences[2]).toMatchObject({ what: 'output', expected: { ok: 'approved' }, actual: { ok: 'approved', paid: 9, price: 9 } });
  expect(differences[3].message).toBe('The condition output.price > 100 gives false instead of true.');
  expect(differences[4]).toMatchObject({ what: 'code', expected: 'Declined' });
  expect(differences[5]).toMatchObject({ what: 'pins', expected: 'call' });
  expect(differences[6].message).toBe('“done” was not reached.');
  expect(differences[7].message).toBe('It pins "nowhere", which the workflow does not have.');
  const only = await mutate('workflows.runScenarios', { key, draftRevision: 1, ids: ['s0'] });
  expect(only.data.results).toHaveLength(1);
  expect((await query('instances.get', { id: only.data.results[0].instanceId })).isTest).toBe(true);
});

test('a scenario that does not end is terminated and has failed', async () => {
  const key = await draft('try-slow', chain(node('paid', 'event', { name: 'paid' })));
  const snapshot = await snapshotDraft(server.database.prisma, { key, draftRevision: 1, actor: 'test' });
  if (!snapshot.ok) throw new Error(snapshot.code);
  const given = { key, version: snapshot.version, document: snapshot.document, actor: 'test' };
  const result = await runScenario(server.installation, given, scenario('slow'), 500);
  expect(result).toMatchObject({ passed: false, differences: [{ what: 'time' }] });
  expect(await ended(result.instanceId ?? '')).toMatchObject({ status: 'Terminated' });
});

test('a failing scenario blocks publishing until it is mended or passed over', async () => {
  const wrong = { ...happy, expect: { status: 'Completed', output: { equals: 'something else' } } };
  const key = await draft('try-publish', { ...reviewed(), scenarios: [scenario('main', wrong)] });
  const refused = await mutate('workflows.publish', { key, draftRevision: 1 });
  expect(refused.data).toMatchObject({ ok: false, code: 'publish.scenarios', scenarios: [{ title: 'main', passed: false }] });
  expect(await query('workflows.versions', { key })).toEqual([]);
  const overHttp = await server.call('POST', `/api/workflows/${key}/publish`, { body: {} });
  expect([overHttp.status, overHttp.body.error.code]).toEqual([422, 'publish.scenarios']);
  const forced = await mutate('workflows.publish', { key, draftRevision: 1, note: 'In a hurry', despiteScenarios: true });
  expect(forced.data).toMatchObject({ ok: true, version: 1, runningOnOlder: 0 });
  expect((await query('workflows.versions', { key }))[0].note).toBe('In a hurry\n\nPublished although scenarios failed: main.');
  const audit = await server.database.prisma.auditEntry.findFirst({ where: { action: 'workflow.publish', target: `workflow:${key}` } });
  expect(audit?.detail).toMatchObject({ despite: ['main'] });
  await mutate('workflows.saveDraft', { key, baseRevision: 1, document: { ...reviewed(), scenarios: [scenario('main', happy)] } });
  expect((await mutate('workflows.publish', { key, draftRevision: 2 })).data).toMatchObject({ ok: true, version: 2 });
});

test('a past run becomes a scenario that passes, with what its activities gave', async () => {
  const document = chain(
    node('call', 'http', { method: 'GET', url: `${server.demoOrigin}/healthz` }, { pinned: { output: { price: 9 } } }),
    node('ask', 'humanTask', { title: 'Approve', outcomes }),
    node('done', 'end', { value: { expr: '{ "price": steps.call.output.price, "by": steps.ask.output.outcome }' } }),
  );
  const key = await draft('try-like', document);
  const id = await run(key, { input: { amount: 7 } });
  const task = await until(
    async () => (await query('tasks.list', { view: 'all' })).rows.find((row: Loose) => row.instanceId === id),
    'the task is open',
  );
  await mutate('tasks.decide', { id: task.id, outcome: 'approved', data: {} });
  await ended(id);
  const { scenario: made, omitted } = await query('workflows.scenarioOfRun', { instanceId: id, pinsActivities: true });
  expect(omitted).toEqual([]);
  expect(made).toMatchObject({
    input: { amount: 7 },
    pins: { call: { output: { price: 9 } } },
    decisions: { ask: { outcome: 'approved' } },
    expect: { status: 'Completed', output: { equals: { price: 9, by: 'approved' } } },
  });
  await mutate('workflows.saveDraft', { key, baseRevision: 1, document: { ...document, scenarios: [{ ...made, id: 'like' }] } });
  expect((await mutate('workflows.runScenarios', { key, draftRevision: 2 })).data.results).toMatchObject([
    { passed: true, differences: [] },
  ]);
});

test('runs of drafts are filtered, and purged in one go', async () => {
  const tests = await query('instances.list', { isTest: true, workflowKeys: ['try-draft'] });
  expect(tests.rows).toHaveLength(3);
  expect((await query('instances.list', { isTest: false, workflowKeys: ['try-draft'] })).rows).toEqual([]);
  expect((await mutate('instances.purgeTests', { workflowKey: 'try-draft' })).data).toEqual({ purged: 3, more: false });
  expect((await query('instances.list', { workflowKeys: ['try-draft'] })).rows).toEqual([]);
  // Its snapshots go with the next one, an hour after they were last asked for.
  const { prisma } = server.database;
  const snapshots = () =>
    prisma.workflowVersion.findMany({ where: { workflowKey: 'try-draft', version: { lt: 0 } }, orderBy: { version: 'asc' } });
  expect((await snapshots()).map(({ version }) => version)).toEqual([-2, -1]);
  await prisma.workflowVersion.updateMany({ where: { version: { lt: 0 } }, data: { publishedAt: new Date(Date.now() - 7_200_000) } });
  await ended(await run('try-draft', {}, 2));
  expect((await snapshots()).map(({ version }) => version)).toEqual([-3]);
  // What instances are on stays.
  expect(await prisma.workflowVersion.count({ where: { workflowKey: 'try-from', version: { lt: 0 } } })).toBe(1);
});
