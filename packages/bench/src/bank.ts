import { accountType, bankTransfer, saveEntityType } from '@perdure/testing';
import { instanceId } from '@perdure/engine';
import pg from 'pg';
import { nextId, runMany, startBenchRuntime } from './bench-runtime.ts';
import { startCosts } from './costs.ts';
import type { BenchEnvironment } from './environment.ts';

const accounts = 64;

/** Transfers between 64 accounts, 64 in flight, each under a critical section over both: transfers per second. */
export async function bank(environment: BenchEnvironment): Promise<Record<string, number>> {
  const bench = await startBenchRuntime(environment, bankTransfer);
  try {
    await saveEntityType(bench.databaseUrl, 'account', accountType);
    const key = (i: number): string => `account-${i % accounts}`;
    for (let i = 0; i < accounts; i += 1) {
      const paid = await bench.runtime.signalEntity({ name: 'account', key: key(i), operation: 'deposit', input: 1_000_000, by: 'bench' });
      if (!paid.ok) throw new Error(paid.message);
    }
    const finalSeq = await lengthOfOne(bench);
    const run = async (i: number): Promise<void> => {
      const id = nextId('transfer');
      const completed = bench.reached(id, finalSeq);
      // Two different accounts, spread so that neighbours in time seldom meet.
      await bench.start(id, { from: key(i * 7), to: key(i * 7 + 1 + (i % (accounts - 1))), amount: 1 + (i % 50) });
      await completed;
    };
    await runMany(500, 64, run);
    const total = 5_000;
    const before = bench.runtime.health().counters;
    const costs = await startCosts(environment, bench.databaseUrl);
    const seconds = await runMany(total, 64, run);
    const cost = await costs(total);
    const after = bench.runtime.health().counters;
    const grown = (name: string): number => (after[name] ?? 0) - (before[name] ?? 0);
    await checkTotal(bench.databaseUrl);
    return {
      transfersPerSecond: total / seconds,
      turnsEach: grown('items') / total,
      turnsPerCommit: grown('items') / grown('commits'),
      postgresMsEach: cost.postgresMs,
      engineMsEach: cost.engineMs,
      redisMsEach: cost.redisMs,
      walBytesEach: cost.walBytes,
    };
  } finally {
    await bench.stop();
  }
}

/** How long the history of a transfer is. */
async function lengthOfOne(bench: Awaited<ReturnType<typeof startBenchRuntime>>): Promise<number> {
  const id = instanceId('first-transfer');
  await bench.start(id, { from: 'account-0', to: 'account-1', amount: 1 });
  for (;;) {
    const events = await bench.runtime.eventsAfter(id, 0, 1_000);
    if (events.at(-1)?.type === 'ExecutionCompleted') return events.length;
    await new Promise((resume) => setTimeout(resume, 20));
  }
}

async function checkTotal(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ total: string }>(
    `SELECT sum((custom_status->>'balance')::bigint) AS total FROM instance WHERE workflow_key = '@account'`,
  );
  await client.end();
  if (Number(rows[0]?.total) !== accounts * 1_000_000)
    throw new Error(`The bank holds ${rows[0]?.total}, and ${accounts} million were paid in.`);
}
