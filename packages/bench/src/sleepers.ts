import { setTimeout as sleep } from 'node:timers/promises';
import { drawWorkflow, publishWorkflow } from '@perdure/testing';
import { instanceId, type InstanceId } from '@perdure/engine';
import pg from 'pg';
import { nextId, runMany, settledRss, startBenchRuntime } from './bench-runtime.ts';
import type { BenchEnvironment } from './environment.ts';

export const waiting = drawWorkflow({ start: { type: 'start' }, wait: { type: 'event', config: { name: 'go' } }, done: { type: 'end' } }, [
  'start -> wait',
  'wait -> done',
]);

/** ExecutionStarted, EventAwaited, EventRaised, EventReceived, EndReached, ExecutionCompleted. */
export const wokenSeq = 6;

const sleeping = drawWorkflow(
  { start: { type: 'start' }, wait: { type: 'timer', config: { mode: 'until', value: { expr: 'input.at' } } }, done: { type: 'end' } },
  ['start -> wait', 'wait -> done'],
);

const half = 50_000;
const watchMs = 10_000;
/** No promise of the bench's own may be part of what the worker's memory is said to grow by. */
const eventId = (i: number): InstanceId => instanceId(`on-event-${i}`);

/**
 * 100,000 instances that wait, half for an event, half for a timer: what they cost the worker in memory and in CPU time while they wait, and how
 * fast they start and wake. The timers are all due at one moment; the events are raised from then on.
 */
export async function sleepers(environment: BenchEnvironment): Promise<Record<string, number>> {
  const bench = await startBenchRuntime(environment, waiting);
  await publishWorkflow(bench.databaseUrl, 'sleeping', sleeping);
  const database = new pg.Client({ connectionString: bench.databaseUrl });
  await database.connect();
  const startSleeping = async (at: number): Promise<void> => {
    const started = await bench.runtime.start({ workflow: 'sleeping', version: 1, input: { at }, startedBy: 'bench' });
    if (!started.ok) throw new Error(started.message);
  };
  try {
    // Warm, and as many as stay in memory: what follows is what all further ones cost.
    await runMany(3_000, 500, async () => bench.start(nextId('warm')));
    await runMany(500, 500, () => startSleeping(Date.now() + 3_600_000));
    const rssBefore = await settledRss();
    const heapBefore = process.memoryUsage().heapUsed;
    const idle = await cpuShares(environment, watchMs);

    const eventSeconds = await runMany(half, 500, (i) => bench.start(eventId(i)));
    // As long as the first half took and half again, and the time in which we watch them wait.
    const dueAt = Math.round(Date.now() + eventSeconds * 1_500 + watchMs + 8_000);
    const timerSeconds = await runMany(half, 500, () => startSleeping(dueAt));
    const rssAfter = await settledRss();
    const heapAfter = process.memoryUsage().heapUsed;
    const asleep = await cpuShares(environment, watchMs);
    if (Date.now() > dueAt) throw new Error('Starting took so much longer at the end that timers were due before all was measured.');

    await sleep(dueAt - Date.now());
    const total = 2 * half;
    const raising = runMany(half, 500, async (i) => {
      const sent = await bench.runtime.send(eventId(i), { type: 'RaiseEvent', id: `wake-${i}`, name: 'go', data: null, by: 'bench' });
      if (!sent.ok) throw new Error(sent.message);
    });
    let completed = 0;
    while (completed < total) {
      await sleep(250);
      const { rows } = await database.query<{ completed: number }>(
        `SELECT count(*)::int AS completed FROM instance WHERE status = 'Completed'`,
      );
      completed = rows[0]?.completed ?? 0;
    }
    const wakeSeconds = (Date.now() - dueAt) / 1_000;
    await raising;
    return {
      count: total,
      startPerSecond: total / (eventSeconds + timerSeconds),
      wakePerSecond: total / wakeSeconds,
      rssGrowthMb: (rssAfter - rssBefore) / 1_048_576,
      // What is really kept; the rest of the growth is room the process took for the work of starting them and has not given back.
      heapGrowthMb: (heapAfter - heapBefore) / 1_048_576,
      cpuWaitingPercent: asleep.worker,
      cpuIdlePercent: idle.worker,
      cpuGrowthPercent: asleep.worker - idle.worker,
      postgresCpuGrowthPercent: asleep.postgres - idle.postgres,
    };
  } finally {
    await database.end();
    await bench.stop();
  }
}

/** Shares of one core over a while. */
async function cpuShares(environment: BenchEnvironment, forMs: number): Promise<{ worker: number; postgres: number }> {
  const before = environment.cpu();
  await sleep(forMs);
  const after = environment.cpu();
  const share = (used: number): number => (used * 100_000) / forMs;
  return { worker: share(after.worker - before.worker), postgres: share(after.postgres - before.postgres) };
}
