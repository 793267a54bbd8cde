/** Lets a process work on a database, or refuses: see writer-format.ts (F1 to F3). */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Superseded } from '../superseded.ts';
import { writerFormat } from '../writer-format.ts';

export interface AdmissionOptions {
  /** It is certain that no other process lives. */
  readonly alone: boolean;
  /** How long leases of older workers may take to run out before the process is refused. */
  readonly patienceMs: number;
}

/** Throws `Superseded` when the process may not work here. */
export function admitWriter(pool: pg.Pool, writer: number, { alone, patienceMs }: AdmissionOptions): Promise<void> {
  return untilNobodyIsInTheWay(() => raise(pool, writer, alone), patienceMs);
}

/**
 * F3: throws what `admitWriter` would throw, and changes nothing. For before the migrations, so the database may be empty, or of a version that
 * knew no numbers.
 */
export async function foreseeAdmission(databaseUrl: string, { alone, patienceMs }: AdmissionOptions, writer = writerFormat): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000, application_name: 'perdure-admission' });
  // The query underway reports its own error.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows: tables } = await client.query(
      `SELECT 1 WHERE to_regclass('setting') IS NOT NULL AND to_regclass('"partition"') IS NOT NULL`,
    );
    if (tables.length > 0) await untilNobodyIsInTheWay(() => inTheWay(client, writer, alone), patienceMs);
  } finally {
    await client.end();
  }
}

/** `look` gives the owners of running leases that stand in the way. */
async function untilNobodyIsInTheWay(look: () => Promise<readonly string[]>, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const owners = await look();
    if (owners.length === 0) return;
    if (performance.now() > deadline)
      throw new Superseded(
        `Workers of an older version are at work on this database (${owners.join(', ')}), and this version writes what they would misread. Stop them first.`,
      );
    await sleep(250);
  }
}

async function inTheWay(client: pg.Client, writer: number, alone: boolean): Promise<readonly string[]> {
  const { rows } = await client.query<{ value: string }>(`SELECT value #>> '{}' AS value FROM setting WHERE key = 'writer'`);
  const stored = Number(rows[0]?.value ?? 0);
  if (stored > writer) throw new Superseded(newerVersion(stored, writer));
  if (stored === writer || alone) return [];
  const { rows: leases } = await client.query<{ owner: string }>(
    `SELECT DISTINCT owner FROM "partition" WHERE owner IS NOT NULL AND lease_until > clock_timestamp()`,
  );
  return leases.map(({ owner }) => owner);
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
