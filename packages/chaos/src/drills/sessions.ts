import { setTimeout as sleep } from 'node:timers/promises';
import type { Drill } from '../drill.ts';
import { mixedLoads } from '../loads.ts';
import { Scene } from '../scene.ts';

/** Longer than a part takes: nothing may be taken over for want of a renewal, and the server counts as just started. */
const leaseMs = 600_000;
/** Longer than the others need to find a session gone that they have seen. */
const frozenMs = 800;

/**
 * Every session of the database ends at one moment while all workers live: an administrator ends them, or one backend crashes, upon which Postgres
 * ends the others, too, without being started anew. One of the workers is frozen for a moment, so that it is the last to take back what it
 * announced. That is no death of a worker, so no execution may be repeated (I8 with nothing to excuse one).
 */
export const sessions: Drill = {
  name: 'sessions',
  title: 'All sessions of Postgres end at once, by an administrator or by the crash of a backend, and the workers live on',
  unit: 'ends',
  sizes: { verify: 4, full: 100, part: 20 },
  async run(context) {
    const [postgres, redis] = [await context.ownPostgres(), await context.redis()];
    const scene = await Scene.begin(context, { databaseUrl: postgres.url, redisUrl: redis.url }, mixedLoads);
    const options = { leaseMs, renewEveryMs: 500 };
    const workers = [await scene.worker(options), await scene.worker(options)];
    await scene.shares([32, 32]);
    const load = scene.keepFed(24);
    const ofProduct = `SELECT pid FROM pg_stat_activity WHERE application_name = 'perdure-worker' AND pid <> pg_backend_pid()`;
    for (let end = 0; end < context.planned; end += 1) {
      await scene.moves();
      await sleep(1_000 + context.random() * 1_500);
      const slow = workers[Math.floor(context.random() * workers.length)];
      await scene.strike([], 0, async () => {
        slow?.freeze();
        if (end % 2 === 0) await scene.rows(`SELECT pg_terminate_backend(pid) FROM (${ofProduct}) AS ended`);
        else {
          const [backend] = await scene.rows<{ pid: number }>(`${ofProduct} LIMIT 1`);
          if (backend === undefined) throw new Error('The workers have no session.');
          process.kill(backend.pid, 'SIGKILL');
        }
        await sleep(frozenMs);
        slow?.thaw();
      });
      await scene.movesAgain();
    }
    await load.stop();
    const gone = workers.filter(({ isGone }) => isGone);
    return scene.outcome(context.planned, { problems: gone.map(({ pid }) => `worker ${pid} did not survive`) });
  },
};
