/** The audit log as it is read, exported and checked, and what deeds leave in it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { appendAuditAlone, sealAudit, settleIntents, writeIntent } from '@perdure/database/write';
import { walkAudit } from '@perdure/database/read';
import { drawWorkflow, publishWorkflow } from '@perdure/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestServer, type Loose, type TestServer, until } from '../test-support/test-server.ts';

let server: TestServer;
let admin: { id: string; cookie: string };
let operator: { id: string; cookie: string };
beforeAll(async () => {
  server = await startTestServer({ embedded: false });
  [admin, operator] = await Promise.all([server.signIn('admin', 'Ada'), server.signIn('operator', 'Otto')]);
  await publishWorkflow(
    server.databaseUrl,
    'waits',
    drawWorkflow({ start: { type: 'start' }, wait: { type: 'event', config: { name: 'go' } }, done: { type: 'end' } }, [
      'start -> wait',
      'wait -> done',
    ]),
  );
});
afterAll(() => server.stop());

const counter = { formatVersion: 1, kind: 'custom', initialState: 0, operations: [{ name: 'add', state: 'state + 1' }] };

const list = async (input: object = {}): Promise<Loose> =>
  (await server.procedure(admin.cookie, 'query', 'audit.list', input as never)).data;

test('a deed names who, what, why, the request and the address; a refused one leaves nothing', async () => {
  const started = await server.procedure(operator.cookie, 'mutation', 'instances.start', { workflowKey: 'waits', instanceId: 'i1' });
  expect(started.status).toBe(200);
  const suspend = { id: 'i1', reason: 'the supplier asked for it' };
  expect((await server.procedure(operator.cookie, 'mutation', 'instances.suspend', suspend)).status).toBe(200);
  expect((await server.procedure(operator.cookie, 'mutation', 'instances.suspend', suspend)).status).toBe(409);
  const { rows } = await list({ target: 'instance:i1' });
  expect(rows).toMatchObject([
    {
      action: 'instance.suspend',
      actor: { id: operator.id, name: 'Otto' },
      reason: 'the supplier asked for it',
      outcome: 'done',
      address: expect.stringContaining('127.0.0.1'),
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    },
    { action: 'instance.start', detail: { workflow: 'waits' } },
  ]);
  expect(await server.database.prisma.auditIntent.count()).toBe(0);
});

test('what is changed stands there before and after', async () => {
  await server.procedure(admin.cookie, 'mutation', 'workflows.create', { title: 'One', key: 'renamed' });
  await server.procedure(admin.cookie, 'mutation', 'workflows.rename', { key: 'renamed', title: 'Another', folder: 'finance' });
  const { rows } = await list({ target: 'workflow:renamed', actions: ['workflow.rename'] });
  expect(rows).toMatchObject([{ before: { title: 'One', folder: '' }, after: { title: 'Another', folder: 'finance' } }]);
});

test('it is searched by actor, action, target, time and text, page by page', async () => {
  const { prisma } = server.database;
  for (let n = 1; n <= 12; n++)
    await appendAuditAlone(prisma, {
      actor: 'system',
      action: `paged.${n % 2}`,
      target: `thing:${n}`,
      reason: n === 5 ? '100 % odd_one' : '',
    });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page: Loose = await list({
      actor: 'system',
      actions: ['paged.0', 'paged.1'],
      limit: 5,
      direction: 'forward',
      ...(cursor ? { cursor } : {}),
    });
    seen.push(...page.rows.map((row: Loose) => row.target.id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual(Array.from({ length: 12 }, (_, index) => `thing:${12 - index}`));
  expect((await list({ actions: ['paged.0'] })).rows).toHaveLength(6);
  expect((await list({ text: '% odd_' })).rows.map((row: Loose) => row.target.id)).toEqual(['thing:5']);
  expect((await list({ text: 'THING:1' })).rows.length).toBeGreaterThanOrEqual(4);
  expect((await list({ text: 'odd%one' })).rows).toHaveLength(0);
  expect((await list({ before: '2001-01-01T00:00:00Z' })).rows).toHaveLength(0);
  const choices = (await server.procedure(admin.cookie, 'query', 'audit.choices')).data;
  expect(choices.actions).toEqual(expect.arrayContaining(['instance.start', 'paged.0', 'paged.1']));
  expect(choices.actors).toEqual(
    expect.arrayContaining([
      { id: operator.id, name: 'Otto' },
      { id: 'system', name: null },
    ]),
  );
});

test('it is exported as NDJSON and as CSV that no spreadsheet runs', async () => {
  await appendAuditAlone(server.database.prisma, {
    actor: 'system',
    action: 'exported',
    target: '=HYPERLINK("http://evil")',
    reason: 'with "quotes", commas\nand lines',
    detail: { n: 1 },
  });
  const json = await server.call('GET', '/api/audit.ndjson?actions=exported', { cookie: admin.cookie });
  expect(json.headers.get('content-disposition')).toBe('attachment; filename="audit.ndjson"');
  const lines = String(json.body).trim().split('\n');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ action: 'exported', detail: { n: 1 }, reason: 'with "quotes", commas\nand lines' });
  const csv = await server.call('GET', '/api/audit.csv?actions=exported', { cookie: admin.cookie });
  expect(csv.body).toContain(`"'=HYPERLINK(""http://evil"")"`);
  expect(csv.body).toContain('"with ""quotes"", commas\nand lines"');
  expect((await list({ actions: ['audit.export'] })).rows).toHaveLength(2);
  expect((await server.call('GET', '/api/audit.csv', { cookie: operator.cookie })).status).toBe(403);
});

test('an export of a rare text walks the whole log in stretches', async () => {
  const found: string[] = [];
  for await (const rows of walkAudit(server.database.prisma, { text: 'odd_one' })) found.push(...rows.map(({ target }) => target));
  expect(found).toEqual(['thing:5']);
});

test('a crash after the deed and before its entry loses nothing: the intent is there, and is settled from the history', async () => {
  const { prisma } = server.database;
  // What is left when the process dies between the runtime's commit and the entry.
  const deed = { actor: operator.id, action: 'instance.resume', target: 'instance:i1', reason: 'it is fine again' };
  await writeIntent(prisma, deed);
  expect((await server.procedure(operator.cookie, 'mutation', 'instances.resume', { id: 'i1', reason: 'it is fine again' })).status).toBe(
    200,
  );
  expect((await settleIntents(prisma, { olderThanMs: -60_000 })).settled).toBe(1);
  const { rows } = await list({ target: 'instance:i1', actions: ['instance.resume'] });
  expect(rows).toMatchObject([{ outcome: 'done', reason: 'it is fine again' }, { outcome: 'done' }]);
});

test('what crashes left of signals, restarts and test runs is settled by what those have left', async () => {
  const { prisma } = server.database;
  const designer = await server.signIn('admin', 'Dora');
  const call = async (path: string, input: object) => {
    const { status, data, error } = await server.procedure(designer.cookie, 'mutation', path, input as never);
    expect(status, JSON.stringify(error)).toBe(200);
    return data;
  };
  await call('entityTypes.save', { name: 'counter', baseVersion: null, title: 'Counter', description: '', document: counter });
  await until(
    async () => (await prisma.instance.findUnique({ where: { id: 'i1' } })) ?? undefined,
    'the instance that is started again is there',
  );
  await call('workflows.create', { key: 'tried', title: 'Tried' });
  const { draftRevision } = await prisma.workflow.findUniqueOrThrow({ where: { key: 'tried' } });
  const left = [
    { action: 'entity.signal', target: 'entity:counter@a', detail: { operation: 'add' } },
    { action: 'entity.signal', target: 'entity:counter@never', detail: { operation: 'add' } },
    { action: 'workflow.run-scenarios', target: 'workflow:tried', detail: { draftRevision } },
    { action: 'workflow.run-scenarios', target: 'workflow:waits', detail: { draftRevision: 1 } },
  ];
  for (const deed of left) await writeIntent(prisma, { actor: designer.id, ...deed });
  await call('entities.signal', { name: 'counter', key: 'a', operation: 'add', input: 1 });
  await call('workflows.runDraft', { key: 'tried', draftRevision });
  const { id } = await call('instances.restart', { id: 'i1', version: 'same', reason: 'again' });
  await writeIntent(prisma, { actor: designer.id, action: 'instance.restart', target: 'instance:i1', detail: { as: id } });
  await writeIntent(prisma, { actor: designer.id, action: 'instance.restart', target: 'instance:i1', detail: { as: 'never' } });
  await until(
    async () => (await prisma.historyEvent.findFirst({ where: { instanceId: '@counter@a', type: 'EntityOperationApplied' } })) ?? undefined,
    'the signal is taken up',
  );
  expect((await settleIntents(prisma, { olderThanMs: -60_000 })).settled).toBe(6);
  const settled = await prisma.auditEntry.findMany({ where: { actor: designer.id, requestId: null }, orderBy: { id: 'asc' } });
  expect(
    settled.map(({ action, target, detail, outcome }) => [action, (detail as Loose)['as'] === 'never' ? 'never' : target, outcome]),
  ).toEqual([
    ['entity.signal', 'entity:counter@a', null],
    ['entity.signal', 'entity:counter@never', 'unknown'],
    ['workflow.run-scenarios', 'workflow:tried', null],
    ['workflow.run-scenarios', 'workflow:waits', 'unknown'],
    ['instance.restart', 'instance:i1', null],
    ['instance.restart', 'never', 'unknown'],
  ]);
});

test('a purge of many that breaks off ends in the log as what it had done', async () => {
  const { prisma } = server.database;
  const since = new Date(Date.now() - 60_000).toISOString();
  for (const id of ['many-1', 'many-2', 'many-3'])
    await prisma.instance.create({
      data: {
        id,
        partition: 0,
        executionId: 'e',
        workflowKey: 'waits',
        version: 1,
        status: 'Completed',
        startedBy: 'u',
        completedAt: new Date(),
      },
    });
  const before = await prisma.instance.count();
  const purge = server.runtime.purge.bind(server.runtime);
  const breaks = vi.spyOn(server.runtime, 'purge').mockImplementation(async (id) => {
    if (String(id) === 'many-3') throw new Error('The connection broke.');
    return purge(id);
  });
  const answer = await server.call('DELETE', `/runtime/webhooks/durabletask/instances?createdTimeFrom=${since}&runtimeStatus=Completed`);
  breaks.mockRestore();
  expect(answer.status).toBe(500);
  const gone = before - (await prisma.instance.count());
  expect(gone).toBeGreaterThan(0);
  expect((await settleIntents(prisma, { olderThanMs: -60_000 })).settled).toBe(1);
  const { rows } = await list({ target: 'instances', actions: ['instance.purge-many'] });
  expect(rows).toMatchObject([{ outcome: 'done', detail: { instancesDeleted: gone, brokenOff: true } }]);
});

test('perdure audit verify says that it is whole, or which entry is not', { timeout: 60_000 }, async () => {
  const { prisma } = server.database;
  while ((await sealAudit(prisma)) > 0);
  const verify = (...words: string[]) => {
    const cli = join(import.meta.dirname, '..', 'cli.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'audit', 'verify', ...words], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], DATABASE_URL: server.databaseUrl },
    });
    return { code: status, output: `${stdout}${stderr}` };
  };
  const whole = verify();
  expect(whole).toMatchObject({ code: 0, output: expect.stringContaining('The audit log is whole') });
  const head = /Head: ([0-9a-f]{64})/.exec(whole.output)?.[1] ?? '';
  expect(verify('--expect', head)).toMatchObject({ code: 0, output: expect.stringContaining('That is the expected one') });
  expect(verify('--expect', 'f'.repeat(64))).toMatchObject({ code: 1, output: expect.stringContaining('not in it') });
  expect(verify('--expect')).toMatchObject({ code: 2 });
  const victim = await prisma.auditEntry.findFirstOrThrow({ where: { target: 'thing:7' } });
  await prisma.$transaction(async (tx) => {
    await tx.$executeRaw`ALTER TABLE audit_entry DISABLE TRIGGER USER`;
    await tx.$executeRaw`UPDATE audit_entry SET reason = 'never' WHERE id = ${victim.id}`;
    await tx.$executeRaw`ALTER TABLE audit_entry ENABLE TRIGGER USER`;
  });
  expect(verify()).toMatchObject({ code: 1, output: expect.stringContaining(`broken at entry ${victim.id}`) });
});
