import { drawWorkflow } from '@perdure/testing';
import { median, nextId, startBenchRuntime, type BenchRuntime } from './bench-runtime.ts';
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
    for (let run = 0; run < 2; run += 1) await fanOut(bench, 1_000);
    const before = environment.cpu();
    const times: number[] = [];
    for (let run = 0; run < 7; run += 1) times.push(await fanOut(bench, 1_000));
    const after = environment.cpu();
    return {
      ms: median(times),
      workerCpuMs: ((after.worker - before.worker) * 1_000) / times.length,
      postgresCpuMs: ((after.postgres - before.postgres) * 1_000) / times.length,
    };
  } finally {
    await bench.stop();
  }
}

/** What a branch costs when there are 10,000 of them, compared with 100. Taken in turns, so that both meet the same machine. */
export async function fanout10000(environment: BenchEnvironment): Promise<Record<string, number>> {
  const bench = await startBenchRuntime(environment, document);
  try {
    for (let run = 0; run < 5; run += 1) await fanOut(bench, 100);
    await fanOut(bench, 1_000);
    const small: number[] = [];
    const large: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      for (let run = 0; run < 10; run += 1) small.push(await fanOut(bench, 100));
      large.push(await fanOut(bench, 10_000));
    }
    return {
      ms: median(large),
      msAt100: median(small),
      costRatio: median(large) / 10_000 / (median(small) / 100),
    };
  } finally {
    await bench.stop();
  }
}

async function fanOut(bench: BenchRuntime, branches: number): Promise<number> {
  const items = Array.from({ length: branches }, (_, i) => i);
  const id = nextId('fanout');
  // ExecutionStarted, ContainerEntered, per item PassStarted, TaskScheduled, TaskCompleted, EndReached, PassEnded; ContainerExited, EndReached, ExecutionCompleted.
  const completed = bench.reached(id, 2 + branches * 5 + 3);
  const startedAt = performance.now();
  await bench.start(id, { items });
  await completed;
  return performance.now() - startedAt;
}
