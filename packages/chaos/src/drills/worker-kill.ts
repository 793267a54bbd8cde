import type { WorkerProcess } from '@perdure/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts';
import type { Load } from '../load.ts';
import { mixedLoads } from '../loads.ts';
import { Scene } from '../scene.ts';

/** Two workers, one of which is killed every 0.5 to 5 s and replaced. */
export const workerKill: Drill = {
  name: 'worker-kill',
  title: 'SIGKILL of a worker every 0.5 to 5 s under a mixed load',
  unit: 'kills',
  sizes: { verify: 20, full: 1_000, part: 50 },
  limitMs: 1_200_000,
  run: (context) => killWorkers(context, mixedLoads),
};

export async function killWorkers(context: DrillContext, loads: readonly Load[]): Promise<DrillOutcome> {
  const [postgres, redis] = [await context.database(), await context.redis()];
  const scene = await Scene.begin(context, { databaseUrl: postgres.url, redisUrl: redis.url }, loads);
  const options = { leaseMs: 1_500, renewEveryMs: 300 };
  const workers: WorkerProcess[] = [await scene.worker(options), await scene.worker(options)];
  const load = scene.keepFed(40);
  for (let kill = 0; kill < context.planned; kill += 1) {
    await scene.moves();
    // Mostly soon: the third power puts the mean at 1.6 s.
    await sleep(500 + context.random() ** 3 * 4_500);
    const victim = workers.splice(Math.floor(context.random() * workers.length), 1)[0];
    if (victim === undefined) throw new Error('There is no worker left.');
    await scene.strike([victim], 0, () => victim.kill());
    workers.push(await scene.worker(options));
  }
  await load.stop();
  return scene.outcome(context.planned, { problems: [] });
}
