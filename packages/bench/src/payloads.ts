import { instanceId } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { Activity } from '@perdure/runtime';
import { drawWorkflow, publishWorkflow } from '@perdure/testing';
import { nextId, percentile, startBenchRuntime, type BenchRuntime } from './bench-runtime.ts';
import { startCosts } from './costs.ts';
import type { BenchEnvironment } from './environment.ts';
import { document as hello5, finalSeq } from './hello5.ts';
import { trivialActivity } from './trivial-activity.ts';

const steps = Array.from({ length: 10 }, (_, i) => `s${i + 1}`);

/** Each step hands what it was given on to the next, changed. */
const chain = drawWorkflow(
  {
    start: { type: 'start' },
    ...Object.fromEntries(
      steps.map((id, i) => [
        id,
        { type: 'http', config: { method: 'POST', url: 'http://bench', body: i === 0 ? null : { expr: `steps.${steps[i - 1]}.output` } } },
      ]),
    ),
    done: { type: 'end' },
  },
  [`start -> s1`, ...steps.slice(1).map((id, i) => `${steps[i]} -> ${id}`), `s10 -> done`],
);

/** ExecutionStarted, ten times TaskScheduled and TaskCompleted, EndReached, ExecutionCompleted. */
const chainSeq = 23;
const atOnce = 10;
const rounds = 3;
const perSecond = 100;
const aloneMs = 3_000;

interface Large {
  pass: number;
  rows: { id: number; name: string; note: string; amount: number; open: boolean }[];
}

/** Made beforehand: what an activity does on the engine's thread is the activity's, and is not measured here. */
const rows = Array.from({ length: 5_000 }, (_, id) => row(id));

/** In the place of the http activity: gives 1 MB, never the same twice. */
const large: Activity = {
  name: 'http',
  async run(input, { key }) {
    const { body } = input as unknown as { body: (Large & { seed: string }) | null }; // as `chain` draws it
    const output = body ?? { pass: 0, seed: key, rows };
    output.pass += 1;
    return { ok: true, output: output as unknown as Json };
  },
};

function row(id: number): Large['rows'][number] {
  const name = `Customer ${(id * 7_919) % 10_007} of ${id}`;
  return {
    id,
    name,
    note: `Note ${id}: ${name} asked for "${(id * 31) % 997}" of them, ${'again '.repeat(15)}`,
    amount: id * 1.25,
    open: id % 3 === 0,
  };
}

/**
 * What a workflow that hands 1 MB through ten steps does to others beside it, and what ten such at once do: hello5 at 100 a second, alone, beside
 * one chain after the other and beside ten, in turns. Only what was started while a chain ran counts as beside it.
 */
export async function payloads(environment: BenchEnvironment): Promise<Record<string, number>> {
  const bench = await startBenchRuntime(environment, hello5, { activities: [trivialActivity, large] });
  try {
    await publishWorkflow(bench.databaseUrl, 'chain', chain);
    await runChains(bench, atOnce);
    const alone: number[] = [];
    const besideOne: number[] = [];
    const besideTen: number[] = [];
    let tenMs = 0;
    let costs = { postgresMs: 0, engineMs: 0 };
    await steadily(bench, [], () => sleep(aloneMs));
    for (let round = 0; round < rounds; round += 1) {
      await steadily(bench, alone, () => sleep(aloneMs));
      await steadily(bench, besideOne, async () => {
        for (let i = 0; i < 3; i += 1) await runChains(bench, 1);
      });
      const startedAt = performance.now();
      const cost = await startCosts(environment, bench.databaseUrl);
      await steadily(bench, besideTen, () => runChains(bench, atOnce));
      const { postgresMs, engineMs } = await cost(atOnce * steps.length);
      costs = { postgresMs: costs.postgresMs + postgresMs / rounds, engineMs: costs.engineMs + engineMs / rounds };
      tenMs += (performance.now() - startedAt) / rounds;
    }
    for (const latencies of [alone, besideOne, besideTen]) latencies.sort((a, b) => a - b);
    return {
      aloneP50Ms: percentile(alone, 0.5),
      aloneP95Ms: percentile(alone, 0.95),
      besideOneP50Ms: percentile(besideOne, 0.5),
      besideOneP95Ms: percentile(besideOne, 0.95),
      besideOneSampled: besideOne.length,
      besideTenP50Ms: percentile(besideTen, 0.5),
      besideTenP95Ms: percentile(besideTen, 0.95),
      besideTenSampled: besideTen.length,
      tenMs,
      // With the hello5 beside them, which are few.
      engineMsPerStep: costs.engineMs,
      postgresMsPerStep: costs.postgresMs,
    };
  } finally {
    await bench.stop();
  }
}

async function runChains(bench: BenchRuntime, count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async () => {
      const id = instanceId(`chain-${nextId('payload')}`);
      const completed = bench.reached(id, chainSeq);
      const started = await bench.runtime.start({ workflow: 'chain', version: 1, input: {}, startedBy: 'bench', instanceId: id });
      if (!started.ok) throw new Error(started.message);
      await completed;
    }),
  );
}

/** Starts hello5 at the fixed rate as long as `meanwhile` lasts; latencies count from the moment a start was due. */
async function steadily(bench: BenchRuntime, latencies: number[], meanwhile: () => Promise<void>): Promise<void> {
  const runs: Promise<void>[] = [];
  let isOver = false;
  const over = meanwhile().finally(() => (isOver = true));
  const startedAt = performance.now();
  for (let i = 0; !isOver; i += 1) {
    const dueAt = startedAt + (i * 1_000) / perSecond;
    // After a stretch without a turn of the loop, those that became due in it are started at once.
    if (dueAt > performance.now()) await sleep(dueAt - performance.now());
    const id = nextId('other');
    const completed = bench.reached(id, finalSeq);
    runs.push(
      bench
        .start(id)
        .then(() => completed)
        .then(() => void latencies.push(performance.now() - dueAt)),
    );
  }
  await Promise.all([over, ...runs]);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, ms));
}
