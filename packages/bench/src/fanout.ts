import { drawWorkflow } from '@perdure/testing';
import { nextId, startBenchRuntime } from './bench-runtime.ts';
import type { BenchEnvironment } from './environment.ts';

const document = drawWorkflow(
  {
    start: { type: 'start' },
    each: { type: 'forEach', config: { items: { expr: 'input.items' }, mode: 'parallel', concurrency: 1_000 } },
    work: { type: 'trivial', parent: 'each' },
    result: { type: 'end', parent: 'each', config: { value: { expr: 'index' } } },
    done: { type: 'end', config: { value: { expr: '$count(steps.each.output)' } } },
  },
  ['start -> each', 'each.body -> work', 'work -> result', 'each -> done'],
);

/** 1,000 parallel trivial activities, collected in order: milliseconds from the start to the end, median of several. */
export async function fanout1000(environment: BenchEnvironment): Promise<Record<string, number>> {
  const bench = await startBenchRuntime(environment, document);
  try {
    const items = Array.from({ length: 1_000 }, (_, i) => i);
    const times: number[] = [];
    for (let run = 0; run < 9; run += 1) {
      const id = nextId('fanout');
      const completed = new Promise<void>((resolve) => {
        const stop = bench.runtime.watchInstance(id, (seq) => {
          // ExecutionStarted, ContainerEntered, per item PassStarted, TaskScheduled, TaskCompleted, EndReached, PassEnded; ContainerExited, EndReached, ExecutionCompleted.
          if (seq < 2 + items.length * 5 + 3) return;
          stop();
          resolve();
        });
      });
      const startedAt = performance.now();
      await bench.start(id, { items });
      await completed;
      times.push(performance.now() - startedAt);
    }
    const measured = times.slice(2).sort((a, b) => a - b);
    return { ms: measured[measured.length >> 1] ?? Number.NaN };
  } finally {
    await bench.stop();
  }
}
