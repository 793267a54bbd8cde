import { drawWorkflow, publishWorkflow } from '@perdure/testing';
import type { Json, WorkflowDocument } from '@perdure/graph';
import { nodeId } from '@perdure/graph';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Loose, startTestServer, type TestServer, until } from '../test-support/test-server.ts';

const status = '/runtime/webhooks/durabletask/instances';
let server: TestServer;
let operator: string;
beforeAll(async () => {
  server = await startTestServer();
  operator = (await server.signIn('operator', 'Olga')).cookie;
  await publishWorkflow(server.databaseUrl, 'weak', weak);
  await publishWorkflow(server.databaseUrl, 'waits', waits);
});
afterAll(() => server.stop());

const weak = drawWorkflow(
  {
    start: { type: 'start' },
    wait: { type: 'event', config: { name: 'go' } },
    no: { type: 'transform', config: { value: { expr: '$error("No: not yet")' } } },
    done: { type: 'end', config: { value: { expr: '{ "gave": steps.no.output, "input": input, "vars": vars }' } } },
  },
  ['start -> wait', 'wait -> no', 'no -> done'],
);
const waits = drawWorkflow(
  {
    start: { type: 'start' },
    a: { type: 'event', config: { name: 'a' } },
    b: { type: 'event', config: { name: 'b' } },
    both: { type: 'join', config: { mode: 'all' } },
    done: { type: 'end', config: { value: 'both' } },
  },
  ['start -> a', 'start -> b', 'a -> both', 'b -> both', 'both -> done'],
);

const start = async (workflow: string, id: string, input: Json = {}): Promise<void> => {
  expect((await server.call('POST', `/runtime/webhooks/durabletask/orchestrators/${workflow}/${id}`, { body: input })).status).toBe(202);
};
const raise = (id: string, name: string) => server.call('POST', `${status}/${id}/raiseEvent/${name}`, { body: {} });
const shows = (id: string, wanted: object) =>
  until(
    async () => {
      const { body } = await server.call('GET', `${status}/${id}`);
      return Object.entries(wanted).every(([field, value]) => body[field] === value) ? body : undefined;
    },
    `${id} shows ${JSON.stringify(wanted)}`,
  );
const deeds = async (id: string) =>
  (await server.database.prisma.auditEntry.findMany({ where: { target: `instance:${id}` }, orderBy: { id: 'asc' } })).map(
    ({ action, reason }) => [action, reason],
  );
const operate = (name: string, input: Json) => server.procedure(operator, 'mutation', `instances.${name}`, input);

test('O8 O9 a failed step is skipped with an output, after the variables were edited, and each is in the audit log with its reason', async () => {
  await start('weak', 'mended');
  expect((await operate('setVariables', { id: 'mended', values: { a: [1] }, reason: 'by hand' })).status).toBe(200);
  await raise('mended', 'go');
  await shows('mended', { runtimeStatus: 'Failed' });
  expect((await operate('setVariables', { id: 'mended', values: { b: 1 }, reason: 'late' })).error?.code).toBe('instance.finished');
  expect((await operate('skipStep', { id: 'mended', step: 'zzz#1', output: 1, reason: 'x' })).error?.code).toBe('step.not-open');
  expect((await operate('skipStep', { id: 'mended', step: 'no#1', output: { k: 1 }, reason: 'known' })).status).toBe(200);
  const { output } = await shows('mended', { runtimeStatus: 'Completed' });
  expect(output).toMatchObject({ gave: { k: 1 }, vars: { a: [1] } });
  expect(await deeds('mended')).toEqual([
    ['instance.set-variables', 'by hand'],
    ['instance.skip-step', 'known'],
  ]);
  expect((await operate('setVariables', { id: 'mended', values: { ['not a name']: 1 }, reason: 'x' })).error?.code).toBe('input.invalid');
});

test('O1 rewind and restart over the Durable Functions routes', async () => {
  await start('weak', 'again', { n: 1 });
  expect((await server.call('POST', `${status}/again/rewind?reason=x`)).body.error.code).toBe('instance.not-failed');
  expect((await server.call('POST', `${status}/again/restart?restartWithNewInstanceId=false`)).status).toBe(409);
  await raise('again', 'go');
  await shows('again', { runtimeStatus: 'Failed' });
  expect((await server.call('POST', `${status}/again/rewind?reason=mended`)).status).toBe(202);
  // It says no again.
  await shows('again', { runtimeStatus: 'Failed' });
  const { headers, body } = await server.call('POST', `${status}/again/restart`);
  expect(body.id).not.toBe('again');
  expect(headers.get('location')).toContain(body.id);
  const { data } = await server.procedure(operator, 'query', 'instances.get', { id: body.id });
  expect(data).toMatchObject({ restartedFrom: 'again', input: { n: 1 }, tags: [], versions: [{ version: 1, afterSeq: 0 }] });
  expect((await server.call('POST', `${status}/again/restart?restartWithNewInstanceId=false`)).body.id).toBe('again');
  await shows('again', { runtimeStatus: 'Running' });
});

test('restarted with another input', async () => {
  await start('weak', 'first', { n: 1 });
  const { data } = await operate('restart', { id: 'first', version: 'same', input: { n: 2 }, reason: 'typo' });
  const detail = await server.procedure(operator, 'query', 'instances.get', { id: data.id });
  expect(detail.data).toMatchObject({ input: { n: 2 }, restartedFrom: 'first' });
  expect((await operate('restart', { id: 'first', version: 9, reason: 'x' })).error?.code).toBe('version.unknown');
  expect((await operate('restart', { id: 'nobody', version: 'same', reason: 'x' })).error?.code).toBe('instance.unknown');
});

test('O10 a retry that waits goes on with the input it had, which the plan of the migration tells beforehand', async () => {
  const calls = (failTimes: number): WorkflowDocument =>
    drawWorkflow(
      {
        start: { type: 'start' },
        call: {
          type: 'http',
          config: { method: 'POST', url: 'demo:/stock', query: { failTimes } },
          retry: { firstRetryInterval: '1h', maxNumberOfAttempts: 5 },
        },
        done: { type: 'end' },
      },
      ['start -> call', 'call -> done'],
    );
  await publishWorkflow(server.databaseUrl, 'tries', calls(91));
  const version = await publishWorkflow(server.databaseUrl, 'tries', calls(92));
  await server.call('POST', '/runtime/webhooks/durabletask/orchestrators/tries/waits-long?version=1', { body: {} });
  const plan = async (): Promise<Loose> =>
    (await server.procedure(operator, 'query', 'instances.migrationPlan', { id: 'waits-long', version })).data;
  await until(async () => (await plan())?.waitingRetries === 1 || undefined, 'the retry waits');
  expect((await operate('migrate', { id: 'waits-long', version, reason: 'better' })).status).toBe(200);
  expect((await operate('retryStep', { id: 'waits-long', step: 'call#1', reason: 'now' })).status).toBe(200);
  const scheduled = await until(async () => {
    const found = await server.database.prisma.historyEvent.findMany({
      where: { instanceId: 'waits-long', type: 'TaskScheduled' },
      orderBy: { seq: 'asc' },
    });
    return found.length === 2 ? found : undefined;
  }, 'it is tried again');
  expect(scheduled.map(({ data }) => JSON.stringify((data as Loose).input)?.includes('91') ?? 'as before')).toEqual([true, 'as before']);
});

test('O10 O11 an instance is migrated where it can go on, and told why where it cannot', async () => {
  const third = (document: WorkflowDocument): WorkflowDocument =>
    drawWorkflow(
      {
        start: { type: 'start' },
        a: { type: 'event', config: { name: 'a' } },
        beta: { type: 'event', config: { name: 'b' } },
        both: { type: 'join', config: { mode: document === waits ? 'all' : 'any' } },
        done: { type: 'end', config: { value: 'moved' } },
      },
      ['start -> a', 'start -> beta', 'a -> both', 'beta -> both', 'both -> done'],
    );
  const next = await publishWorkflow(server.databaseUrl, 'waits', third(waits));
  const cut = await publishWorkflow(server.databaseUrl, 'waits', {
    ...third(waits),
    edges: third(waits).edges.filter(({ target }) => target !== nodeId('both')),
  });
  await server.call('POST', `/runtime/webhooks/durabletask/orchestrators/waits/moves?version=1`, { body: {} });
  await raise('moves', 'a');
  const plan = (version: number, mapping?: Record<string, string>) =>
    server.procedure(operator, 'query', 'instances.migrationPlan', { id: 'moves', version, ...(mapping && { mapping }) });
  expect((await plan(next)).data).toMatchObject({
    ok: false,
    from: 1,
    to: next,
    problems: [{ code: 'migration.missing-node', node: 'b' }],
  });
  expect((await plan(next, { b: 'beta' })).data).toMatchObject({ ok: true, problems: [] });
  expect((await plan(cut, { b: 'beta' })).data).toMatchObject({ ok: false, problems: [{ code: 'migration.lacks-edge' }] });
  const refused = await operate('migrate', { id: 'moves', version: next, reason: 'better' });
  expect([refused.status, refused.error?.code]).toEqual([422, 'migration.problems']);
  expect((await operate('migrate', { id: 'moves', version: next, mapping: { b: 'beta' }, reason: 'better' })).status).toBe(200);
  const { data } = await server.procedure(operator, 'query', 'instances.get', { id: 'moves' });
  expect(data).toMatchObject({ version: next, versions: [{ version: 1, afterSeq: 0 }, { version: next }] });
  await raise('moves', 'b');
  expect(await shows('moves', { runtimeStatus: 'Completed' })).toMatchObject({ output: 'moved' });
  expect(await deeds('moves')).toEqual([['instance.migrate', 'better']]);
  expect((await plan(1)).error?.code).toBe('instance.finished');
});
