import type { Json } from '@perdure/graph';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Loose, startTestServer, type TestServer, until } from '../test-support/test-server.ts';
import { emptyDocument } from '../workflows/empty-document.ts';

const root = '/runtime/webhooks/durabletask';
let server: TestServer;
let cookie: string;
beforeAll(async () => {
  server = await startTestServer();
  ({ cookie } = await server.signIn('admin', 'Aiko Tanaka'));
  await until(
    async () => (await server.database.prisma.instance.findFirst({ where: { id: 'welcome-booking', status: 'Completed' } })) ?? undefined,
    'the sample finishes',
  );
  await until(
    async () => (await server.database.prisma.humanTask.findFirst({ where: { instanceId: 'welcome-order' } })) ?? undefined,
    'the other waits',
  );
});
afterAll(() => server.stop());

const query = async (path: string, input?: Json) => (await server.procedure(cookie, 'query', path, input)).data;
const mutate = (path: string, input: Json) => server.procedure(cookie, 'mutation', path, input);
const document = () => JSON.parse(JSON.stringify(emptyDocument())) as Loose;

test('session.me says who one is, what one may, and what runs', async () => {
  expect(await query('session.me')).toMatchObject({
    user: { name: 'Aiko Tanaka' },
    grants: [{ role: 'admin', folder: '' }],
    installation: { demoServices: true, version: '0.0.0-test', workers: 1 },
  });
});

test('a workflow from creation to its second version', async () => {
  expect((await mutate('workflows.create', { title: 'Ünïque title' })).data).toEqual({ key: 'unique-title' });
  expect((await mutate('workflows.create', { title: 'Unique title' })).data).toEqual({ key: 'unique-title-2' });
  expect((await mutate('workflows.create', { title: 'x', key: 'unique-title' })).error.code).toBe('workflow.exists');
  const detail = await query('workflows.get', { key: 'unique-title' });
  expect(detail).toMatchObject({ draftRevision: 1, latestVersion: null, draftSavedBy: 'Aiko Tanaka' });
  expect((await mutate('workflows.publish', { key: 'unique-title', draftRevision: 1, note: 'first' })).data).toEqual({
    ok: true,
    version: 1,
    runningOnOlder: 0,
  });
  const changed = { ...document(), nodes: document().nodes.map((node: Loose) => ({ ...node, title: `${node.title} now` })) };
  expect((await mutate('workflows.saveDraft', { key: 'unique-title', baseRevision: 1, document: changed })).data).toMatchObject({
    ok: true,
    draftRevision: 2,
  });
  expect((await mutate('workflows.publish', { key: 'unique-title', draftRevision: 1 })).data).toMatchObject({
    ok: false,
    code: 'draft.conflict',
  });
  const summary = (await query('workflows.list')).find(({ key }: Loose) => key === 'unique-title');
  expect(summary).toMatchObject({ hasUnpublishedChanges: true, latestVersion: 1, liveInstances: 0, sample: false });
  expect((await mutate('workflows.publish', { key: 'unique-title', draftRevision: 2, name: ' Two approvers ' })).data).toMatchObject({
    ok: true,
    version: 2,
  });
  expect((await mutate('workflows.describeVersion', { key: 'unique-title', version: 1, name: 'First', note: 'How it began' })).status).toBe(
    200,
  );
  expect((await mutate('workflows.describeVersion', { key: 'unique-title', version: 3, name: '', note: '' })).error.code).toBe(
    'version.unknown',
  );
  expect(
    (await query('workflows.versions', { key: 'unique-title' })).map(({ version, name, note, publishedBy }: Loose) => [
      version,
      name,
      note,
      publishedBy,
    ]),
  ).toEqual([
    [2, 'Two approvers', '', 'Aiko Tanaka'],
    [1, 'First', 'How it began', 'Aiko Tanaka'],
  ]);
  expect((await query('workflows.version', { key: 'unique-title', version: 1 })).document.nodes[0].title).toBe('Start');
  expect((await mutate('workflows.rename', { key: 'unique-title', title: 'Renamed' })).status).toBe(200);
  expect((await mutate('instances.start', { workflowKey: 'unique-title', input: { url: 'https://example.com' } })).status).toBe(200);
  expect((await mutate('workflows.archive', { key: 'unique-title' })).status).toBe(200);
  // The version was in memory a moment ago.
  expect((await mutate('instances.start', { workflowKey: 'unique-title', input: {} })).error.code).toBe('workflow.unknown');
  expect((await server.procedure(cookie, 'query', 'workflows.get', { key: 'unique-title' })).error.code).toBe('workflow.unknown');
});

test('workflows.check and a refused publish name the same problems', async () => {
  const broken = document();
  broken.edges = [];
  const checked = (await mutate('workflows.check', { document: broken })).data;
  const { key } = (await mutate('workflows.create', { title: 'Broken', document: broken })).data;
  const published = (await mutate('workflows.publish', { key, draftRevision: 1 })).data;
  expect(published).toMatchObject({ ok: false, code: 'publish.problems' });
  expect(published.problems).toEqual(checked);
});

test('lastRun gives what the steps of the latest instance gave', async () => {
  const last = await query('workflows.lastRun', { key: 'conference-booking' });
  expect(last.instanceId).toBe('welcome-booking');
  expect(last.steps.flight.output.body.confirmation).toMatch(/^FL-/);
  expect(await query('workflows.lastRun', { key: 'conference-booking', instanceId: 'welcome-booking' })).toEqual(last);
  expect(await query('workflows.lastRun', { key: 'conference-booking', instanceId: 'welcome-order' })).toBeNull();
  expect(await query('workflows.lastRun', { key: 'conference-booking-parallel' })).toBeNull();
});

test('expressions.preview answers values, syntax errors and failures', async () => {
  const preview = async (source: string) => (await mutate('expressions.preview', { source, data: { input: { lines: [1, 2, 3] } } })).data;
  expect(await preview('$sum(input.lines[$ > 1])')).toMatchObject({ ok: true, value: 5 });
  expect(await preview('input.nothing')).toMatchObject({ ok: true, value: null });
  expect(await preview('input.(')).toMatchObject({ ok: false, code: 'expression.syntax' });
  expect(await preview('"a" + 1')).toMatchObject({ ok: false, code: 'Expression' });
});

test('instances.list filters, counts, and pages both ways', async () => {
  for (let n = 0; n < 7; n++)
    await mutate('instances.start', { workflowKey: 'conference-booking', instanceId: `paged-${n}`, tags: ['paged', `n${n}`] });
  await until(async () => (await query('instances.list', { tags: ['paged'], statuses: ['Completed'] })).rows.length === 7, 'all finish');
  const page = (input: object) => query('instances.list', { tags: ['paged'], limit: 3, ...input });
  const ids = ({ rows }: Loose) => rows.map(({ id }: Loose) => id);
  const first = await page({});
  expect([ids(first), first.newerCursor]).toEqual([['paged-6', 'paged-5', 'paged-4'], null]);
  expect(await query('instances.count', { tags: ['paged'] })).toEqual({ value: 7, exact: true });
  const second = await page({ cursor: first.olderCursor });
  const third = await page({ cursor: second.olderCursor });
  expect([ids(second), ids(third), third.olderCursor]).toEqual([['paged-3', 'paged-2', 'paged-1'], ['paged-0'], null]);
  const back = await page({ direction: 'newer', cursor: third.newerCursor });
  expect(ids(back)).toEqual(ids(second));
  const top = await page({ direction: 'newer', cursor: back.newerCursor });
  expect([ids(top), top.newerCursor]).toEqual([ids(first), null]);
  expect(ids(await query('instances.list', { text: 'aged-3' }))).toEqual(['paged-3']);
  expect(ids(await query('instances.list', { text: '%' }))).toEqual([]);
  expect(ids(await query('instances.list', { tags: ['paged', 'n2'] }))).toEqual(['paged-2']);
  expect(ids(await query('instances.list', { statuses: ['Waiting'], workflowKeys: ['sample-order'] }))).toEqual(['welcome-order']);
  expect(ids(await query('instances.list', { notStatuses: ['Completed'] }))).toEqual(['welcome-order']);
  expect(first.rows[0]).toMatchObject({ status: 'Completed', startedBy: 'Aiko Tanaka', version: 1, workflowTitle: 'Conference booking' });
});

test('instances.get shows a waiting instance with its task, and its history in pages', async () => {
  const detail = await query('instances.get', { id: 'welcome-order' });
  expect(detail).toMatchObject({
    status: 'Waiting',
    input: {},
    output: null,
    customStatus: null,
    whereabouts: { node: 'approve' },
  });
  expect(detail.tasks.rows).toHaveLength(1);
  expect(detail.worker).toBeTypeOf('string');
  const first = await query('instances.history', { id: 'welcome-order', limit: 5 });
  const rest = await query('instances.history', { id: 'welcome-order', afterSeq: first.seq });
  expect([first.more, rest.more, rest.seq]).toEqual([true, false, detail.seq]);
  expect([...first.events, ...rest.events].map(({ seq }: Loose) => seq)).toEqual(Array.from({ length: detail.seq }, (_, n) => n + 1));
});

test('values over 64 KB come as previews, and whole only through the instance that mentions them', async () => {
  const note = 'x'.repeat(100_000);
  await server.call('POST', `${root}/orchestrators/order-approval/large`, { body: { items: [{ article: note }] } });
  await until(async () => (await query('instances.get', { id: 'large' })).tasks.rows.length > 0, 'it waits');
  const { input } = await query('instances.get', { id: 'large' });
  expect(input.$preview.length).toBeLessThan(5_000);
  expect(input.bytes).toBeGreaterThan(100_000);
  expect(await query('instances.payload', { id: 'large', hash: input.$payload })).toMatchObject({ items: [{ article: note }] });
  expect((await server.procedure(cookie, 'query', 'instances.payload', { id: 'welcome-order', hash: input.$payload })).error.code).toBe(
    'payload.unknown',
  );
  expect((await server.call('GET', `${root}/instances/large`)).body.input).toMatchObject({ items: [{ article: note }] });
});

test('commands refuse in words: suspended twice, live purge, finished event', async () => {
  const at = { id: 'welcome-order' };
  expect((await mutate('instances.suspend', { ...at, reason: 'test' })).status).toBe(200);
  expect((await mutate('instances.suspend', { ...at, reason: 'test' })).error.code).toBe('instance.already-suspended');
  expect((await mutate('instances.resume', { ...at, reason: 'test' })).status).toBe(200);
  expect((await mutate('instances.purge', at)).error.code).toBe('instance.not-finished');
  expect((await mutate('instances.raiseEvent', { ...at, name: 'hello', data: { a: 1 } })).status).toBe(200);
  expect((await mutate('instances.terminate', { ...at, reason: 'done', recursive: false })).status).toBe(200);
  expect((await mutate('instances.raiseEvent', { ...at, name: 'late', data: null })).error.code).toBe('instance.finished');
  expect((await mutate('instances.purge', at)).status).toBe(200);
  expect((await server.procedure(cookie, 'query', 'instances.get', at)).error.code).toBe('instance.unknown');
});

test('batched calls answer one by one, compressed', async () => {
  const response = await fetch(
    `${server.origin.replace('localhost', '127.0.0.1')}/trpc/session.me,workflows.list?batch=1&input=${encodeURIComponent('{}')}`,
    { headers: { cookie } },
  );
  expect(response.headers.get('content-encoding')).toMatch(/br|gzip/);
  const [me, list] = (await response.json()) as Loose[];
  expect(me.result.data.user.name).toBe('Aiko Tanaka');
  expect(list.result.data.length).toBeGreaterThanOrEqual(4);
});
