/**
 * What a stretch of work cost, in figures that a busy neighbour on the machine changes little: processor time of Postgres, of this
 * process (engine and load together) and of Redis, and bytes of write-ahead log.
 */
import pg from 'pg';
import type { BenchEnvironment } from './environment.ts';

export interface Costs {
  postgresMs: number;
  engineMs: number;
  redisMs: number;
  walBytes: number;
}

/** Starts counting; the answer stops and gives the cost of each of so many pieces of work. */
export async function startCosts(environment: BenchEnvironment, databaseUrl: string): Promise<(pieces: number) => Promise<Costs>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const read = async () => {
    const { rows } = await client.query<{ bytes: string }>(`SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS bytes`);
    return { ...environment.cpu(), walBytes: Number(rows[0]?.bytes) };
  };
  const before = await read();
  return async (pieces) => {
    const after = await read();
    await client.end();
    return {
      postgresMs: ((after.postgres - before.postgres) * 1_000) / pieces,
      engineMs: ((after.worker - before.worker) * 1_000) / pieces,
      redisMs: ((after.redis - before.redis) * 1_000) / pieces,
      walBytes: (after.walBytes - before.walBytes) / pieces,
    };
  };
}
