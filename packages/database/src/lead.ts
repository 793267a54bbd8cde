/**
 * One process of the installation at a time does a duty: whoever leads it holds an advisory lock for as long as its session lives, so that
 * another takes over when it is gone. A leader whose session broke may go on for a moment without knowing: what must not be done twice is
 * fenced by what is written, not by this.
 */
import type pg from 'pg';
import type { Ask } from './asking.ts';

/** Any numbers above those of the partitions that no other lock has. */
const locks = { monitor: 7_300_002, retention: 7_300_031 } as const;

export type Duty = keyof typeof locks;

export interface Lead {
  /** Over the session that holds the lead. Rejects when it is gone, and with it the lead. */
  readonly ask: Ask;
  /** Resolves once another process can take it. */
  release(): Promise<void>;
}

/** Null while another process leads. `pool`: of `openPool`. */
export async function takeLead(pool: pg.Pool, duty: Duty): Promise<Lead | null> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ leads: boolean }>('SELECT pg_try_advisory_lock($1) AS leads', [locks[duty]]);
    if (rows[0]?.leads === true)
      return {
        ask: askOf(client),
        // Ending the session gives the lock back, too, but only when the server has come to it.
        release: async () => {
          await client.query('SELECT pg_advisory_unlock($1)', [locks[duty]]).catch(() => undefined);
          client.release(true);
        },
      };
  } catch (error) {
    client.release(true);
    throw error;
  }
  client.release();
  return null;
}

export function askOf(connection: pg.Pool | pg.PoolClient): Ask {
  // The callers know what their statement answers.
  return async <Row>(sql: string, values: readonly unknown[]) => (await connection.query(sql, [...values])).rows as Row[];
}
