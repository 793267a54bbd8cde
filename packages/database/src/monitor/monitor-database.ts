/**
 * The connections that bring the read models up to date: few of them, apart from those that answer people, so that neither waits for the other.
 *
 * One process at a time leads: it holds an advisory lock for as long as its session lives, and what only a leader does goes through that session.
 */
import pg from 'pg';
import type { Ask } from './asking.ts';

export interface MonitorDatabase {
  readonly ask: Ask;
  /** Null while another process leads. */
  lead(): Promise<Lead | null>;
  close(): Promise<void>;
}

export interface Lead {
  /** Rejects when the session is gone, and with it the lead. */
  readonly ask: Ask;
  release(): void;
}

/** Any number no other lock has. */
const leadLock = 7_300_002;

export function openMonitorDatabase(url: string): MonitorDatabase {
  const pool = new pg.Pool({
    connectionString: url,
    max: 2,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    query_timeout: 31_000,
    application_name: 'perdure monitor',
    // Portions are small: compiling a plan for them, or sharing it among processes, costs more than it saves.
    options: '-c jit=off -c max_parallel_workers_per_gather=0',
  });
  // A connection that breaks while idle is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => undefined);
  return {
    ask: askOf(pool),
    async lead() {
      const client = await pool.connect();
      client.on('error', () => undefined);
      try {
        const { rows } = await client.query<{ leads: boolean }>('SELECT pg_try_advisory_lock($1) AS leads', [leadLock]);
        if (rows[0]?.leads === true)
          // Ending the session gives the lock back.
          return { ask: askOf(client), release: () => client.release(true) };
      } catch (error) {
        client.release(true);
        throw error;
      }
      client.release();
      return null;
    },
    close: () => pool.end(),
  };
}

function askOf(connection: pg.Pool | pg.PoolClient): Ask {
  // The callers know what their statement answers.
  return async <Row>(sql: string, values: readonly unknown[]) => (await connection.query(sql, [...values])).rows as Row[];
}
