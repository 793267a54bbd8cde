import { setTimeout as sleep } from 'node:timers/promises';
import { drawWorkflow } from '@perdure/testing';
import type { Drill } from '../drill.ts';
import type { Load } from '../load.ts';
import { Scene } from '../scene.ts';

const allFiredWithinMs = 10_000;
const startsAtOnce = 100;

const alarm: Load = {
  name: 'alarm',
  workflows: {
    alarm: drawWorkflow(
      { start: { type: 'start' }, wait: { type: 'timer', config: { mode: 'until', value: { expr: 'input.at' } } }, done: { type: 'end' } },
      ['start -> wait', 'wait -> done'],
    ),
  },
  drive: () => Promise.resolve(),
};

/**
 * Timers due within one second: each fires once, within 10 s, and none early. What is early is told by the event's own time, and by the
 * moment at which Postgres committed it (track_commit_timestamp), which no clock of a worker has a part in. One of two workers is killed while they fire.
 */
export const timers: Drill = {
  name: 'timers',
  title: 'Timers due within one second, a worker killed among them',
  unit: 'timers',
  sizes: { verify: 1_000, full: 10_000, part: 10_000 },
  async run(context) {
    const [postgres, redis] = [await context.ownPostgres({ track_commit_timestamp: 'on' }), await context.redis()];
    const scene = await Scene.begin(context, { databaseUrl: postgres.url, redisUrl: redis.url }, [alarm]);
    const options = { leaseMs: 2_000, renewEveryMs: 400 };
    const workers = [await scene.worker(options), await scene.worker(options)];
    await scene.shares([32, 32]);

    const [clock] = await scene.rows<{ now: number }>('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now');
    const dueAt = Math.ceil((clock?.now ?? Date.now()) + 6_000 + context.planned * 3);
    let next = 0;
    await Promise.all(
      Array.from({ length: startsAtOnce }, async () => {
        for (let i = next++; i < context.planned; i = next++)
          await scene.start('alarm', `alarm-${i}`, { at: dueAt + Math.floor(context.random() * 1_000) });
      }),
    );
    const [late] = await scene.rows<{ late: boolean }>('SELECT clock_timestamp() > to_timestamp($1 / 1000.0) AS late', [dueAt]);
    const problems = late?.late === true ? ['The timers were due before all of them were set.'] : [];
    await sleep(Math.max(0, dueAt - Date.now()) + 300 + context.random() * 600);
    const victim = workers[0];
    if (victim === undefined) throw new Error('There is no worker.');
    await scene.strike([victim], 0, () => victim.kill());
    const statuses = await scene.allEnded();

    const [fired] = await scene.rows<{ timers: number; fired: number; early: number; last: number }>(
      `SELECT count(*)::int AS timers, count(f.seq)::int AS fired,
              (count(*) FILTER (WHERE least(f.at, pg_xact_commit_timestamp(f.xmin)) < to_timestamp((c.data->>'fireAt')::float8 / 1000)))::int AS early,
              (extract(epoch FROM max(pg_xact_commit_timestamp(f.xmin))) * 1000)::float8 AS last
       FROM history_event c LEFT JOIN history_event f ON f.instance_id = c.instance_id AND f.type = 'TimerFired' AND f.data->>'timer' = c.data->>'timer'
       WHERE c.type = 'TimerCreated'`,
    );
    if (fired === undefined) throw new Error('Postgres did not answer.');
    const allFiredMs = Math.round(fired.last - dueAt - 1_000);
    if (fired.timers !== context.planned || fired.fired !== fired.timers)
      problems.push(`${context.planned} timers were planned, ${fired.timers} set, ${fired.fired} fired.`);
    if (fired.early > 0) problems.push(`${fired.early} timers fired early.`);
    if (allFiredMs > allFiredWithinMs) problems.push(`The last timer fired ${allFiredMs} ms after the second they were due in.`);
    const left = await scene.rows('SELECT 1 FROM timer');
    if (left.length > 0) problems.push(`${left.length} timers are left over.`);
    const { verdicts, duplicates } = await scene.verdicts();
    return {
      planned: context.planned,
      injected: fired.fired,
      acknowledged: scene.acknowledged.length,
      duplicates,
      verdicts,
      measured: { allFiredMs, early: fired.early, completed: statuses['Completed'] ?? 0 },
      problems,
    };
  },
};
