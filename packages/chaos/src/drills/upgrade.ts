import type { WorkerProcess } from '@perdure/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Drill } from '../drill.ts';
import { mixedLoads } from '../loads.ts';
import { Scene } from '../scene.ts';

const options = { leaseMs: 3_000, renewEveryMs: 500 };

/**
 * Worker processes of two versions, told apart by the number of what they write, meet on one database under load. The newer one must be refused
 * while the older one works, take over once that has stopped, died or frozen, and the older one must be refused or end itself from then on.
 */
export const upgrade: Drill = {
  name: 'upgrade',
  title: 'A worker of a newer version meets one of an older version, which is stopped, killed or frozen',
  unit: 'upgrades',
  sizes: { verify: 2, full: 60, part: 15 },
  async run(context) {
    const [postgres, redis] = [await context.database(), await context.redis()];
    const scene = await Scene.begin(context, { databaseUrl: postgres.url, redisUrl: redis.url }, mixedLoads);
    const problems: string[] = [];
    // Above every real number, so that it stays a drill whatever this version writes.
    const first = 1_000;
    let old = await scene.worker({ ...options, writer: first });
    const load = scene.keepFed(16);
    const refused = async (writer: number, what: string, reason: RegExp): Promise<void> => {
      const answer = await scene.worker({ ...options, writer }).then(
        () => `${what} was let in`,
        (error: Error) => (reason.test(error.message) ? undefined : `${what} failed for another reason: ${error.message}`),
      );
      if (answer !== undefined) problems.push(answer);
    };
    for (let writer = first + 1; writer <= first + context.planned; writer += 1) {
      await refused(writer, 'a newer worker beside an older one', /Workers of an older version/);
      await sleep(context.random() * 500);
      const leave = ways[(writer - first - 1) % ways.length] ?? 'kill';
      let next: WorkerProcess | undefined;
      await scene.strike([old], options.leaseMs, async () => {
        if (leave === 'stop') await old.stop();
        else if (leave === 'kill') await old.kill();
        else old.freeze();
        next = await scene.worker({ ...options, writer });
        if (leave !== 'freeze') return;
        old.thaw();
        const isGone = await Promise.race([old.ended.then(() => true), sleep(10_000, false)]);
        if (!isGone) problems.push('a worker of the older version lives on after it was thawed');
      });
      await refused(writer - 1, 'an older worker after a newer one', /newer version of Perdure/);
      if (next !== undefined) old = next;
    }
    await load.stop();
    return scene.outcome(context.planned, { problems });
  },
};

/** In turn, the hardest first. */
const ways = ['freeze', 'stop', 'kill'] as const;
