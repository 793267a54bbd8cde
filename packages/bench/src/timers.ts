import { drawWorkflow } from '@perdure/testing';
import pg from 'pg';
import { nextId, runMany, startBenchRuntime } from './bench-runtime.ts';
import type { BenchEnvironment } from './environment.ts';

const document = drawWorkflow(
  { start: { type: 'start' }, wait: { type: 'timer', config: { mode: 'until', value: { expr: 'input.at' } } }, done: { type: 'end' } },
  ['start -> wait', 'wait -> done'],
);

/** ExecutionStarted, TimerCreated, TimerFired, EndReached, ExecutionCompleted. */
const finalSeq = 5;
const count = 10_000;
/** Long enough to start them all on a busy machine; checked below. */
const headStartMs = 20_000;

/** 10,000 timers due within one second: from the first one due until the last instance has completed, and how many fired early. */
export async function timers(environment: BenchEnvironment): Promise<Record<string, number>> {
  const bench = await startBenchRuntime(environment, document);
  const database = new pg.Client({ connectionString: bench.databaseUrl });
  await database.connect();
  try {
    const firstDue = Date.now() + headStartMs;
    const completed: Promise<void>[] = [];
    await runMany(count, 500, async (i) => {
      const id = nextId('timer');
      completed.push(bench.reached(id, finalSeq));
      await bench.start(id, { at: firstDue + Math.floor((i * 1_000) / count) });
    });
    if (Date.now() > firstDue) throw new Error(`Starting ${count} instances took longer than ${headStartMs / 1_000} s.`);
    await Promise.all(completed);
    const allFiredSeconds = (Date.now() - firstDue) / 1_000;
    // By the database clock both: what was planned, and when it was recorded as fired.
    const { rows } = await database.query<{ fired: number; early: number; median_ms: number; last_ms: number }>(`
      SELECT count(*)::int AS fired, count(*) FILTER (WHERE late_ms < 0)::int AS early,
             percentile_cont(0.5) WITHIN GROUP (ORDER BY late_ms) AS median_ms, max(late_ms) AS last_ms
      FROM (SELECT extract(epoch FROM fired.at) * 1000 - (created.data ->> 'fireAt')::float8 AS late_ms
            FROM history_event fired JOIN history_event created USING (instance_id)
            WHERE fired.type = 'TimerFired' AND created.type = 'TimerCreated') AS timer`);
    const { fired = 0, early = 0, median_ms: medianMs = 0, last_ms: lastMs = 0 } = rows[0] ?? {};
    return { fired, early, allFiredSeconds, lateMedianMs: Number(medianMs), lateMaxMs: Number(lastMs) };
  } finally {
    await database.end();
    await bench.stop();
  }
}
