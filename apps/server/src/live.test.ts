import type { HistoryEvent } from '@perdure/engine';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startTestServer, testKey, type TestServer, until } from './test-support/test-server.ts';
import type { FeedHint } from './trpc/contract/feed.ts';
import type { InstanceUpdate } from './trpc/contract/instances.ts';
import type { PresentPerson } from './trpc/contract/workflows.ts';
import type { AppRouter } from './trpc/router-type.ts';

const root = '/runtime/webhooks/durabletask';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ recheckSocketsEveryMs: 200 });
});
afterAll(() => server.stop());

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const start = (workflow: string, id: string) => server.call('POST', `${root}/orchestrators/${workflow}/${id}`, { body: {} });
const waits = (id: string) =>
  until(async () => (await server.call('GET', `${root}/instances/${id}`)).body.customStatus?.phase === 'approval', `${id} waits`);
const seqs = (events: readonly HistoryEvent[]) => events.map(({ seq }) => seq);
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, n) => first + n);
const length = async (id: string) => (await server.database.prisma.instance.findUniqueOrThrow({ where: { id } })).seq;

/** Reads server-sent events until the stream ends or `enough` says so. */
async function readStream(
  path: string,
  headers: Record<string, string>,
  enough: (ids: number[]) => boolean,
): Promise<{ status: number; ids: number[]; ended: boolean; text: string }> {
  const stop = new AbortController();
  const response = await fetch(server.origin.replace('localhost', '127.0.0.1') + path, {
    headers: { 'x-functions-key': testKey, ...headers },
    signal: stop.signal,
  });
  let text = '';
  const ids: number[] = [];
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    ids.splice(0, ids.length, ...[...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id)));
    if (enough(ids)) break;
  }
  stop.abort();
  return { status: response.status, ids, ended: text.includes('event: end'), text };
}

describe('server-sent events', () => {
  test('E1 a finished instance is told from the first event to the last, then the stream ends', async () => {
    await server.call('POST', `${root}/orchestrators/conference-booking/sse-1?timeout=15`, { body: {} });
    const stream = await readStream('/api/instances/sse-1/events', {}, () => false);
    expect(stream.ids).toEqual(upTo(await length('sse-1')));
    expect(stream.ended).toBe(true);
    expect(stream.text).toContain('"type":"ExecutionCompleted"');
  });

  test('E2 Last-Event-ID resumes without gap and repetition; live events follow', async () => {
    await start('order-approval', 'sse-2');
    await waits('sse-2');
    const before = await length('sse-2');
    const first = await readStream('/api/instances/sse-2/events', {}, (ids) => ids.length >= 3);
    expect(first.ids.slice(0, 3)).toEqual([1, 2, 3]);
    const rest = readStream('/api/instances/sse-2/events', { 'last-event-id': '3' }, () => false);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await server.call('POST', `${root}/instances/sse-2/terminate?reason=test`);
    const { ids, ended } = await rest;
    const after = await length('sse-2');
    expect(after).toBeGreaterThan(before);
    expect(ids).toEqual(upTo(after, 4));
    expect(ended).toBe(true);
    const done = await server.call('GET', '/api/instances/sse-2/events', { headers: { 'last-event-id': String(after) } });
    expect(done.status).toBe(204);
  });

  test('E3 an unknown instance is 404, a seq that is none 400', async () => {
    expect((await server.call('GET', '/api/instances/nobody/events')).status).toBe(404);
    expect((await server.call('GET', '/api/instances/sse-1/events', { headers: { 'last-event-id': 'x' } })).status).toBe(400);
  });
});

function connect(cookie: string, origin = server.origin) {
  class BrowserSocket extends WebSocket {
    constructor(address: string | URL) {
      super(address, { headers: { cookie, origin } });
    }
  }
  // The client wants a browser's WebSocket, whose part it uses `ws` has.
  const socket = createWSClient({
    url: `${server.origin.replace('http', 'ws').replace('localhost', '127.0.0.1')}/trpc`,
    WebSocket: BrowserSocket as never,
  });
  closers.push(() => void socket.close());
  return { socket, client: createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] }) };
}

function watch(client: ReturnType<typeof connect>['client'], id: string, lastEventId?: string) {
  const updates: InstanceUpdate[] = [];
  const state = { updates, complete: false, error: undefined as unknown };
  const subscription = client.instances.watch.subscribe(
    { id, lastEventId },
    {
      onData: ({ data }) => void updates.push(data),
      onComplete: () => void (state.complete = true),
      onError: (error) => void (state.error = error),
    },
  );
  return { ...state, events: () => updates.flatMap(({ events }) => events), stop: () => subscription.unsubscribe(), state };
}

describe('subscriptions', () => {
  test('W1 an instance is told as it goes, in order, to its end', async () => {
    const { cookie } = await server.signIn('viewer');
    const { client } = connect(cookie);
    await start('order-approval', 'ws-1');
    const watched = watch(client, 'ws-1');
    await until(async () => watched.updates.at(-1)?.status === 'Waiting', 'the waiting status is told');
    await server.call('POST', `${root}/instances/ws-1/terminate?reason=test`);
    await until(async () => watched.state.complete, 'the subscription completes');
    expect(seqs(watched.events())).toEqual(upTo(await length('ws-1')));
    expect(watched.updates.at(-1)?.status).toBe('Terminated');
  });

  test('W2 resuming behind a seq gives exactly the rest', async () => {
    const { cookie } = await server.signIn('viewer');
    const { client } = connect(cookie);
    await server.call('POST', `${root}/orchestrators/conference-booking/ws-2?timeout=15`, { body: {} });
    const watched = watch(client, 'ws-2', '4');
    await until(async () => watched.state.complete, 'the subscription completes');
    expect(seqs(watched.events())).toEqual(upTo(await length('ws-2'), 5));
  });

  test('W3 a connection that breaks in the middle goes on where it was', async () => {
    const { cookie } = await server.signIn('viewer');
    const { client, socket } = connect(cookie);
    await start('order-approval', 'ws-3');
    const watched = watch(client, 'ws-3');
    await waits('ws-3');
    await until(async () => watched.events().length >= 5, 'the first events are told');
    const open = socket.connection;
    expect(open?.state).toBe('open');
    (open as unknown as { ws: WebSocket }).ws.terminate();
    await server.call('POST', `${root}/instances/ws-3/suspend?reason=test`);
    await server.call('POST', `${root}/instances/ws-3/terminate?reason=test`);
    await until(async () => watched.state.complete, 'the subscription completes');
    expect(seqs(watched.events())).toEqual(upTo(await length('ws-3')));
  });

  test('W4 nobody, and pages of other sites, get no socket', async () => {
    const { cookie } = await server.signIn('viewer');
    const refusal = (headers: Record<string, string>) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(`${server.origin.replace('http', 'ws').replace('localhost', '127.0.0.1')}/trpc`, { headers });
        socket.on('error', (error) => resolve(error.message));
        socket.on('open', () => resolve('open'));
        closers.push(() => socket.terminate());
      });
    expect(await refusal({ origin: server.origin })).toContain('401');
    expect(await refusal({ origin: 'https://evil.example', cookie })).toContain('403');
    expect(await refusal({ cookie })).toContain('403');
    expect(await refusal({ origin: server.origin, cookie })).toBe('open');
  });

  test('W5 a role without the permission is refused the subscription; signing out ends the socket', async () => {
    const { cookie } = await server.signIn('approver');
    const { client, socket } = connect(cookie);
    const watched = watch(client, 'ws-1');
    await until(async () => watched.state.error !== undefined, 'the refusal arrives');
    expect((watched.state.error as { data: { perdure: { code: string } } }).data.perdure.code).toBe('auth.forbidden');
    const raw = (socket.connection as unknown as { ws: WebSocket }).ws;
    const closed = new Promise<number>((resolve) => raw.on('close', resolve));
    await server.call('POST', '/api/auth/sign-out', { cookie });
    expect(await closed).toBe(4401);
  });

  test('W6 a socket ends when the rights it began with have changed where nobody could tell of it', async () => {
    const { id, cookie } = await server.signIn('operator');
    const { client, socket } = connect(cookie);
    const watched = watch(client, 'ws-1');
    await until(async () => watched.state.complete, 'the subscription is answered');
    const raw = (socket.connection as unknown as { ws: WebSocket }).ws;
    const closed = new Promise<number>((resolve) => raw.on('close', resolve));
    await server.database.prisma.roleGrant.deleteMany({ where: { userId: id } });
    expect(await closed).toBe(1012);
  });

  test('W7 who has a workflow open sees the others come, move and go', async () => {
    const [aiko, tomas] = [await server.signIn('designer', 'Aiko Tanaka'), await server.signIn('viewer', 'Tomás Ribeiro')];
    const seen: PresentPerson[][] = [];
    const key = 'order-approval';
    const first = connect(aiko.cookie).client.workflows.presence.subscribe(
      { key, visit: 'visit-of-aiko', node: null },
      { onData: (people) => void seen.push(people) },
    );
    await until(async () => seen.at(-1)?.length === 1, 'she sees herself');
    const second = connect(tomas.cookie).client;
    const visit = { key, visit: 'visit-of-tomas' };
    const before = second.workflows.presence.subscribe({ ...visit, node: null }, {});
    await until(async () => seen.at(-1)?.length === 2, 'he is there');
    expect(seen.at(-1)).toMatchObject([
      { name: 'Aiko Tanaka', edits: true, node: null },
      { name: 'Tomás Ribeiro', edits: false, node: null },
    ]);
    const after = second.workflows.presence.subscribe({ ...visit, node: 'credit' }, {});
    before.unsubscribe();
    await until(async () => seen.at(-1)?.[1]?.node === 'credit', 'he has moved');
    after.unsubscribe();
    await until(async () => seen.at(-1)?.length === 1, 'he has left');
    first.unsubscribe();
    const approver = connect((await server.signIn('approver')).cookie).client;
    const refusal = await new Promise<unknown>((resolve) =>
      approver.workflows.presence.subscribe({ ...visit, node: null }, { onError: resolve }),
    );
    expect((refusal as { data: { perdure: { code: string } } }).data.perdure.code).toBe('auth.forbidden');
  });

  test('W6 the feed says that lists changed, at most four times a second', async () => {
    const { cookie } = await server.signIn('viewer');
    const { client } = connect(cookie);
    const hints: { hint: FeedHint; at: number }[] = [];
    const subscription = client.feed.watch.subscribe(undefined, { onData: (hint) => void hints.push({ hint, at: performance.now() }) });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await Promise.all(Array.from({ length: 20 }, (_, n) => start('conference-booking', `feed-${n}`)));
    await until(async () => hints.some(({ hint }) => hint.instances), 'a hint arrives');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    subscription.unsubscribe();
    const pauses = hints.slice(1).map(({ at }, n) => at - (hints[n]?.at ?? 0));
    expect(Math.min(...pauses, Infinity)).toBeGreaterThan(200);
  });
});
