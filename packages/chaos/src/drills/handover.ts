import { setTimeout as sleep } from 'node:timers/promises';
import type { Drill } from '../drill.ts';
import { mixedLoads } from '../loads.ts';
import { Scene } from '../scene.ts';

/** No fault at all: a clean stop hands everything over at once, so no execution may be repeated (I8 with nothing to excuse one). */
export const handover: Drill = {
  name: 'handover',
  title: 'A worker stops cleanly under load and another takes its place',
  unit: 'stops',
  sizes: { verify: 3, full: 100, part: 20 },
  async run(context) {
    const [postgres, redis] = [await context.database(), await context.redis()];
    const scene = await Scene.begin(context, { databaseUrl: postgres.url, redisUrl: redis.url }, mixedLoads);
    const workers = [await scene.worker(), await scene.worker()];
    await scene.shares([32, 32]);
    const load = scene.keepFed(40);
    for (let stop = 0; stop < context.planned; stop += 1) {
      await sleep(500 + context.random() * 1_500);
      const leaving = workers.splice(Math.floor(context.random() * workers.length), 1)[0];
      await scene.strike([], 0, () => leaving?.stop());
      await scene.shares([64]);
      workers.push(await scene.worker());
      await scene.shares([32, 32]);
    }
    await load.stop();
    const outcome = await scene.outcome(context.planned, { problems: [] });
    if (outcome.duplicates > 0) outcome.problems.push(`${outcome.duplicates} executions were repeated`);
    return outcome;
  },
};
