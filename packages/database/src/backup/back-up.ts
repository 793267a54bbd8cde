/**
 * Backs up a database while it is in use: all tables as they are at one moment, in one read-only snapshot.
 * It holds nobody up; as long as it reads, Postgres keeps the row versions of that moment.
 */
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { archiveFormat, writeArchive } from './archive.ts';
import { storedTables } from './stored-tables.ts';

export interface BackupSummary {
  readonly createdAt: string;
  /** By table. */
  readonly rows: Readonly<Record<string, number>>;
}

/** Writes the backup to a file that must not exist yet. */
export async function backUp(url: string, file: string): Promise<BackupSummary> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'perdure backup',
    // The same text whatever the server and the role have been told.
    options: '-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c datestyle=ISO -c timezone=UTC -c extra_float_digits=1',
  });
  let lost: Error | undefined;
  client.on('error', (error) => (lost = error));
  await client.connect();
  try {
    await client.query(`SET client_encoding = 'UTF8'`);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows: facts } = await client.query<{ at: Date; incarnation: string; postgres: string }>(
      `SELECT now() AS at, value #>> '{}' AS incarnation, current_setting('server_version') AS postgres FROM setting WHERE key = 'incarnation'`,
    );
    const [fact] = facts;
    if (fact === undefined) throw new Error('The database has no incarnation: it is not one of Perdure.');
    const { rows: migrations } = await client.query<{ name: string; checksum: string }>(
      `SELECT migration_name AS name, checksum FROM _prisma_migrations WHERE rolled_back_at IS NULL AND finished_at IS NOT NULL ORDER BY migration_name`,
    );
    const createdAt = fact.at.toISOString();
    const rows: Record<string, number> = {};
    await writeArchive(
      file,
      { perdure: 'backup', format: archiveFormat, createdAt, incarnation: fact.incarnation, migrations, postgres: fact.postgres },
      async (addTable) => {
        for (const stored of await storedTables(client)) {
          const columns = stored.columns.map((column) => pg.escapeIdentifier(column)).join(', ');
          rows[stored.table] = await addTable(
            stored,
            client.query(copyTo(`COPY ${pg.escapeIdentifier(stored.table)} (${columns}) TO STDOUT`)),
          );
        }
      },
    );
    await client.query('COMMIT');
    return { createdAt, rows };
  } catch (error) {
    throw lost ?? error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
