import { migrate } from '@perdure/database';
import { eventually, publishWorkflow, startOwnPostgres, startTestRedis, type OwnPostgres, type TestRedis } from '@perdure/testing';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Drill } from './drill.ts';
import { chain, family } from './drill-workflows.ts';

let postgres: OwnPostgres;
let redis: TestRedis;
let drill: Drill;
let pid: number;

beforeAll(async () => {
  postgres = await startOwnPostgres();
  pid = postgres.pid;
  await migrate(postgres.url);
  redis = await startTestRedis();
  await publishWorkflow(postgres.url, 'chain', chain);
  await publishWorkflow(postgres.url, 'family', family);
  drill = await Drill.begin(postgres.url, redis.url);
});

afterAll(async () => {
  await drill.end();
  await redis.stop();
  await postgres.stop();
});

/** The postmaster and all its children, as a power cut of the server process would. Resolves when they are gone. */
async function killPostgres(): Promise<void> {
  const family = [pid, ...childrenOf(pid)];
  for (const one of family) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // Gone by itself, with the postmaster.
    }
  }
  // A postmaster that is dead but not yet reaped still counts as running to the next one.
  await eventually('all of Postgres is gone', () => (statOf(pid) === undefined && family.every((one) => !isAlive(one))) || undefined);
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const stat = statOf(Number(name));
    return stat?.parent === parent ? [Number(name)] : [];
  });
}

function isAlive(one: number): boolean {
  const stat = statOf(one);
  return stat !== undefined && stat.state !== 'Z';
}

function statOf(one: number): { state: string; parent: number } | undefined {
  try {
    const [state = '', parent = ''] = readFileSync(`/proc/${one}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

async function ended(count: number): Promise<void> {
  await eventually(`${count} instances end`, async () => {
    const [row] = await drill.rows<{ n: number }>(`SELECT count(*)::int AS n FROM instance WHERE status = 'Completed'`);
    return (row?.n ?? 0) >= count || undefined;
  });
}

describe.runIf(process.platform === 'linux')('Postgres killed and restarted under load', { timeout: 120_000 }, () => {
  it('loses nothing that was acknowledged and completes everything, with the app processes unchanged', async () => {
    const workers = [await drill.worker(), await drill.worker()];
    await drill.shares([32, 32]);
    // Half of the starts may replace: theirs is a transaction of several statements, which a kill can interrupt between any two.
    const load = (async () => {
      for (let i = 0; i < 240; i += 8)
        await Promise.all(
          Array.from({ length: 8 }, (_, j) =>
            drill.start((i + j) % 4 === 0 ? 'family' : 'chain', `i-${i + j}`, {}, j % 2 === 0 ? ['Terminated'] : []),
          ),
        );
    })();
    for (const [count, outageMs] of [
      [20, 0],
      [60, 300],
      // Longer than the lease: the workers give everything up, and win it back with commits of the old epoch still waiting.
      [100, 7_000],
    ] as const) {
      await ended(count);
      await killPostgres();
      await new Promise((resume) => setTimeout(resume, outageMs));
      pid = await postgres.restart();
    }
    await load;
    expect(await drill.allEnded(60_000)).toEqual({ Completed: 300 });
    expect(workers.map((worker) => worker.isGone)).toEqual([false, false]);
    expect((await drill.invariants()).broken).toEqual({});
    // A worker that could not renew gave its executions up: from then on both count as struck.
    for (const worker of workers) drill.struck.add(worker.pid);
    const expectedKeys = await drill.sideEffects();
    expect(expectedKeys.examples.filter((example) => example.includes('never executed'))).toEqual([]);
  });
});
