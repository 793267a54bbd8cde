import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminKey, type Identity } from '../auth/identity.ts';
import { startTestServer, type TestServer, until } from '../test-support/test-server.ts';
import { ExportPlaces, exportStream } from './export-places.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ embedded: false });
});
afterAll(() => server.stop());

const url = '/api/instances.ndjson';

/** A person with a session, as a request of theirs has them. */
async function person(name: string): Promise<Extract<Identity, { kind: 'user' }> & { cookie: string }> {
  const { id, cookie } = await server.signIn('viewer', name);
  const session = await server.database.prisma.session.findFirstOrThrow({ where: { userId: id } });
  const held = await server.installation.grants.load(id);
  if (held === null) throw new Error(`${name} is not there.`);
  return { kind: 'user', id, name, email: '', sessionId: session.id, groups: [], grants: held.grants, cookie };
}

const nothing = (): Promise<void> => Promise.resolve();

async function* endless(demandStill: () => Promise<void>): AsyncGenerator<string> {
  for (let portion = 1; ; portion++) {
    await demandStill();
    yield `${portion}\n`;
  }
}

test('X1 nobody has more than two at a time, and is told what to do', async () => {
  const [own, other] = [await person('Takes'), await person('Other')];
  const giveBack = [server.installation.exports.take(own), server.installation.exports.take(own)];
  const { status, body } = await server.call('GET', url, { cookie: own.cookie });
  expect(status).toBe(429);
  expect(body.error).toEqual({
    code: 'export.too-many',
    message: '2 exports of yours are running. Let one end, or stop one, and ask again.',
  });
  const counted = await server.procedure(own.cookie, 'query', 'instances.countFinished', {});
  expect(counted.data.refusal).toBe(body.error.message);
  // What was refused is not in the audit log.
  expect(await server.database.prisma.auditEntry.count({ where: { action: 'instance.export', actor: own.id } })).toBe(0);
  expect((await server.call('GET', url, { cookie: other.cookie })).status).toBe(200);
  for (const one of giveBack) one();
  giveBack[0]?.();
  expect((await server.call('GET', url, { cookie: own.cookie })).status).toBe(200);
  expect(await server.database.prisma.auditEntry.count({ where: { action: 'instance.export', actor: own.id } })).toBe(1);
});

test('X1 a process has no more than so many at a time', () => {
  const places = new ExportPlaces({ each: 2, all: 3 });
  const named = (name: string): Identity => ({ kind: 'key', name, grants: [] });
  const taken = ['a', 'a', 'b'].map((name) => places.take(named(name)));
  expect(() => places.take(named('c'))).toThrow('3 exports are running, as many as may at a time.');
  taken[0]?.();
  expect(places.refusal(named('c'))).toBeNull();
});

test('X2 a place is given back where nothing was read, where it could not begin, and where the receiver went', async () => {
  const own = await person('Leaves');
  const { exports } = server.installation;
  const busy = exports.take(own);
  const unread = await exportStream(server.installation, own, nothing, endless);
  expect(exports.refusal(own)).not.toBeNull();
  unread.destroy();
  await once(unread, 'close');
  expect(exports.refusal(own)).toBeNull();
  const refused = exportStream(server.installation, own, () => Promise.reject(new Error('no')), endless);
  await expect(refused).rejects.toThrow('no');
  expect(exports.refusal(own)).toBeNull();

  // More than the sockets between take, also packed.
  const end = { id: 'end', type: 'end', title: 'End', parent: null, position: { x: 0, y: 0 }, config: {} };
  const document = {
    formatVersion: 1,
    nodes: [{ ...end, id: 'start', type: 'start' }, end],
    edges: [{ id: 'a', source: 'start', sourcePort: 'out', target: 'end' }],
  };
  await server.call('POST', '/api/workflows', { body: { key: 'large', title: 'Large', document } });
  expect((await server.call('POST', '/api/workflows/large/publish')).status).toBe(200);
  for (let i = 0; i < 24; i++) {
    const body = { text: randomBytes(500_000).toString('base64') };
    expect((await server.call('POST', `/runtime/webhooks/durabletask/orchestrators/large/large-${i}`, { body })).status).toBe(202);
  }
  await until(async () => (await server.database.prisma.instance.count({ where: { status: 'Completed' } })) === 24, 'they have ended');
  const away = new AbortController();
  const answer = await fetch(`${server.origin.replace('localhost', '127.0.0.1')}${url}`, {
    headers: { cookie: own.cookie, origin: server.origin },
    signal: away.signal,
  });
  expect(answer.status).toBe(200);
  expect(exports.refusal(own)).not.toBeNull();
  away.abort();
  await until(async () => exports.refusal(own) === null, 'the place is given back');
  busy();
}, 60_000);

test('X3 it ends before the next portion once the rights were withdrawn, or the session has ended', async () => {
  const withdrawn = await person('Withdrawn');
  const ended = await person('Ended');
  for (const [own, end] of [
    [
      withdrawn,
      async () => {
        await server.database.prisma.roleGrant.updateMany({ where: { userId: withdrawn.id }, data: { folder: 'elsewhere' } });
        server.installation.grants.changed(withdrawn.id);
      },
    ],
    [ended, () => server.database.prisma.session.deleteMany({ where: { userId: ended.id } })],
  ] as const) {
    const portions = (await exportStream(server.installation, own, nothing, endless))[Symbol.asyncIterator]();
    expect((await portions.next()).value.toString()).toBe('1\n');
    await end();
    // What was ready by then is still given.
    const rest = async (): Promise<void> => {
      for (let read = 0; read < 5; read++) await portions.next();
    };
    await expect(rest()).rejects.toThrow('while this was exported');
    expect(server.installation.exports.refusal(own)).toBeNull();
  }
});

test('X3 so does one that is in the middle of a long history when it is told', async () => {
  const own = await person('Told');
  const stream = await exportStream(server.installation, own, nothing, async function* once() {
    for (let event = 1; ; event++) yield `${event}\n`;
  });
  const portions = stream[Symbol.asyncIterator]();
  await portions.next();
  await server.database.prisma.user.update({ where: { id: own.id }, data: { disabledAt: new Date() } });
  server.installation.grants.changed(own.id);
  const rest = async (): Promise<void> => {
    for (let read = 0; read < 5; read++) await portions.next();
  };
  await expect(rest()).rejects.toThrow('while this was exported');
});

test('one that may go on has its last line', async () => {
  const { body } = await server.call('GET', `${url}?filter=${encodeURIComponent('{"workflowKeys":["none"]}')}`);
  expect(JSON.stringify(body)).toContain('end');
  await until(async () => server.installation.exports.refusal(adminKey) === null, 'its place is given back');
});
