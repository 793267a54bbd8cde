import { drawWorkflow } from '@perdure/testing';
import type { InstanceId } from '@perdure/engine';
import { nextId, runMany, settledRss, startBenchRuntime } from './bench-runtime.ts';
import type { BenchEnvironment } from './environment.ts';

export const waiting = drawWorkflow({ start: { type: 'start' }, wait: { type: 'event', config: { name: 'go' } }, done: { type: 'end' } }, [
  'start -> wait',
  'wait -> done',
]);

/** ExecutionStarted, EventAwaited, EventRaised, EventReceived, EndReached, ExecutionCompleted. */
export const wokenSeq = 6;

/** Instances that wait for an event: what they cost the worker in memory, and how fast they start and wake. */
export async function sleepers(environment: BenchEnvironment, count = 10_000): Promise<Record<string, number>> {
  const bench = await startBenchRuntime(environment, waiting);
  try {
    // As many as stay in memory: what follows is what each further one costs.
    await runMany(3_000, 500, async () => bench.start(nextId('warm')));
    const before = await settledRss();
    const ids: InstanceId[] = Array.from({ length: count }, () => nextId('sleeper'));
    const startSeconds = await runMany(count, 500, (i) => bench.start(ids[i] as InstanceId));
    const after = await settledRss();
    const wakeSeconds = await runMany(count, 500, async (i) => {
      const id = ids[i] as InstanceId;
      const woken = bench.reached(id, wokenSeq);
      const sent = await bench.runtime.send(id, { type: 'RaiseEvent', id: `wake-${i}`, name: 'go', data: null, by: 'bench' });
      if (!sent.ok) throw new Error(sent.message);
      await woken;
    });
    return {
      count,
      bytesEach: Math.max(0, (after - before) / count),
      startSeconds,
      startPerSecond: count / startSeconds,
      wakeSeconds,
      wakePerSecond: count / wakeSeconds,
    };
  } finally {
    await bench.stop();
  }
}
