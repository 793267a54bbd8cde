import type { Json } from '@perdure/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../test-support/test-server.ts';
import { whenCallerChanges } from './when-caller-changes.ts';

let server: TestServer;
let admin: { id: string; cookie: string };
beforeAll(async () => {
  server = await startTestServer({ embedded: false });
  admin = await server.signIn('admin', 'Ada');
});
afterAll(() => server.stop());

async function madeKey(name: string) {
  const input: Json = { name, permissions: ['instance.read'], folder: '', expiresAt: null };
  const { data } = await server.procedure(admin.cookie, 'mutation', 'apiKeys.create', input);
  const identity = await server.installation.apiKeys.find(data.key);
  if (identity === null) throw new Error('The key that was made is not found.');
  return identity;
}

/** Rechecks as often as it can: what it waits for is told by nobody. */
function ends(identity: Parameters<typeof whenCallerChanges>[1]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = whenCallerChanges(server.installation, identity, resolve, 1);
  return promise.finally(stop);
}

describe('a stream of a key', () => {
  test('ends when the key expires', async () => {
    const ended = ends(await madeKey('expires'));
    await server.database.prisma.apiKey.updateMany({ where: { name: 'expires' }, data: { expiresAt: new Date(0) } });
    await expect(ended).resolves.toBeUndefined();
  });

  test('ends when the key was revoked where nobody could tell of it', async () => {
    const ended = ends(await madeKey('revoked'));
    await server.database.prisma.apiKey.updateMany({ where: { name: 'revoked' }, data: { revokedAt: new Date() } });
    await expect(ended).resolves.toBeUndefined();
  });

  test('goes on as long as the key is good', async () => {
    const good = await madeKey('good');
    let isOver = false;
    const stop = whenCallerChanges(server.installation, good, () => (isOver = true), 1);
    // By then the good one was looked at as often as one that is found to be over.
    const ended = ends(await madeKey('gone'));
    isOver = false; // any key that is made ends all streams of keys: they ask again
    await server.database.prisma.apiKey.updateMany({ where: { name: 'gone' }, data: { expiresAt: new Date(0) } });
    await expect(ended).resolves.toBeUndefined();
    expect(isOver).toBe(false);
    stop();
  });
});

test('the stream of a person ends when their rights have changed where nobody could tell of it', async () => {
  const { id } = await server.signIn('operator');
  const held = await server.installation.grants.load(id);
  if (held === null) throw new Error('The person who was made is not found.');
  const session = await server.database.prisma.session.findFirstOrThrow({ where: { userId: id } });
  const person = { kind: 'user' as const, id, name: 'operator', email: `${id}@example.com`, sessionId: session.id, ...held };
  const ended = ends(person);
  await server.database.prisma.roleGrant.updateMany({ where: { userId: id }, data: { role: 'viewer' } });
  await expect(ended).resolves.toBeUndefined();
});
