import { edgeId, nodeId, portId, type Json, type WorkflowDocument } from '@perdure/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Loose, startTestServer, type TestServer } from '../test-support/test-server.ts';
import { emptyDocument } from '../workflows/empty-document.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const asJson = (value: unknown) => JSON.parse(JSON.stringify(value)) as Json;
const importWorkflow = (fields: object) => server.call('POST', '/api/workflows', { body: asJson(fields) });
const code = (answer: { status: number; body: Loose }) => [answer.status, answer.body?.error?.code];

function withNode(type: string, config: object): WorkflowDocument {
  const document = emptyDocument();
  document.nodes.splice(1, 0, {
    id: nodeId('work'),
    type,
    title: 'Work',
    parent: null,
    position: { x: 80, y: 120 },
    config: asJson(config) as never,
  });
  document.edges = [
    { id: edgeId('a'), source: nodeId('start'), sourcePort: portId('out'), target: nodeId('work') },
    { id: edgeId('b'), source: nodeId('work'), sourcePort: portId('out'), target: nodeId('end') },
  ];
  return document;
}

async function publish(key: string, document: WorkflowDocument): Promise<{ status: number; body: Loose }> {
  const imported = await importWorkflow({ key, title: key, document });
  expect(imported.status, JSON.stringify(imported.body)).toBe(201);
  return server.call('POST', `/api/workflows/${key}/publish`);
}

describe('bodies', () => {
  test('broken JSON', async () => {
    const answer = await server.call('POST', '/api/workflows', { text: '{"title": "x",\n  broken}' });
    expect(code(answer)).toEqual([400, 'body.invalid-json']);
    expect(answer.body.error.details).toEqual({ line: 2, column: 3 });
  });
  test('unknown fields and wrong types', async () => {
    const unknown = await importWorkflow({ title: 'x', document: emptyDocument(), surprise: 1 });
    expect(code(unknown)).toEqual([400, 'input.invalid']);
    expect(unknown.body.error.details[0]).toMatchObject({ field: 'surprise' });
    expect(code(await importWorkflow({ title: 7, document: emptyDocument() }))).toEqual([400, 'input.invalid']);
    const inside = await importWorkflow({ title: 'x', document: { ...emptyDocument(), extra: true } });
    expect(code(inside)).toEqual([400, 'document.invalid']);
  });
  test('keys that reach a prototype, reserved keys, a key twice, deep nesting', async () => {
    for (const text of [
      '{"title":"x","__proto__":{"a":1}}',
      '{"title":"x","document":{"constructor":1}}',
      '{"a":{"$payload":"x","bytes":1}}',
      '{"title":"x","title":"y"}',
      `${'['.repeat(70)}${']'.repeat(70)}`,
    ]) {
      expect(code(await server.call('POST', '/api/workflows', { text })), text).toEqual([400, 'body.refused-key']);
    }
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });
  test('too large: 1 MB in general, 8 MB for definitions, 10 MB for payloads', async () => {
    const { cookie } = await server.signIn('admin');
    const text = (megabytes: number) => JSON.stringify({ padding: 'x'.repeat(megabytes * 1_048_576) });
    expect(code(await server.call('POST', '/api/workflows/none/publish', { text: text(2) }))).toEqual([413, 'body.too-large']);
    expect(code(await server.call('POST', '/api/workflows', { text: text(2) }))).toEqual([400, 'input.invalid']);
    expect(code(await server.call('POST', '/api/workflows', { text: text(9) }))).toEqual([413, 'body.too-large']);
    expect(code(await server.call('POST', '/runtime/webhooks/durabletask/orchestrators/none', { text: text(9) }))).toEqual([
      400,
      'workflow.unknown',
    ]);
    expect(code(await server.call('POST', '/runtime/webhooks/durabletask/orchestrators/none', { text: text(11) }))).toEqual([
      413,
      'body.too-large',
    ]);
    expect(code(await server.call('POST', '/trpc/workflows.archive', { cookie, text: text(2) }))).toEqual([413, 'body.too-large']);
    for (const path of [
      'workflows.check',
      'instances.start',
      'instances.restart',
      'instances.skipStep',
      'entities.signal',
      'workflows.runDraft',
    ])
      expect((await server.call('POST', `/trpc/${path}`, { cookie, text: text(2) })).body.error.data?.perdure.code, path).toBe(
        'input.invalid',
      );
  });
  test('a body of another type, and addresses that lead nowhere', async () => {
    expect(
      code(await server.call('POST', '/api/workflows', { text: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } })),
    ).toEqual([415, 'body.media-type']);
    expect(code(await server.call('GET', '/api/nothing'))).toEqual([404, 'route.unknown']);
    expect(code(await server.call('GET', '/runtime/webhooks/durabletask/instances/%E0%A4%A'))).toEqual([400, 'request.invalid']);
  });
});

describe('workflows', () => {
  test('an edge to a missing node is refused at publishing, and nothing is published', async () => {
    const document = emptyDocument();
    document.edges.push({ id: edgeId('lost'), source: nodeId('start'), sourcePort: portId('out'), target: nodeId('nowhere') });
    const answer = await publish('lost-edge', document);
    expect(code(answer)).toEqual([422, 'publish.problems']);
    expect(answer.body.error.details.map((problem: Loose) => problem.code)).toContain('edge.missing-node');
    expect(await server.database.prisma.workflowVersion.count({ where: { workflowKey: 'lost-edge' } })).toBe(0);
  });
  test('a pure cycle', async () => {
    const document = withNode('transform', { value: 1 });
    document.edges.push({ id: edgeId('c'), source: nodeId('work'), sourcePort: portId('out'), target: nodeId('work') });
    const answer = await publish('pure-cycle', document);
    expect(code(answer)).toEqual([422, 'publish.problems']);
  });
  test('an expression that does not parse', async () => {
    const answer = await publish('no-parse', withNode('transform', { value: { expr: 'input.(' } }));
    expect(code(answer)).toEqual([422, 'publish.problems']);
    expect(answer.body.error.details.map((problem: Loose) => problem.code)).toContain('expression.syntax');
  });
  test('an expression that loops for ever fails its instance, and the server stays up', async () => {
    expect(
      (await publish('for-ever', withNode('transform', { value: { expr: '($f := function($n) { $f($n + 1) }; $f(0))' } }))).status,
    ).toBe(200);
    const answer = await server.call('POST', '/runtime/webhooks/durabletask/orchestrators/for-ever?timeout=20', { body: {} });
    expect(answer.body.runtimeStatus).toBe('Failed');
    expect(answer.body.output).toMatch(/^Expression/);
    const { cookie } = await server.signIn('designer');
    const preview = await server.procedure(cookie, 'mutation', 'expressions.preview', { source: '$pad("x", 1e8)', data: {} });
    expect(preview.data.ok).toBe(false);
    expect((await server.call('GET', '/healthz')).status).toBe(200);
  });
  test('an HTTP step to 169.254.169.254', async () => {
    const document = withNode('http', { method: 'GET', url: 'http://169.254.169.254/latest/meta-data' });
    expect((await publish('metadata', document)).status).toBe(200);
    const answer = await server.call('POST', '/runtime/webhooks/durabletask/orchestrators/metadata?timeout=15', { body: {} });
    expect(answer.body.runtimeStatus).toBe('Failed');
    expect(answer.body.output).toMatch(/^AddressRefused/);
  });
  test('a stale draft is refused and says what is there; force saves it', async () => {
    await importWorkflow({ key: 'stale', title: 'Stale', document: emptyDocument() });
    const put = (body: object) =>
      server.call('PUT', '/api/workflows/stale/draft', { body: asJson({ document: emptyDocument(), ...body }) });
    expect((await put({ baseRevision: 1 })).body.draftRevision).toBe(2);
    const refused = await put({ baseRevision: 1 });
    expect(code(refused)).toEqual([409, 'draft.conflict']);
    expect(refused.body.error.details.draftRevision).toBe(2);
    const { cookie } = await server.signIn('designer', 'Aiko Tanaka');
    const saved = await server.procedure(
      cookie,
      'mutation',
      'workflows.saveDraft',
      asJson({ key: 'stale', baseRevision: 2, document: emptyDocument() }),
    );
    expect(saved.data).toMatchObject({ ok: true, draftRevision: 3 });
    const conflict = await server.procedure(
      cookie,
      'mutation',
      'workflows.saveDraft',
      asJson({ key: 'stale', baseRevision: 2, document: emptyDocument() }),
    );
    expect(conflict.data).toMatchObject({ ok: false, code: 'draft.conflict', draftRevision: 3, savedBy: 'Aiko Tanaka' });
    expect((await put({ baseRevision: 1, force: true })).body.draftRevision).toBe(4);
  });
  test('of two racing saves on one revision one wins', async () => {
    await importWorkflow({ key: 'race', title: 'Race', document: emptyDocument() });
    const saves = await Promise.all(
      Array.from({ length: 6 }, () =>
        server.call('PUT', '/api/workflows/race/draft', { body: asJson({ baseRevision: 1, document: emptyDocument() }) }),
      ),
    );
    expect(saves.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
  });
  test('importing what was exported gives the same document', async () => {
    const { body } = await server.call('GET', '/api/workflows/order-approval/export');
    const imported = await server.call('POST', '/api/workflows', { body: { ...body, key: 'order-copy' } });
    expect(imported.status).toBe(201);
    expect((await server.call('GET', '/api/workflows/order-copy/export')).body.document).toEqual(body.document);
    expect(code(await server.call('POST', '/api/workflows', { body: { ...body, key: 'order-copy' } }))).toEqual([409, 'workflow.exists']);
  });
});

test('an input schema with a backtracking pattern cannot hold the server up', async () => {
  const document = emptyDocument();
  const [start] = document.nodes;
  if (start) start.config = { inputSchema: { type: 'object', properties: { name: { type: 'string', pattern: '^(a+)+$' } } } };
  expect((await publish('pattern', document)).status).toBe(200);
  const began = performance.now();
  const answer = await server.call('POST', '/runtime/webhooks/durabletask/orchestrators/pattern', {
    body: { name: `${'a'.repeat(50_000)}!` },
  });
  expect(code(answer)).toEqual([400, 'input.invalid']);
  expect(performance.now() - began).toBeLessThan(3_000);
});

describe('what lies beyond the database', () => {
  const df = '/runtime/webhooks/durabletask';
  const cursor = (at: number) => Buffer.from(JSON.stringify([at, 'a'])).toString('base64url');

  test('moments, cursors and seqs', async () => {
    for (const moment of ['-271821-04-20T00:00:00Z', '0000-01-01', '+275760-09-13T00:00:00Z'])
      expect(code(await server.call('GET', `${df}/instances?createdTimeFrom=${encodeURIComponent(moment)}`)), moment).toEqual([
        400,
        'input.invalid',
      ]);
    for (const at of [9e15, -8.6e15])
      expect(code(await server.call('GET', `${df}/instances`, { headers: { 'x-ms-continuation-token': cursor(at) } })), String(at)).toEqual(
        [400, 'input.invalid'],
      );
    // A seq behind the end of a finished instance: there is nothing more.
    const started = await server.call('POST', `${df}/orchestrators/conference-booking?timeout=20`, { body: {} });
    expect(started.status).toBe(200);
    const [finished] = (await server.call('GET', `${df}/instances?runtimeStatus=Completed`)).body;
    expect((await server.call('GET', `/api/instances/${finished.instanceId}/events?lastEventId=999999999999999`)).status).toBe(204);
  });
  test('numbers over the tRPC procedures', async () => {
    const { cookie } = await server.signIn('admin');
    const calls: ['query' | 'mutation', string, Json][] = [
      ['query', 'instances.list', { version: 2 ** 31 }],
      ['query', 'instances.list', { startedAfter: '0000-01-01T00:00:00Z' }],
      ['query', 'workflows.version', { key: 'order-approval', version: 2 ** 40 }],
      ['query', 'instances.history', { id: 'x', afterSeq: 2 ** 53 - 1 }],
      ['mutation', 'instances.start', { workflowKey: 'conference-booking', version: 2 ** 53 - 1 }],
    ];
    for (const [type, path, input] of calls) {
      const answer = await server.procedure(cookie, type, path, input);
      expect([answer.status, answer.error?.code], path).toEqual([400, 'input.invalid']);
    }
  });
  test('half a character, in what is stored as text, is refused before anything is done', async () => {
    const { cookie } = await server.signIn('admin');
    const calls: [string, Json][] = [
      ['instances.start', { workflowKey: 'conference-booking', instanceId: 'a\ud800b' }],
      ['instances.start', { workflowKey: 'conference-booking', tags: ['\ud800'] }],
      ['instances.suspend', { id: 'none', reason: '\ud800' }],
      ['workflows.create', { title: 'a\ud800' }],
      ['workflows.rename', { key: 'order-approval', title: 'a\ud800' }],
      ['workflows.publish', { key: 'order-approval', draftRevision: 1, note: '\ud800' }],
    ];
    const before = await server.database.prisma.auditEntry.count();
    for (const [path, input] of calls) {
      const answer = await server.procedure(cookie, 'mutation', path, input);
      expect([answer.status, answer.error?.code], path).toEqual([400, 'input.invalid']);
    }
    expect(await server.database.prisma.auditEntry.count()).toBe(before);
  });
  test('ids that an address cannot carry', async () => {
    const { cookie } = await server.signIn('admin');
    for (const instanceId of ['.', '..', 'a/b', '@a', ''])
      expect(
        (await server.procedure(cookie, 'mutation', 'instances.start', { workflowKey: 'conference-booking', instanceId })).error?.code,
      ).toBe('input.invalid');
  });
});

test('names of the language are no demo services and no procedures with large bodies', async () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__defineGetter__'])
    expect(code(await server.call('POST', `/demo-services/${name}`, { key: null, body: {} })), name).toEqual([404, 'route.unknown']);
  const { cookie } = await server.signIn('admin');
  const text = JSON.stringify({ 0: { key: 'x'.repeat(2 * 1_048_576) } });
  expect(code(await server.call('POST', '/trpc/workflows.archive,constructor?batch=1', { cookie, text }))).toEqual([413, 'body.too-large']);
});

test('a schema made to be slow is given up, and the server answers meanwhile', async () => {
  const next = (level: number) => ({ $ref: `#/$defs/d${level}` });
  const $defs = Object.fromEntries(
    Array.from({ length: 41 }, (_, level) => [`d${level}`, level === 40 ? {} : { allOf: [next(level + 1), next(level + 1)] }]),
  );
  const document = emptyDocument();
  const [start] = document.nodes;
  if (start) start.config = { inputSchema: { ...next(0), $defs } };
  expect((await publish('doubling', document)).status).toBe(200);
  const slow = server.call('POST', '/runtime/webhooks/durabletask/orchestrators/doubling', { body: {} });
  const began = performance.now();
  expect((await server.call('GET', '/healthz')).status).toBe(200);
  expect(performance.now() - began).toBeLessThan(1_500);
  expect(code(await slow)).toEqual([400, 'input.invalid']);
});

test('a request that is never sent to its end does not hold its connection for ever', () => {
  expect(server.app.server.requestTimeout).toBeGreaterThan(0);
  expect(server.app.server.headersTimeout).toBeGreaterThan(0);
});
