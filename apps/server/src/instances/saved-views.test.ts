import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../test-support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ embedded: false });
});
afterAll(() => server.stop());

const save = (cookie: string, input: { id?: string; name: string; shared?: boolean }) =>
  server.procedure(cookie, 'mutation', 'views.save', { shared: false, search: {}, ...input });
const saved = (ownerId: string, count: number, shared: boolean) =>
  server.database.prisma.savedView.createMany({
    data: Array.from({ length: count }, (_, n) => ({ id: randomUUID(), ownerId, name: `View ${n}`, shared, search: {} })),
  });

test('of many that are saved at once no more are kept than anybody may have', async () => {
  const own = await server.signIn('viewer', 'Vera');
  await saved(own.id, 45, false);
  const answers = await Promise.all(Array.from({ length: 9 }, (_, n) => save(own.cookie, { name: `At once ${n}` })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
  for (const { status, error } of answers) if (status !== 200) expect(error.code).toBe('view.too-many');
  expect(await server.database.prisma.savedView.count({ where: { ownerId: own.id } })).toBe(50);
});

test("one is changed by its owner alone, and one's own are listed however many others share", async () => {
  const [own, other] = [await server.signIn('viewer', 'Olga'), await server.signIn('viewer', 'Otto')];
  await saved(other.id, 250, true);
  const { data } = await save(own.cookie, { name: 'Mine' });
  expect((await save(other.cookie, { id: data.id, name: 'His' })).error.code).toBe('view.unknown');
  const listed = (await server.procedure(own.cookie, 'query', 'views.list')).data as { id: string; name: string }[];
  expect(listed.find(({ id }) => id === data.id)).toMatchObject({ name: 'Mine' });
  expect((await save(own.cookie, { id: data.id, name: 'Renamed' })).data).toEqual({ id: data.id });
  expect(await server.database.prisma.savedView.findUniqueOrThrow({ where: { id: data.id } })).toMatchObject({
    name: 'Renamed',
    ownerId: own.id,
  });
});
