/** Lets a process work on a database, or refuses: see writer-format.ts (F1, F2). */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { Superseded } from '../superseded.ts';

export interface AdmissionOptions {
  /** It is certain that no other process lives. */
  readonly alone: boolean;
  /** How long leases of older workers may take to run out before the process is refused. */
  readonly patienceMs: number;
}

/** Throws `Superseded` when the process may not work here. */
export async function admitWriter(pool: pg.Pool, writer: number, { alone, patienceMs }: AdmissionOptions): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const owners = await raise(pool, writer, alone);
    if (owners.length === 0) return;
    if (performance.now() > deadline)
      throw new Superseded(
        `Workers of an older version are at work on this database (${owners.join(', ')}), and this version writes what they would misread. Stop them first.`,
      );
    await sleep(250);
  }
}

/** Gives the owners of running leases that stand in the way. */
async function raise(pool: pg.Pool, writer: number, alone: boolean): Promise<readonly string[]> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<{ value: string }>(`SELECT value #>> '{}' AS value FROM setting WHERE key = 'writer' FOR UPDATE`);
    const stored = Number(rows[0]?.value);
    if (!Number.isInteger(stored)) throw new Error('The database does not say which format is written to it.');
    if (stored > writer) throw new Superseded(newerVersion(stored, writer));
    if (stored < writer) {
      // In the order in which takeovers lock them. From here on no lease is renewed or given and no commit passes.
      const { rows: leases } = await client.query<{ owner: string }>(
        `SELECT owner FROM (SELECT owner, lease_until FROM "partition" ORDER BY id FOR UPDATE) AS locked
         WHERE owner IS NOT NULL AND lease_until > clock_timestamp()`,
      );
      if (leases.length > 0 && !alone) {
        await client.query('ROLLBACK');
        return [...new Set(leases.map(({ owner }) => owner))];
      }
      // F2. The owners stay named, so that what they left unfinished counts a claim as in any takeover.
      await client.query(`UPDATE "partition" SET epoch = epoch + 1`);
      await client.query(`UPDATE setting SET value = to_jsonb($1::int) WHERE key = 'writer'`, [writer]);
    }
    await client.query('COMMIT');
    return [];
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

export function newerVersion(stored: number, writer: number): string {
  return `A newer version of Perdure has worked on this database (it writes format ${stored}, this version ${writer}). Start that version, or restore a backup made before it.`;
}
