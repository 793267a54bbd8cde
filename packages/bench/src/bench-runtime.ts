import { instanceId, type InstanceId } from '@perdure/engine';
import { createRuntime, type Runtime, type RuntimeOptions } from '@perdure/runtime';
import { publishWorkflow } from '@perdure/testing';
import type { Json, WorkflowDocument } from '@perdure/graph';
import type { BenchEnvironment } from './environment.ts';
import { benchCatalogue, trivialActivity } from './trivial-activity.ts';

export interface BenchRuntime {
  runtime: Runtime;
  databaseUrl: string;
  /** Starts an instance; resolves when it is durably started. */
  start(id: InstanceId, input?: Json): Promise<void>;
  /** Resolves when the instance's history has reached `seq`. Call before starting it. */
  reached(id: InstanceId, seq: number): Promise<void>;
  stop(): Promise<void>;
}

/** A runtime with one published workflow, on a fresh database. */
export async function startBenchRuntime(
  environment: BenchEnvironment,
  document: WorkflowDocument,
  options: Partial<RuntimeOptions> = {},
): Promise<BenchRuntime> {
  const databaseUrl = await environment.freshDatabase();
  await publishWorkflow(databaseUrl, 'bench', document);
  const runtime = await createRuntime({
    databaseUrl,
    redisUrl: environment.redisUrl,
    worker: true,
    force: true,
    activities: [trivialActivity],
    catalogue: benchCatalogue,
    onTrouble: (where, error) => console.error(`trouble in ${where}: ${error.message}`),
    ...options,
  });
  return {
    runtime,
    databaseUrl,
    async start(id, input = {}) {
      const started = await runtime.start({ workflow: 'bench', version: 1, input, startedBy: 'bench', instanceId: id });
      if (!started.ok) throw new Error(started.message);
    },
    reached: (id, wanted) =>
      new Promise((resolve) => {
        const stop = runtime.watchInstance(id, (seq) => {
          if (seq < wanted) return;
          stop();
          resolve();
        });
      }),
    stop: () => runtime.stop(),
  };
}

let counter = 0;

export function nextId(name: string): InstanceId {
  counter += 1;
  return instanceId(`${name}-${counter}`);
}

/** Runs `total` pieces of work, `inFlight` at a time; gives the seconds it took. */
export async function runMany(total: number, inFlight: number, work: (i: number) => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(inFlight, total) }, async () => {
      for (let i = next++; i < total; i = next++) await work(i);
    }),
  );
  return (performance.now() - startedAt) / 1_000;
}

export function median(values: readonly number[]): number {
  return percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

export function p95Of(values: readonly number[]): number {
  return percentile(
    values.toSorted((a, b) => a - b),
    0.95,
  );
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Resident set after garbage collection (needs --expose-gc). */
export async function settledRss(): Promise<number> {
  for (let i = 0; i < 4; i += 1) {
    globalThis.gc?.();
    await new Promise((resume) => setTimeout(resume, 100));
  }
  return process.memoryUsage.rss();
}
