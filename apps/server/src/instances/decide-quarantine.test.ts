import { instanceId, stepKey } from '@perdure/engine';
import { drawWorkflow, eventually, publishWorkflow } from '@perdure/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer, until } from '../test-support/test-server.ts';

const status = '/runtime/webhooks/durabletask/instances';
let server: TestServer;
let operator: string;
beforeAll(async () => {
  server = await startTestServer();
  operator = (await server.signIn('operator', 'Olga')).cookie;
  await publishWorkflow(server.databaseUrl, 'slow', workflow(server.demoOrigin));
});
afterAll(() => server.stop());

const workflow = (origin: string) =>
  drawWorkflow(
    {
      start: { type: 'start' },
      call: { type: 'http', config: { method: 'POST', url: `${origin}/demo-services/payment?delayMs=4000` } },
      done: { type: 'end', config: { value: 'paid' } },
      caught: { type: 'end', config: { value: { expr: 'error.code' } } },
    },
    ['start -> call', 'call -> done', 'call.error -> caught'],
  );

/** An instance whose step the runtime holds, as it does after five claims. */
async function held(id: string): Promise<void> {
  await server.call('POST', `/runtime/webhooks/durabletask/orchestrators/slow/${id}`, { body: {} });
  const held = { type: 'QuarantineTask', step: stepKey('call#1'), attempt: 1, claims: 5 } as const;
  expect(await server.runtime.send(instanceId(id), held)).toEqual({ ok: true });
}

const deeds = async (id: string) =>
  (await server.database.prisma.auditEntry.findMany({ where: { target: `instance:${id}` }, orderBy: { id: 'asc' } })).map(
    ({ action }) => action,
  );

test('a held step is on the list with why, and is found by the word', async () => {
  await held('on-list');
  // The list hears of it a moment later.
  const rows = await eventually('the list has it', async () => {
    const { data } = await server.procedure(operator, 'query', 'instances.list', { text: 'quarantine' });
    return data.rows.length > 0 ? data.rows : undefined;
  });
  expect(rows).toMatchObject([{ id: 'on-list', status: 'Waiting', whereabouts: { kind: 'quarantined', node: 'call' } }]);
});

test('Q4 an operator lets it run again, which is audited', async () => {
  await held('released');
  const decision = { id: 'released', step: 'call#1', reason: 'the service was mended' };
  expect((await server.procedure(operator, 'mutation', 'instances.releaseStep', decision)).status).toBe(200);
  expect(await deeds('released')).toContain('instance.release');
  const again = await server.procedure(operator, 'mutation', 'instances.releaseStep', decision);
  expect([again.status, again.error?.code]).toEqual([409, 'step.not-quarantined']);
});

test('Q5 given up over HTTP, it leaves by its error port', async () => {
  await held('given-up');
  expect((await server.call('POST', '/api/instances/given-up/give-up', { body: { step: 'call#1' } })).status).toBe(202);
  const ended = await until(async () => {
    const answer = await server.call('GET', `${status}/given-up`);
    return answer.status === 200 ? answer.body : undefined;
  }, 'it ends');
  expect(ended).toMatchObject({ runtimeStatus: 'Completed', output: 'Quarantined' });
  expect(await deeds('given-up')).toContain('instance.give-up');
});

test('what is unknown, or not held, is refused', async () => {
  expect((await server.call('POST', '/api/instances/nobody/release', { body: { step: 'call#1' } })).body.error.code).toBe(
    'instance.unknown',
  );
  expect((await server.call('POST', '/api/instances/released/release', { body: { step: 'zzz#9' } })).body.error.code).toBe(
    'step.not-quarantined',
  );
  expect((await server.call('POST', '/api/instances/released/release', { body: {} })).body.error.code).toBe('input.invalid');
});
