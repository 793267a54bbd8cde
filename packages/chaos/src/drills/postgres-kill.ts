import { setTimeout as sleep } from 'node:timers/promises';
import type { Drill } from '../drill.ts';
import { killPostgres } from '../kill-postgres.ts';
import { mixedLoads } from '../loads.ts';
import { Scene } from '../scene.ts';

const leaseMs = 2_000;

/**
 * The database server dies under load and comes back on the same data; workers and API stay as they are. Outages are short, or longer than the
 * lease: then the workers have given everything up, and win it back with commits of the old epoch still waiting.
 */
export const postgresKill: Drill = {
  name: 'postgres-kill',
  title: 'SIGKILL of Postgres, postmaster and all children, under load; app processes unchanged',
  unit: 'kills',
  sizes: { verify: 3, full: 100, part: 10 },
  async run(context) {
    const [postgres, redis] = [await context.ownPostgres(), await context.redis()];
    const scene = await Scene.begin(context, { databaseUrl: postgres.url, redisUrl: redis.url }, mixedLoads);
    const options = { leaseMs, renewEveryMs: 400 };
    const workers = [await scene.worker(options), await scene.worker(options)];
    const load = scene.keepFed(40);
    const outages = [0, 300, leaseMs + 1_500];
    for (let kill = 0; kill < context.planned; kill += 1) {
      await sleep(1_500 + context.random() * 2_000);
      const outageMs = (outages[kill % outages.length] ?? 0) + context.random() * 200;
      // What a worker still believes of the old epoch ends when its statements time out.
      await scene.strike('everyone', leaseMs + 5_000, async () => {
        await killPostgres(postgres.pid);
        await sleep(outageMs);
        await postgres.restart();
      });
      await scene.movesAgain();
    }
    await load.stop();
    const gone = workers.filter(({ isGone }) => isGone);
    return scene.outcome(context.planned, { problems: gone.map(({ pid }) => `worker ${pid} did not survive the outages`) });
  },
};
