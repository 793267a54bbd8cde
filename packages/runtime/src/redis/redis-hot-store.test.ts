import { instanceId } from '@perdure/engine';
import { eventually, startOwnRedis, type OwnRedis } from '@perdure/testing';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Hint, HotUpdate } from '../ports/hot-store.ts';
import { hotStoreContract, untilAvailable } from '../ports/hot-store-contract.ts';
import { raised } from '../postgres/commit-item-fixture.ts';
import { RedisHotStore } from './redis-hot-store.ts';

let server: OwnRedis;
let admin: Redis;
const opened: RedisHotStore[] = [];

beforeAll(async () => {
  server = await startOwnRedis();
  admin = new Redis(server.url, { retryStrategy: () => 50 });
  admin.on('error', () => undefined);
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

afterAll(async () => {
  admin.disconnect();
  await server.stop();
});

async function open(incarnation: string = randomUUID(), url = server.url): Promise<RedisHotStore> {
  const store = new RedisHotStore(url, incarnation);
  opened.push(store);
  await store.ready();
  return store;
}

const first = (text: string): HotUpdate => ({
  instanceId: instanceId(text),
  baseSeq: 0,
  seq: 1,
  events: [raised(1, null)],
  checkpoint: null,
  final: false,
});

describe('RedisHotStore', () => {
  hotStoreContract(() => open());

  it('tells the other processes of the same database what happened, and nobody else', async () => {
    const incarnation = randomUUID();
    const [sender, receiver, stranger] = [await open(incarnation), await open(incarnation), await open()];
    const heard: Hint[] = [];
    const strange: Hint[] = [];
    receiver.onHint((hint) => heard.push(hint));
    stranger.onHint((hint) => strange.push(hint));
    const hint: Hint = { type: 'events', instances: [['a', 3]], tasks: true };
    await eventually('the hint arrives', () => {
      sender.hint(hint);
      return heard.length > 0 || undefined;
    });
    expect(heard[0]).toEqual(hint);
    expect(strange).toEqual([]);
  });

  it('survives nonsense on its channel and a listener that throws', async () => {
    const incarnation = randomUUID();
    const [sender, receiver] = [await open(incarnation), await open(incarnation)];
    const heard: Hint[] = [];
    receiver.onHint(() => {
      throw new Error('a listener’s own bug');
    });
    receiver.onHint((hint) => heard.push(hint));
    await eventually('the hint arrives', async () => {
      await admin.publish(`perdure:{${incarnation}}:hints`, 'not JSON');
      await admin.publish(`perdure:{${incarnation}}:hints`, 'null');
      sender.hint({ type: 'mail', partitions: [1] });
      return heard.length > 0 || undefined;
    });
    expect(heard[0]).toEqual({ type: 'mail', partitions: [1] });
  });

  it('H1 has nothing after FLUSHALL, and a tail that would go on from before it is not kept', async () => {
    const store = await open();
    await store.save([first('flushed')]);
    await admin.flushall();
    expect((await store.load([instanceId('flushed')])).size).toBe(0);
    await store.save([{ ...first('flushed'), baseSeq: 1, seq: 2 }]);
    expect((await store.load([instanceId('flushed')])).size).toBe(0);
  });

  it('H1 a server that is full refuses saves without leaving a gap, and takes them again once it has room', async () => {
    const store = await open();
    const before = JSON.stringify(first('full').events);
    await store.save([first('full'), first('other')]);
    await admin.config('SET', 'maxmemory', '1');
    await store.save([
      { ...first('full'), baseSeq: 1, seq: 2 },
      { ...first('new'), events: [raised(1, 'x'.repeat(10_000))] },
    ]);
    const during = await store.load([instanceId('full')]);
    await admin.config('SET', 'maxmemory', '0');
    expect(during.get(instanceId('full')) ?? { seq: 1, tail: [before] }).toMatchObject({ seq: 1, tail: [before] });
    await store.save([{ ...first('full'), baseSeq: 2, seq: 3 }]);
    expect((await store.load([instanceId('full')])).size).toBe(0);
    await store.save([first('new')]);
    expect((await store.load([instanceId('new')])).size).toBe(1);
  });

  it('H3 drops everything while the server is away, and works again when it is back', async () => {
    const incarnation = randomUUID();
    const [store, other] = [await open(incarnation), await open(incarnation)];
    const heard: Hint[] = [];
    other.onHint((hint) => heard.push(hint));
    await store.save([first('before')]);
    process.kill(server.pid, 'SIGKILL');
    // In flight or not yet noticed: no call may throw.
    await Promise.all([store.save([first('during')]), store.load([instanceId('before')]), store.forget([instanceId('before')])]);
    await eventually('the loss is noticed', () => !store.available() || undefined);
    store.hint({ type: 'mail', partitions: [1] });
    await store.save([first('during')]);
    expect((await store.load([instanceId('before')])).size).toBe(0);
    await store.forget([instanceId('before')]);

    await server.restart();
    await untilAvailable(store);
    await store.save([first('after')]);
    expect((await store.load([instanceId('before'), instanceId('during'), instanceId('after')])).size).toBe(1);
    heard.length = 0;
    await eventually('hints travel again', () => {
      store.hint({ type: 'mail', partitions: [2] });
      return heard.length > 0 || undefined;
    });
  });

  it('H3 starts without a server, and uses it once it comes', async () => {
    const absent = await startOwnRedis();
    process.kill(absent.pid, 'SIGKILL');
    const store = await open(randomUUID(), absent.url);
    expect(store.available()).toBe(false);
    await store.save([first('early')]);
    await absent.restart();
    await untilAvailable(store);
    await store.save([first('late')]);
    expect((await store.load([instanceId('early'), instanceId('late')])).size).toBe(1);
    await store.close();
    await absent.stop();
  });
});
