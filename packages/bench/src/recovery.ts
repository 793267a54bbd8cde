import { setTimeout as sleep } from 'node:timers/promises';
import { drawWorkflow, publishWorkflow, startWorkerProcess, type WorkerProcess } from '@perdure/testing';
import { instanceId } from '@perdure/engine';
import { partitionOf } from '@perdure/runtime';
import pg from 'pg';
import { startBenchRuntime } from './bench-runtime.ts';
import { cpuSecondsOf } from './cpu-time.ts';
import type { BenchEnvironment } from './environment.ts';
import { startServerProcess } from '@perdure/testing/server-process';
import { waiting } from './sleepers.ts';
import type { Question, WorkerSettings } from './worker-program.ts';

const working = drawWorkflow({ start: { type: 'start' }, work: { type: 'trivial' }, done: { type: 'end' } }, [
  'start -> work',
  'work -> done',
]);

const withActivity = 25_000;
const withEvent = 25_000;
const probes = 1_280;
const partitions = 64;

export async function recovery(environment: BenchEnvironment): Promise<Record<string, number>> {
  return { ...(await takeover(environment)), ...(await coldStart(environment)) };
}

/**
 * A worker with 50,000 live instances is killed: half of them have an unfinished activity, half wait for an event. Seconds from its death until the other worker
 * has dispatched every one of the activities again and has taken up an event for each of 1,280 waiting instances, 20 in every partition.
 * (An event for all of the waiting ones would measure how fast it wakes them, which `sleepers` does.)
 */
async function takeover(environment: BenchEnvironment): Promise<Record<string, number>> {
  const databaseUrl = await environment.freshDatabase();
  await publishWorkflow(databaseUrl, 'working', working);
  await publishWorkflow(databaseUrl, 'waiting', waiting);
  const start = (holds: boolean): Promise<WorkerProcess> => {
    const settings: WorkerSettings = { databaseUrl, redisUrl: environment.redisUrl, holds };
    return startWorkerProcess(new URL('./worker-program.ts', import.meta.url), settings);
  };
  const doomed = await start(true);
  const workers = [doomed];
  try {
    const ask = <Answer>(worker: WorkerProcess, question: Question): Promise<Answer> => worker.ask(question);
    await ask(doomed, { do: 'start', workflow: 'working', prefix: 'working-', count: withActivity });
    await ask(doomed, { do: 'start', workflow: 'waiting', prefix: 'waiting-', count: withEvent });
    // Frozen, so that the other worker does not get a share of the partitions before the kill: it is to find all of them.
    doomed.freeze();
    const heir = await start(false);
    workers.push(heir);
    const cpuBefore = { heir: cpuSecondsOf(heir.pid), postgres: environment.cpu().postgres };
    const killedAt = performance.now();
    await doomed.kill();
    const secondsSince = (): number => (performance.now() - killedAt) / 1_000;
    const probing = Promise.all(
      probeIds().map(async (id) => {
        while (!(await ask<boolean>(heir, { do: 'raise', id }))) await sleep(50);
      }),
    ).then(secondsSince);
    while ((await ask<number>(heir, { do: 'owned' })) < partitions) await sleep(10);
    const noticedSeconds = secondsSince();
    let dispatched = 0;
    while (dispatched < withActivity) {
      await sleep(50);
      dispatched = await ask<number>(heir, { do: 'count' });
    }
    const dispatchedSeconds = secondsSince();
    const cpu = { heir: cpuSecondsOf(heir.pid) - cpuBefore.heir, postgres: environment.cpu().postgres - cpuBefore.postgres };
    const answeredSeconds = await probing;
    await heir.stop();
    return {
      noticedSeconds,
      takeoverSeconds: Math.max(dispatchedSeconds, answeredSeconds),
      activitiesDispatchedSeconds: dispatchedSeconds,
      eventsAnsweredSeconds: answeredSeconds,
      // Until the last activity was dispatched, with whatever was done of the other work by then.
      takeoverWorkerCpuSeconds: cpu.heir,
      takeoverPostgresCpuSeconds: cpu.postgres,
    };
  } finally {
    await Promise.all(workers.filter((worker) => !worker.isGone).map((worker) => worker.kill()));
  }
}

/** Waiting instances, as many in each partition as in any other. */
function probeIds(): string[] {
  const perPartition = Array.from({ length: partitions }, () => probes / partitions);
  const ids: string[] = [];
  for (let i = 0; i < withEvent && ids.length < probes; i += 1) {
    const id = `waiting-${i}`;
    const partition = partitionOf(id, partitions);
    if ((perPartition[partition] ?? 0) === 0) continue;
    perPartition[partition] = (perPartition[partition] ?? 0) - 1;
    ids.push(id);
  }
  return ids;
}

/**
 * The server started on a database with 100,000 sleeping instances, an empty Redis beside it: seconds from the start of its process until it is
 * ready, and until one of the sleepers has answered an event over HTTP.
 */
async function coldStart(environment: BenchEnvironment): Promise<Record<string, number>> {
  const bench = await startBenchRuntime(environment, waiting);
  const sample = instanceId('sample');
  await bench.start(sample);
  await bench.stop();
  await multiply(bench.databaseUrl, sample, 100_000);
  const startedAt = performance.now();
  const server = await startServerProcess({ databaseUrl: bench.databaseUrl, redisUrl: environment.redisUrl });
  try {
    for (;;) {
      const answer = await fetch(`${server.origin}/runtime/webhooks/durabletask/instances/copy-50000/raiseEvent/go`, {
        method: 'POST',
        headers: { 'x-functions-key': server.apiKey, 'content-type': 'application/json' },
        body: 'null',
      });
      await answer.text();
      if (answer.status === 202) break;
      if (answer.status !== 503) throw new Error(`Raising the event answered ${answer.status}.`);
      await sleep(20);
    }
    return { coldStartSeconds: server.startedInMs / 1_000, coldFirstAnswerSeconds: (performance.now() - startedAt) / 1_000 };
  } finally {
    await server.stop();
  }
}

/** Copies the rows that the engine wrote for one instance, under new ids: a hundred thousand starts would only take longer. */
async function multiply(databaseUrl: string, sample: string, count: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, i) => `copy-${i}`);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ column_name: string }>(
      `SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'instance' AND column_name NOT IN ('id', 'partition')`,
    );
    const columns = rows.map((row) => `"${row.column_name}"`).join(', ');
    await client.query(
      `INSERT INTO instance (id, partition, ${columns})
       SELECT c.id, c.partition, ${rows.map((row) => `i."${row.column_name}"`).join(', ')}
       FROM instance i, unnest($2::text[], $3::int[]) AS c(id, partition) WHERE i.id = $1`,
      [sample, ids, ids.map((id) => partitionOf(id, partitions))],
    );
    await client.query(
      `INSERT INTO history_event (instance_id, seq, type, at, data)
       SELECT c.id, h.seq, h.type, h.at, h.data FROM history_event h, unnest($2::text[]) AS c(id) WHERE h.instance_id = $1`,
      [sample, ids],
    );
    await client.query('ANALYZE instance, history_event');
  } finally {
    await client.end();
  }
}
