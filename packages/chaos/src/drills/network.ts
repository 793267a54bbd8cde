import { setTimeout as sleep } from 'node:timers/promises';
import { TcpProxy, type Direction } from '@perdure/testing';
import type { Drill } from '../drill.ts';
import { mixedLoads } from '../loads.ts';
import { Scene } from '../scene.ts';

const leaseMs = 3_000;

/** Within this time a commit comes by under load; else the fault did not happen. */
const commitWithinMs = 5_000;

/**
 * Each worker, the API and Redis are reached through a proxy of its own that fails as networks do. The faults come in a fixed order, so that few
 * of them are of every kind; whom they strike, when and for how long is the seed's.
 */
export const network: Drill = {
  name: 'network',
  title: 'A network that resets, swallows, delays, goes one way, and loses the answer to a commit',
  unit: 'faults',
  sizes: { verify: 10, full: 500, part: 25 },
  limitMs: 15 * 60_000,
  async run(context) {
    const [postgres, redis] = [await context.database(), await context.redis()];
    const proxied = async (url: string): Promise<TcpProxy> => {
      const { hostname, port } = new URL(url);
      const proxy = await TcpProxy.start({ host: hostname, port: Number(port) });
      context.defer(() => proxy.stop());
      return proxy;
    };
    const api = await proxied(postgres.url);
    const hot = await proxied(redis.url);
    const workers = [await proxied(postgres.url), await proxied(postgres.url)];
    const scene = await Scene.begin(
      context,
      { databaseUrl: postgres.url, redisUrl: hot.through(redis.url), appDatabaseUrl: api.through(postgres.url) },
      mixedLoads,
    );
    const processes = [];
    for (const proxy of workers) processes.push(await scene.worker({ leaseMs, renewEveryMs: 500 }, proxy.through(postgres.url)));
    await scene.shares([32, 32]);

    const among = <T>(list: readonly T[]): T => {
      const one = list[Math.floor(context.random() * list.length)];
      if (one === undefined) throw new Error('There is nothing to choose from.');
      return one;
    };
    const held = async (proxy: TcpProxy, direction: Direction, ms: number): Promise<void> => {
      proxy.hold(direction);
      await sleep(ms);
      // What is kept back arrives late, or never: both happen.
      if (context.random() < 0.5) proxy.reset();
      proxy.heal();
    };
    const kinds: Readonly<Record<string, () => Promise<void>>> = {
      dropAnswer: async () => {
        const dropped = among(workers).dropAnswer();
        const happened = await Promise.race([dropped.done.then(() => true), sleep(commitWithinMs, false)]);
        dropped.cancel();
        if (!happened) missed += 1;
      },
      reset: async () => {
        if (among([...workers, api, hot]).reset() === 0) missed += 1;
      },
      // Longer than the lease: the worker is cut off, another takes over, and then it is back.
      blackHole: () => held(among(workers), 'both', leaseMs + 2_500 + context.random() * 1_500),
      oneWayRequests: () => held(among([...workers, api]), 'requests', 500 + context.random() * 5_000),
      oneWayAnswers: () => held(among([...workers, api]), 'answers', 500 + context.random() * 5_000),
      delay: async () => {
        const proxy = among([...workers, api, hot]);
        proxy.delay(20 + context.random() * 300);
        await sleep(1_000 + context.random() * 2_000);
        proxy.heal();
      },
      redisBlackHole: () => held(hot, 'both', 1_000 + context.random() * 4_000),
    };
    let missed = 0;
    const order = Object.keys(kinds);
    const load = scene.keepFed(40);
    for (let n = 0; n < context.planned; n += 1) {
      await sleep(500 + context.random() * 1_000);
      const kind = order[n % order.length] ?? 'reset';
      context.log(`fault ${n + 1}: ${kind}`);
      // What a worker still believes of its old epoch ends when its statements time out.
      await scene.strike('everyone', leaseMs + 5_000, async () => kinds[kind]?.());
      await scene.movesAgain();
    }
    await load.stop();
    const gone = processes.filter(({ isGone }) => isGone);
    const outcome = await scene.outcome(context.planned, {
      problems: gone.map(({ pid }) => `worker ${pid} did not survive the network's faults`),
    });
    return { ...outcome, injected: outcome.injected - missed };
  },
};
