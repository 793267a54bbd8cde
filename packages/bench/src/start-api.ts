import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { publishWorkflow } from '@perdure/testing';
import pg from 'pg';
import { cpuSecondsOf } from './cpu-time.ts';
import type { BenchEnvironment } from './environment.ts';
import type { Load, LoadResult } from './load-program.ts';
import { startServerProcess } from '@perdure/testing/server-process';
import { waiting } from './sleepers.ts';

/** Durable starts over HTTP on the real server with its worker inside and an API key, from a load generator in a process of its own. */
export async function startApi(environment: BenchEnvironment): Promise<Record<string, number>> {
  const databaseUrl = await environment.freshDatabase();
  await publishWorkflow(databaseUrl, 'waiting', waiting);
  const server = await startServerProcess({ databaseUrl, redisUrl: environment.redisUrl });
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    const target = { url: `${server.origin}/runtime/webhooks/durabletask/orchestrators/waiting`, key: server.apiKey };
    await load({ ...target, connections: 64, seconds: 3, perSecond: null });
    const before = { ...environment.cpu(), server: cpuSecondsOf(server.pid), stored: await countInstances(database) };
    const full = await load({ ...target, connections: 64, seconds: 10, perSecond: null });
    const after = { ...environment.cpu(), server: cpuSecondsOf(server.pid), stored: await countInstances(database) };
    // What a client was told must be there: a rate of answers alone would be worth nothing.
    if (after.stored - before.stored < full.answered)
      throw new Error(`${full.answered} starts were answered, ${after.stored - before.stored} stored.`);
    const steady = await load({ ...target, connections: 64, seconds: 10, perSecond: 1_000 });
    return {
      perSecond: full.perSecond,
      p50Ms: steady.p50Ms,
      p99Ms: steady.p99Ms,
      steadyPerSecond: steady.perSecond,
      serverCpuMsPerStart: ((after.server - before.server) * 1_000) / full.answered,
      postgresCpuMsPerStart: ((after.postgres - before.postgres) * 1_000) / full.answered,
      loadCpuMsPerStart: full.cpuMs / full.answered,
    };
  } finally {
    await database.end();
    await server.stop();
  }
}

async function countInstances(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ count: number }>('SELECT count(*)::int AS count FROM instance');
  return rows[0]?.count ?? 0;
}

function load(asked: Load): Promise<LoadResult> {
  const program = fork(fileURLToPath(new URL('./load-program.ts', import.meta.url)), { execArgv: [] });
  program.send(asked);
  return new Promise((settle, fail) => {
    program.once('message', (result: LoadResult) => settle(result));
    program.once('exit', (code) => fail(new Error(`The load generator ended without a result (exit code ${code}).`)));
  });
}
