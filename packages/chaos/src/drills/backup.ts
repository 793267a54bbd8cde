import { backUp, restore } from '@perdure/database/backup';
import { eventually, startTestPostgres } from '@perdure/testing';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Drill, DrillContext, DrillOutcome, InvariantVerdict, Verdicts } from '../drill.ts';
import { chain } from '../loads/chain.ts';
import { counter } from '../loads/counter.ts';
import { family } from '../loads/family.ts';
import { Scene } from '../scene.ts';

/** None of them needs a caller once it is started: what was live at the backup ends by itself after the restore. */
const loads = [chain, counter, family];

/**
 * An installation is backed up under load and goes on; the backup is restored into another database, with the Redis of the original, whose
 * workers are gone. All that was acknowledged before the backup must be there, and everything that was live must end properly.
 */
export const backup: Drill = {
  name: 'backup',
  title: 'Backup under load, restored beside the old Redis and run to its end',
  unit: 'restores',
  sizes: { verify: 2, full: 40, part: 5 },
  async run(context) {
    const redis = await context.redis();
    const total: DrillOutcome = {
      planned: context.planned,
      injected: 0,
      idle: 0,
      acknowledged: 0,
      duplicates: 0,
      verdicts: {},
      problems: [],
    };
    let live = 0;
    for (let round = 0; round < context.planned; round += 1) {
      const one = await backUpAndRestore(context, round, redis.url);
      total.injected += 1;
      if (one.live === 0) total.idle = (total.idle ?? 0) + 1;
      live += one.live;
      total.acknowledged += one.acknowledged;
      total.duplicates += one.duplicates;
      total.problems.push(...one.problems);
      for (const [invariant, verdict] of Object.entries(one.verdicts) as [keyof Verdicts, InvariantVerdict][]) {
        const so = total.verdicts[invariant] ?? { holds: true, count: 0, examples: [] };
        total.verdicts[invariant] = {
          holds: so.holds && verdict.holds,
          count: so.count + verdict.count,
          examples: [...so.examples, ...verdict.examples].slice(0, 5),
        };
      }
    }
    return { ...total, measured: { liveAtBackup: live } };
  },
};

interface Round {
  acknowledged: number;
  duplicates: number;
  verdicts: Verdicts;
  problems: string[];
  /** Instances that had not ended at the moment of the backup. */
  live: number;
}

async function backUpAndRestore(context: DrillContext, round: number, redisUrl: string): Promise<Round> {
  const [before, after] = ['original', 'restored'].map((name) => join(context.folder, `${name}-${round}`));
  if (before === undefined || after === undefined) throw new Error('Two folders are needed.');
  for (const folder of [before, after]) mkdirSync(folder);
  const options = { leaseMs: 3_000, renewEveryMs: 500 };
  const file = join(context.folder, `backup-${round}`);

  const originalDatabase = await context.database();
  const original = await Scene.begin({ ...context, folder: before }, { databaseUrl: originalDatabase.url, redisUrl }, loads);
  const workers = [await original.worker(options), await original.worker(options)];
  const load = original.keepFed(40);
  // A backup of a standing installation would show little.
  await eventually('the load moves', () => (original.commits().length > 100 ? true : undefined), 60_000);
  await sleep(context.random() * 2_000);
  const acknowledged = [...original.acknowledged];
  // Commits known before the backup are in it; executions known after it may have begun before it.
  const commits = original.written('commits');
  await backUp(originalDatabase.url, file);
  const sink = original.written('sink');
  const copiedAt = Date.now();
  await sleep(context.random() * 1_500);
  await load.stop();
  for (const worker of workers) await worker.kill();

  // Empty, on a server of the drills; the Redis still holds what the original kept there.
  const target = await startTestPostgres({ empty: true });
  context.defer(() => target.stop());
  await restore(target.url, file);
  const restored = await Scene.begin({ ...context, folder: after }, { databaseUrl: target.url, redisUrl }, loads);
  restored.inherit('commits', commits);
  restored.inherit('sink', sink);
  const [found] = await restored.rows<{ n: number }>(
    `SELECT count(*)::int AS n FROM instance WHERE status IN ('Pending', 'Running', 'Suspended')`,
  );
  const live = found?.n ?? 0;
  restored.acknowledged.push(...acknowledged);
  // Going back in time is the fault: it struck whatever the original's workers had begun and the backup has no result of.
  const gone = new Set(workers.map(({ pid }) => pid));
  restored.faults.push({ from: copiedAt, until: copiedAt, concerns: ({ pid }) => gone.has(pid) });
  const successor = await restored.worker(options);
  const statuses = await restored.allEnded();
  const { verdicts, duplicates } = await restored.verdicts();
  await successor.stop();
  context.log(`restored with ${live} live of ${Object.values(statuses).reduce((a, b) => a + b, 0)} instances`);
  return {
    acknowledged: acknowledged.length,
    duplicates,
    verdicts,
    live,
    problems: Object.keys(statuses).some((status) => status !== 'Completed') ? [`not all completed: ${JSON.stringify(statuses)}`] : [],
  };
}
