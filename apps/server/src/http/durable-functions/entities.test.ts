import type { Json } from '@perdure/graph';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer, until } from '../../test-support/test-server.ts';

const root = '/runtime/webhooks/durabletask/entities';
let server: TestServer;
let cookie: string;
beforeAll(async () => {
  server = await startTestServer();
  ({ cookie } = await server.signIn('designer'));
  await saveType('clicks', { formatVersion: 1, kind: 'counter' });
});
afterAll(() => server.stop());

const save = (input: object) => server.procedure(cookie, 'mutation', 'entityTypes.save', { title: 'A type', ...input });
const saveType = (name: string, document: object) => save({ name, baseVersion: null, document });
const signal = (path: string, body: Json = null) => server.call('POST', `${root}/${path}`, { body });
const stateOf = (path: string) => server.call('GET', `${root}/${path}`);
const becomes = (path: string, state: unknown) =>
  until(
    async () => (JSON.stringify((await stateOf(path)).body) === JSON.stringify(state) ? true : undefined),
    `${path} becomes ${String(state)}`,
  );

test('a signal answers 202 and is applied; the state is read as JSON, 404 before and after', async () => {
  expect((await stateOf('clicks/home')).status).toBe(404);
  expect((await signal('clicks/home?op=add', 3)).status).toBe(202);
  expect((await signal('CLICKS/home?op=ADD')).status).toBe(202);
  await becomes('clicks/home', 4);
  expect((await stateOf('Clicks/home')).status).toBe(200);
  expect((await stateOf('clicks/Home')).status).toBe(404);
  await signal('clicks/home?op=delete');
  await until(async () => ((await stateOf('clicks/home')).status === 404 ? true : undefined), 'it has no state');
});

test('a text and null are JSON, too', async () => {
  await saveType('words', { formatVersion: 1, kind: 'value' });
  await signal('words/a?op=set', 'hello');
  await becomes('words/a', 'hello');
  expect((await stateOf('words/a')).headers.get('content-type')).toContain('application/json');
});

test('what cannot be signalled is refused with its reason', async () => {
  const refusal = async (path: string) => {
    const { status, body } = await signal(path);
    return [status, body.error.code];
  };
  expect(await refusal('nothing/a?op=add')).toEqual([404, 'entity.unknown-type']);
  expect(await refusal('clicks/a')).toEqual([400, 'input.invalid']);
  expect(await refusal(`clicks/${'k'.repeat(201)}?op=add`)).toEqual([400, 'entity.invalid-id']);
  expect(await refusal('cl_icks/a?op=add')).toEqual([400, 'entity.invalid-id']);
});

test('lists page by continuation token, filter by type and last operation, and give states when asked', async () => {
  const before = new Date(Date.now() - 60_000).toISOString(); // two clocks, which differ a little
  for (const key of ['p1', 'p2', 'p3']) await signal(`clicks/${key}?op=add`, 1);
  for (const key of ['p1', 'p2', 'p3']) await becomes(`clicks/${key}`, 1);
  const seen: unknown[] = [];
  let token: string | null = '';
  do {
    const page = await server.call('GET', `${root}/clicks?pageSize=2&fetchState=True&lastOperationTimeFrom=${before}`, {
      headers: token ? { 'x-ms-continuation-token': token } : {},
    });
    expect(page.status).toBe(200);
    seen.push(...page.body.map(({ entityId, state }: { entityId: { name: string; key: string }; state: number }) => [entityId, state]));
    token = page.headers.get('x-ms-continuation-token');
  } while (token);
  expect(seen).toEqual(['p1', 'p2', 'p3'].map((key) => [{ name: 'clicks', key }, 1]));
  const [first] = (await server.call('GET', root)).body;
  expect(Object.keys(first)).toEqual(['entityId', 'lastOperationTime']);
  expect((await server.call('GET', `${root}/clicks?lastOperationTimeTo=2020-01-01T00:00:00Z`)).body).toEqual([]);
  expect((await server.call('GET', root, { headers: { 'x-ms-continuation-token': 'no' } })).status).toBe(400);
});

test('a type is checked, versioned and guarded against overwriting', async () => {
  const custom = (state: string) => ({ formatVersion: 1, kind: 'custom', initialState: 0, operations: [{ name: 'up', state }] });
  expect((await save({ name: 'steps', baseVersion: null, document: custom('state +') })).data).toMatchObject({
    ok: false,
    code: 'entity-type.problems',
    problems: [{ field: 'operations.0.state' }],
  });
  expect((await saveType('steps', custom('state + 1'))).data).toEqual({ ok: true, version: 1 });
  expect((await saveType('steps', custom('state + 1'))).error.code).toBe('entity-type.exists');
  await signal('steps/a?op=up');
  await becomes('steps/a', 1);
  expect((await save({ name: 'steps', baseVersion: 1, document: custom('state + 10') })).data).toEqual({ ok: true, version: 2 });
  expect((await save({ name: 'steps', baseVersion: 1, document: custom('0') })).data).toMatchObject({
    code: 'entity-type.conflict',
    version: 2,
  });
  await signal('steps/a?op=up');
  await becomes('steps/a', 11);
  expect((await server.procedure(cookie, 'mutation', 'entityTypes.archive', { name: 'steps' })).status).toBe(200);
  expect((await signal('steps/a?op=up')).status).toBe(404);
});

test('pages show an entity with what happened to it, and people by name', async () => {
  const operator = await server.signIn('operator', 'Nils Berg');
  const request = { name: 'clicks', key: 'shown', operation: 'add', input: 5 };
  expect((await server.procedure(operator.cookie, 'mutation', 'entities.signal', request)).status).toBe(200);
  await becomes('clicks/shown', 5);
  const { data } = await server.procedure(cookie, 'query', 'entities.get', { name: 'clicks', key: 'shown' });
  expect(data).toMatchObject({ exists: true, state: 5, lockedBy: null, queued: 0, waiting: [] });
  expect(data.events.map(({ type }: { type: string }) => type)).toEqual(['EntityStarted', 'EntityOperationApplied']);
  expect(data.events[1].request.from).toEqual({ kind: 'api', by: 'Nils Berg' });
  expect(await server.database.prisma.auditEntry.count({ where: { action: 'entity.signal', target: 'entity:clicks@shown' } })).toBe(1);
  const { data: list } = await server.procedure(cookie, 'query', 'entities.list', { name: 'clicks', keyPrefix: 'sh', limit: 5 });
  expect(list).toMatchObject({ rows: [{ name: 'clicks', key: 'shown', state: 5 }], nextCursor: null });
});

test('no workflow instance can have the id of an entity', async () => {
  const path = `/runtime/webhooks/durabletask/orchestrators/conference-booking/${encodeURIComponent('@clicks@home')}`;
  const refused = await server.call('POST', path, { body: {} });
  expect([refused.status, refused.body.error.code]).toEqual([400, 'input.invalid']);
  expect(JSON.stringify(refused.body)).toContain('not beginning with \\"@\\"');
});
