import { drawWorkflow } from '@perdure/testing';
import { startCosts } from './costs.ts';
import { nextId, percentile, runMany, startBenchRuntime, type BenchRuntime } from './bench-runtime.ts';
import type { BenchEnvironment } from './environment.ts';
import { measureFloor, measureFloorLatencies, sampleWhereabouts } from './floor.ts';

const steps = ['s1', 's2', 's3', 's4', 's5'];

export const document = drawWorkflow(
  { start: { type: 'start' }, ...Object.fromEntries(steps.map((id) => [id, { type: 'trivial' }])), done: { type: 'end' } },
  ['start -> s1', 's1 -> s2', 's2 -> s3', 's3 -> s4', 's4 -> s5', 's5 -> done'],
);

/** ExecutionStarted, five times TaskScheduled and TaskCompleted, EndReached, ExecutionCompleted. */
export const finalSeq = 13;

/** Five effectful, separately durable trivial activities in a row. */
export async function hello5(environment: BenchEnvironment): Promise<Record<string, number>> {
  const bench = await startBenchRuntime(environment, document);
  try {
    const run = async (): Promise<void> => {
      const id = nextId('hello');
      const completed = bench.reached(id, finalSeq);
      await bench.start(id);
      await completed;
    };
    await runMany(2_000, 500, run);
    const total = 15_000;
    const before = commits(bench);
    const costs = await startCosts(environment, bench.databaseUrl);
    const measured = runMany(total, 500, run);
    const whereabouts = await sampleWhereabouts(bench.databaseUrl);
    const seconds = await measured;
    const cost = await costs(total);
    const after = commits(bench);
    const floorCosts = await startCosts(environment, bench.databaseUrl);
    const floor = await measureFloor(bench.databaseUrl, 'hello-1', whereabouts, total);
    const floorCost = await floorCosts(total);

    const latencies: number[] = [];
    const runs: Promise<void>[] = [];
    for (let i = 0; i < 200; i += 1) {
      const startedAt = performance.now();
      runs.push(run().then(() => void latencies.push(performance.now() - startedAt)));
      await new Promise((resume) => setTimeout(resume, 50));
    }
    await Promise.all(runs);
    latencies.sort((a, b) => a - b);
    const floorLatencies = await measureFloorLatencies(bench.databaseUrl, 'hello-1', whereabouts, 200);
    const workflowsPerSecond = total / seconds;
    return {
      workflowsPerSecond,
      floorPerSecond: floor,
      floorRatio: workflowsPerSecond / floor,
      postgresMsEach: cost.postgresMs,
      floorPostgresMsEach: floorCost.postgresMs,
      engineMsEach: cost.engineMs,
      floorClientMsEach: floorCost.engineMs,
      redisMsEach: cost.redisMs,
      walBytesEach: cost.walBytes,
      floorWalBytesEach: floorCost.walBytes,
      turnsPerCommit: (after.items - before.items) / (after.commits - before.commits),
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      floorP50Ms: percentile(floorLatencies, 0.5),
      floorP99Ms: percentile(floorLatencies, 0.99),
    };
  } finally {
    await bench.stop();
  }
}

function commits(bench: BenchRuntime): { commits: number; items: number } {
  const { commits = 0, items = 0 } = bench.runtime.health().counters;
  return { commits, items };
}
