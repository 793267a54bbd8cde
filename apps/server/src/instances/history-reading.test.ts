/** What the page of an instance reads of its history: lean pages, the outline, kept states, the download. */
import { decodeState, evolve, type HistoryEvent, initialState, instanceId } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import { drawWorkflow, publishWorkflow } from '@perdure/testing';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { instanceUpdates } from './instance-updates.ts';
import { startTestServer, type TestServer, until } from '../test-support/test-server.ts';

const items = 300;
let server: TestServer;
let cookie: string;

beforeAll(async () => {
  server = await startTestServer();
  ({ cookie } = await server.signIn('admin', 'Aiko Tanaka'));
  const document = drawWorkflow(
    {
      start: { type: 'start' },
      each: { type: 'forEach', config: { items: { expr: 'input.items' }, mode: 'parallel', concurrency: 5 } },
      price: { type: 'transform', parent: 'each', config: { value: { expr: '{ "total": item.qty * 3 }' } } },
      pause: { type: 'event', parent: 'each', config: { name: { expr: '"go-" & $string(index)' } } },
      done: { type: 'end' },
    },
    ['start -> each', 'each.body -> price', 'price -> pause', 'each -> done'],
  );
  await publishWorkflow(server.databaseUrl, 'long', document);
  await query('instances.list'); // published behind the server's back: nothing of it is cached yet
  const input = { items: Array.from({ length: items }, (_, qty) => ({ qty, note: 'x'.repeat(40) })) };
  await mutate('instances.start', { workflowKey: 'long', instanceId: 'long-1', input });
  for (let item = 0; item < items; item += 1) await raise(`go-${item}`);
  await until(
    async () => (await server.database.prisma.instance.findFirst({ where: { id: 'long-1', status: 'Completed' } })) ?? undefined,
    'all items are done',
  );
});
afterAll(() => server.stop());

const query = async (path: string, input?: Json) => (await server.procedure(cookie, 'query', path, input)).data;

async function mutate(path: string, input: Json): Promise<void> {
  const { status } = await server.procedure(cookie, 'mutation', path, input);
  if (status !== 200) throw new Error(`${path} answered ${status}.`);
}

const raise = (name: string, id = 'long-1', data: Json = { name }) => mutate('instances.raiseEvent', { id, name, data });

async function wholeHistory(lean: boolean): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for (let more = true; more;) {
    const page = await query('instances.history', { id: 'long-1', afterSeq: events.length, limit: 700, lean });
    events.push(...page.events);
    more = page.more;
  }
  return events;
}

test('a lean history is the history without its large values, which say where they stand', async () => {
  const [full, lean] = [await wholeHistory(false), await wholeHistory(true)];
  expect(lean.map(({ seq, type, at }) => [seq, type, at])).toEqual(full.map(({ seq, type, at }) => [seq, type, at]));
  const bytes = JSON.stringify((full[0] as HistoryEvent & { type: 'ExecutionStarted' }).input).length;
  expect(lean[0]).toEqual({ ...full[0], input: { $omitted: bytes, seq: 1, field: 'input' } });
  expect(lean.filter(({ type }) => type === 'TransformCompleted')).toEqual(full.filter(({ type }) => type === 'TransformCompleted'));
});

test('the outline covers every event once and counts failures', async () => {
  const outline = await query('instances.historyOutline', { id: 'long-1' });
  const { seq } = await query('instances.get', { id: 'long-1' });
  expect(outline.length).toBeLessThanOrEqual(400);
  expect(outline[0].firstSeq).toBe(1);
  expect(outline.at(-1).lastSeq).toBe(seq);
  for (let i = 1; i < outline.length; i += 1) expect(outline[i].firstSeq).toBe(outline[i - 1].lastSeq + 1);
  expect(
    outline.every(({ failures, firstFailure }: { failures: number; firstFailure: null }) => failures === 0 && firstFailure === null),
  ).toBe(true);
  expect((await server.procedure(cookie, 'query', 'instances.historyOutline', { id: 'nobody' })).error.code).toBe('instance.unknown');
});

test('checkpoints are kept, also of a finished instance, and the events behind one lead to the state of the whole history', async () => {
  const full = await wholeHistory(false);
  const at = full.length - 5;
  const near = await query('instances.checkpointBefore', { id: 'long-1', seq: at });
  expect(near.seq).toBeLessThanOrEqual(at);
  expect(near.seq).toBeGreaterThanOrEqual(1_000);
  expect(await query('instances.checkpointBefore', { id: 'long-1', seq: near.seq - 1 })).toEqual({ seq: 0, state: null });
  const one = decodeState(near.state);
  for (const event of full.slice(near.seq, at)) evolve(one, event);
  const other = initialState(instanceId('long-1'));
  for (const event of full.slice(0, at)) evolve(other, event);
  expect(one).toEqual(other);
});

test('the download has every event, one per line', async () => {
  const answer = await server.call('GET', '/api/instances/long-1/history.ndjson');
  expect(answer.headers.get('content-disposition')).toContain('long-1-history.ndjson');
  const lines = String(answer.body).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(await wholeHistory(false));
  expect((await server.call('GET', '/api/instances/nobody/history.ndjson')).status).toBe(404);
});

test('the detail names the people of the history', async () => {
  expect((await query('instances.get', { id: 'long-1' })).people).toMatchObject([{ name: 'Aiko Tanaka' }]);
});

test('a page of large values ends early and says that there is more', async () => {
  const count = 30;
  await mutate('instances.start', {
    workflowKey: 'long',
    instanceId: 'wide-1',
    input: { items: Array.from({ length: count }, (_, qty) => ({ qty })) },
  });
  for (let item = 0; item < count; item += 1) await raise(`go-${item}`, 'wide-1', { random: randomBytes(40_000).toString('base64') });
  await until(
    async () => (await server.database.prisma.instance.findFirst({ where: { id: 'wide-1', status: 'Completed' } })) ?? undefined,
    'all items are done',
  );
  const first = await query('instances.history', { id: 'wide-1', limit: 5_000 });
  expect(first.more).toBe(true);
  const events: HistoryEvent[] = [...first.events];
  for (let page = first; page.more;) {
    page = await query('instances.history', { id: 'wide-1', afterSeq: page.seq, limit: 5_000 });
    events.push(...page.events);
  }
  const { seq } = await query('instances.get', { id: 'wide-1' });
  expect(events.map((event) => event.seq)).toEqual(Array.from({ length: seq }, (_, i) => i + 1));
});

test('whoever follows an instance that is started anew gets the new one from its beginning', async () => {
  const id = 'anew-1';
  const start = (length: number) =>
    mutate('instances.start', { workflowKey: 'long', instanceId: id, input: { items: Array.from({ length }, (_, qty) => ({ qty })) } });
  const reaches = (status: string) =>
    until(async () => (await server.database.prisma.instance.findFirst({ where: { id, status } })) ?? undefined, `it is ${status}`);
  const stop = new AbortController();
  await start(1);
  const updates = instanceUpdates(server, id, 0, stop.signal);
  const before = await updates.next();
  await mutate('instances.terminate', { id, reason: 'Begun with the wrong items.', recursive: false });
  await reaches('Terminated');
  await mutate('instances.purge', { id });
  await start(5);
  await until(
    async () => (await server.database.prisma.instance.findFirst({ where: { id, seq: { gt: before.value?.seq ?? 0 } } })) ?? undefined,
    'its history is longer than the one before',
  );
  const after = await updates.next();
  stop.abort();
  expect(after.value?.events[0]).toMatchObject({ seq: 1, type: 'ExecutionStarted', input: { items: [{}, {}, {}, {}, {}] } });
});

test('downloading a history takes one of the places of exports, and gives it back', async () => {
  const { exports } = server.installation;
  const viewer = await server.signIn('viewer', 'Vera');
  const identity = { kind: 'user', id: viewer.id, name: 'Vera', email: '', sessionId: '', groups: [], grants: [] } as const;
  const download = (id: string) => server.call('GET', `/api/instances/${id}/history.ndjson`, { cookie: viewer.cookie });
  const giveBack = [exports.take(identity), exports.take(identity)];
  expect(await download('long-1')).toMatchObject({ status: 429, body: { error: { code: 'export.too-many' } } });
  for (const one of giveBack) one();
  expect((await download('nobody')).status).toBe(404);
  expect((await download('long-1')).status).toBe(200);
  await until(async () => exports.refusal(identity) === null, 'its place is given back');
  const other = exports.take(identity);
  expect((await download('long-1')).status).toBe(200);
  other();
});
