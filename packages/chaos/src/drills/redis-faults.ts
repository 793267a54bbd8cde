/**
 * Redis is only ever the fast copy: whatever becomes of it, nothing is lost, no execution of an instance's own worker is repeated, and every
 * unit of the load has ended within 10 s of its start although a fault struck in between (and what a unit takes on this machine when none does).
 * Workers keep nothing in memory, so that every turn reads its instance back through Redis.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { OwnRedis } from '@perdure/testing';
import { Redis } from 'ioredis';
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts';
import { loadsWithQueues } from '../loads.ts';
import { Scene } from '../scene.ts';

const movingAgainWithinMs = 10_000;

export const redisKill: Drill = {
  name: 'redis-kill',
  title: 'SIGKILL of Redis under load, away for up to 2 s, back empty',
  unit: 'kills',
  sizes: { verify: 3, full: 100, part: 20 },
  run: (context) =>
    underFaults(context, async ({ redis }) => {
      await kill(redis);
      await sleep(context.random() * 2_000);
      await redis.restart();
    }),
};

export const redisFlush: Drill = {
  name: 'redis-flush',
  title: 'FLUSHALL under load',
  unit: 'flushes',
  sizes: { verify: 3, full: 100, part: 25 },
  run: (context) =>
    underFaults(context, async ({ admin }) => {
      await admin.flushall();
    }),
};

export const redisOld: Drill = {
  name: 'redis-old',
  title: 'Redis killed under load and restored from a dump that is seconds old',
  unit: 'restores',
  sizes: { verify: 1, full: 20, part: 10 },
  run: (context) =>
    underFaults(context, async ({ admin, redis }) => {
      const dump = join(redis.directory, 'dump.rdb');
      await admin.save();
      copyFileSync(dump, `${dump}.old`);
      // What happens meanwhile is what the restored copy does not know.
      await sleep(1_000 + context.random() * 3_000);
      await kill(redis);
      copyFileSync(`${dump}.old`, dump);
      await redis.restart();
      rmSync(dump);
    }),
};

export const redisFull: Drill = {
  name: 'redis-full',
  title: 'Redis without memory to write to (noeviction) under load, for 2 to 5 s',
  unit: 'times',
  sizes: { verify: 1, full: 5, part: 5 },
  run: (context) =>
    underFaults(context, async ({ admin }) => {
      await admin.config('SET', 'maxmemory', '1');
      await sleep(2_000 + context.random() * 3_000);
      await admin.config('SET', 'maxmemory', '0');
    }),
};

interface Target {
  redis: OwnRedis;
  admin: Redis;
}

async function underFaults(context: DrillContext, fault: (target: Target) => Promise<void>): Promise<DrillOutcome> {
  const [postgres, redis] = [await context.database(), await context.ownRedis()];
  const scene = await Scene.begin(context, { databaseUrl: postgres.url, redisUrl: redis.url }, loadsWithQueues);
  const admin = new Redis(redis.url, { retryStrategy: () => 100 });
  admin.on('error', () => undefined);
  context.defer(() => admin.disconnect());
  await scene.worker({ residentLimit: 0 });
  await scene.worker({ residentLimit: 0 });
  await scene.shares([32, 32]);
  const load = scene.keepFed(24);
  await sleep(3_000);
  await scene.movesAgain();
  const calmMs = scene.slowestUnitMs;
  for (let n = 0; n < context.planned; n += 1) {
    await sleep(1_000 + context.random() * 2_000);
    await scene.strike([], 0, () => fault({ redis, admin }));
    await scene.movesAgain();
  }
  await load.stop();
  const slow =
    scene.slowestUnitMs > movingAgainWithinMs + calmMs
      ? [`a unit of the load took ${Math.round(scene.slowestUnitMs)} ms, before the faults the slowest took ${Math.round(calmMs)} ms`]
      : [];
  return scene.outcome(context.planned, { measured: { slowestCalmUnitMs: Math.round(calmMs) }, problems: slow });
}

async function kill(redis: OwnRedis): Promise<void> {
  process.kill(redis.pid, 'SIGKILL');
  await redis.exited;
}
