import { setTimeout as sleep } from 'node:timers/promises';
import type { Drill } from '../drill.ts';
import { mixedLoads } from '../loads.ts';
import { Scene } from '../scene.ts';

/** Twice this is more than the 5 s for which a silent worker still counts as alive, and its partitions are left to it. */
const leaseMs = 3_000;

/** I10: a worker is frozen until its partitions are long another's, and then goes on as if nothing had been. */
export const zombie: Drill = {
  name: 'zombie',
  title: 'SIGSTOP of a worker for twice the lease under load, then SIGCONT',
  unit: 'freezes',
  sizes: { verify: 3, full: 200, part: 20 },
  async run(context) {
    const [postgres, redis] = [await context.database(), await context.redis()];
    const scene = await Scene.begin(context, { databaseUrl: postgres.url, redisUrl: redis.url }, mixedLoads);
    const options = { leaseMs, renewEveryMs: 500 };
    const workers = [await scene.worker(options), await scene.worker(options)];
    await scene.shares([32, 32]);
    const load = scene.keepFed(40);
    for (let freeze = 0; freeze < context.planned; freeze += 1) {
      await sleep(500 + context.random() * 1_500);
      const victim = workers[Math.floor(context.random() * workers.length)];
      if (victim === undefined) throw new Error('There is no worker.');
      // After it wakes, what it believes lasts until its next commit or renewal.
      await scene.strike([victim], leaseMs + 1_000, async () => {
        victim.freeze();
        await sleep(2 * leaseMs + context.random() * 300);
        // Without a takeover this would be no zombie.
        await scene.shares([64]);
        victim.thaw();
      });
      // It is one of the workers again before it is frozen again.
      await scene.shares([32, 32]);
    }
    await load.stop();
    return scene.outcome(context.planned, { problems: [] });
  },
};
