import { nextId, runMany, startBenchRuntime } from './bench-runtime.ts';
import type { BenchEnvironment } from './environment.ts';
import { waiting, wokenSeq } from './sleepers.ts';

/** Start, external event, completed: instances per second with 500 in flight. */
export async function events(environment: BenchEnvironment): Promise<Record<string, number>> {
  const bench = await startBenchRuntime(environment, waiting);
  try {
    const run = async (i: number): Promise<void> => {
      const id = nextId('event');
      const completed = bench.reached(id, wokenSeq);
      await bench.start(id);
      const sent = await bench.runtime.send(id, { type: 'RaiseEvent', id: `go-${i}`, name: 'go', data: { i }, by: 'bench' });
      if (!sent.ok) throw new Error(sent.message);
      await completed;
    };
    await runMany(1_000, 500, run);
    const total = 10_000;
    return { perSecond: total / (await runMany(total, 500, run)) };
  } finally {
    await bench.stop();
  }
}
