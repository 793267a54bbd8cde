import { drawWorkflow, publishWorkflow } from '@perdure/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Loose, startTestServer, type TestServer, until } from '../test-support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const waits = drawWorkflow({ start: { type: 'start' }, wait: { type: 'event', config: { name: 'go' } }, done: { type: 'end' } }, [
    'start -> wait',
    'wait -> done',
  ]);
  for (const key of ['parent', 'child', 'secret']) await publishWorkflow(server.databaseUrl, key, waits);
});
afterAll(() => server.stop());

test('sub-workflows come in pages, all of them once, with exact counts of those one may see', async () => {
  const { prisma } = server.database;
  await server.call('POST', '/runtime/webhooks/durabletask/orchestrators/parent/many', { body: {} });
  await until(async () => (await prisma.instance.findFirst({ where: { id: 'many', status: 'Running' } })) ?? undefined, 'it runs');
  const { executionId } = await prisma.instance.findUniqueOrThrow({ where: { id: 'many' } });
  // Thirty of them in each moment, so that pages end among those of one.
  const startedBy = (workflowKey: string, n: number) => ({
    id: `${workflowKey}-${String(n).padStart(3, '0')}`,
    workflowKey,
    version: 1,
    executionId: `${executionId.slice(0, 8)}-${workflowKey}-${n}`,
    status: n < 7 ? 'Failed' : n < 20 ? 'Suspended' : 'Completed',
    startedBy: 'test',
    partition: 0,
    seq: 1,
    parentInstanceId: 'many',
    parentStep: 'call',
    createdAt: new Date(Date.UTC(2026, 0, 1) + Math.floor(n / 30)),
  });
  await prisma.instance.createMany({
    data: [...Array.from({ length: 130 }, (_, n) => startedBy('child', n)), ...Array.from({ length: 5 }, (_, n) => startedBy('secret', n))],
  });
  await prisma.workflow.update({ where: { key: 'secret' }, data: { folder: 'board' } });
  await prisma.workflow.updateMany({ where: { key: { in: ['parent', 'child'] } }, data: { folder: 'shop' } });
  server.installation.folders.drop();

  const all = await server.signIn('operator', 'Olga');
  const some = await server.signIn('operator', 'Sam', 'shop');
  expect((await server.procedure(all.cookie, 'query', 'instances.get', { id: 'many' })).data.children).toMatchObject({
    count: 135,
    live: 13,
    failed: 12,
  });
  const first = (await server.procedure(some.cookie, 'query', 'instances.get', { id: 'many' })).data.children;
  expect(first).toMatchObject({ count: 130, live: 13, failed: 7 });
  expect(first.rows[0]).toEqual({ id: 'child-000', workflowKey: 'child', status: 'Failed', step: 'call', children: 0 });
  const seen: Loose[] = [...first.rows];
  const sizes: number[] = [];
  for (let cursor = first.nextCursor; cursor !== null;) {
    const { data } = await server.procedure(some.cookie, 'query', 'instances.children', { id: 'many', cursor });
    expect(data.count).toBe(130);
    sizes.push(data.rows.length);
    seen.push(...data.rows);
    cursor = data.nextCursor;
  }
  expect(sizes).toEqual([50, 30]);
  expect(seen.map(({ id }) => id)).toEqual(Array.from({ length: 130 }, (_, n) => `child-${String(n).padStart(3, '0')}`));
  const odd = await server.procedure(some.cookie, 'query', 'instances.children', { id: 'many', cursor: 'nonsense' });
  expect(odd.error.code).toBe('input.invalid');
});
