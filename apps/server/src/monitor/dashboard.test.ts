import { readWorkers } from '@perdure/database/read';
import { drawWorkflow, publishWorkflow } from '@perdure/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Loose, startTestServer, type TestServer, until } from '../test-support/test-server.ts';

let server: TestServer;
let operator: { id: string; cookie: string };
beforeAll(async () => {
  server = await startTestServer({ embedded: false });
  operator = await server.signIn('operator', 'Olga');
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

/** What it shows is kept for a moment. */
const shown = (what: string, isSo: (data: Loose) => boolean): Promise<Loose> =>
  until(async () => {
    const { data } = await server.procedure(operator.cookie, 'query', 'dashboard.get', { window: '1h' });
    return isSo(data) ? data : undefined;
  }, what);

test('partitions that came from another worker are told with where from, for a while', async () => {
  const { prisma } = server.database;
  await shown('its worker has the partitions', ({ workers }) => workers[0]?.partitions > 0);
  // It took over from some that are forgotten since, long after it started.
  await prisma.$executeRaw`UPDATE worker SET started_at = now() - interval '1 hour'`;
  await prisma.$executeRaw`UPDATE "partition" SET previous_owner = 'worker-4', moved_at = now() - interval '12 s' WHERE id < 2`;
  await prisma.$executeRaw`UPDATE "partition" SET previous_owner = 'worker-9', moved_at = now() - interval '1 minute' WHERE id BETWEEN 2 AND 7`;
  const { workers } = await shown('the latest are shown', (data) => data.workers[0].moved !== null);
  expect(workers[0].moved).toEqual({ from: 'worker-4', partitions: 2, at: expect.any(String) });
  await prisma.$executeRaw`UPDATE "partition" SET moved_at = now() - interval '11 minutes'`;
  await shown('nobody need know any more', (data) => data.workers[0].moved === null);
});

test('what a worker takes up as it starts has not moved when the one before was gone by then, and has when it was still there', async () => {
  const { prisma } = server.database;
  const [{ id } = { id: '' }] = await prisma.$queryRaw<{ id: string }[]>`
    UPDATE worker SET started_at = now() - interval '1 minute' RETURNING id`;
  const moved = async () => {
    const workers = await readWorkers(prisma);
    return workers.find((worker) => worker.id === id)?.moved ?? null;
  };
  // As it is after a restart of the only worker: the one before has stopped and is forgotten.
  await prisma.$executeRaw`UPDATE "partition" SET previous_owner = 'before', moved_at = now() - interval '55 s'`;
  expect(await moved()).toBeNull();
  // Killed, and not yet forgotten.
  await prisma.$executeRaw`INSERT INTO worker (id, host, pid, started_at, heartbeat_at)
    VALUES ('before', 'here', 1, now() - interval '1 hour', now() - interval '62 s')`;
  expect(await moved()).toBeNull();
  // It was still there, and gave some of its own away. Not so lately that it would be given any back here.
  await prisma.$executeRaw`UPDATE worker SET heartbeat_at = now() - interval '20 s' WHERE id = 'before'`;
  expect(await moved()).toBeGreaterThan(0);
  await prisma.$executeRaw`DELETE FROM worker WHERE id = 'before'`;
  expect(await moved()).toBeNull();
  // It stopped while this one was at work.
  await prisma.$executeRaw`UPDATE "partition" SET moved_at = now() - interval '5 s'`;
  expect(await moved()).toBeGreaterThan(0);
  await prisma.$executeRaw`UPDATE "partition" SET moved_at = NULL`;
});

test('what is stuck is counted, without test runs', async () => {
  const { prisma } = server.database;
  await server.call('POST', '/runtime/webhooks/durabletask/orchestrators/waits/w-1', { body: {} });
  await until(async () => (await prisma.instanceStanding.findFirst({ where: { instanceId: 'w-1' } })) ?? undefined, 'it is known to wait');
  expect((await shown('it is shown', () => true)).stuck).toBe(0);
  await until(async () => {
    // The server looks for itself meanwhile, and finds that it is not.
    await prisma.instanceStanding.updateMany({ where: { instanceId: 'w-1' }, data: { stuck: 'nothing sends go' } });
    const { data } = await server.procedure(operator.cookie, 'query', 'dashboard.get', { window: '1h' });
    return data.stuck === 1 || undefined;
  }, 'it is counted');
});

test('the list and the instance itself say why one is stuck, as long as it has not moved since', async () => {
  const { prisma } = server.database;
  await server.call('POST', '/runtime/webhooks/durabletask/orchestrators/waits/w-2', { body: {} });
  const { seq } = await until(
    async () => (await prisma.instanceStanding.findFirst({ where: { instanceId: 'w-2', waiting: true } })) ?? undefined,
    'it is known to wait',
  );
  const told = async (): Promise<unknown[]> => {
    const list = await server.procedure(operator.cookie, 'query', 'instances.list', { ids: ['w-2'] });
    const one = await server.procedure(operator.cookie, 'query', 'instances.get', { id: 'w-2' });
    return [list.data.rows[0].stuck, one.data.stuck];
  };
  expect(await told()).toEqual([null, null]);
  await until(async () => {
    // The server looks for itself meanwhile, and finds that it is not.
    await prisma.instanceStanding.updateMany({ where: { instanceId: 'w-2' }, data: { stuck: 'timer-gone' } });
    return (await told()).every((cause) => cause === 'timer-gone') || undefined;
  }, 'both say it');
  await prisma.instanceStanding.updateMany({ where: { instanceId: 'w-2' }, data: { seq: seq - 1, stuck: 'timer-gone' } });
  expect(await told()).toEqual([null, null]);
});
