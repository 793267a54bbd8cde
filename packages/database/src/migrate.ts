/**
 * Brings a database to this version's schema: applies prisma/migrations in order.
 *
 * It keeps the table `_prisma_migrations` just as Prisma's own `migrate deploy` does, so that either tool can follow the other.
 *
 * 1. One migrator at a time, by an advisory lock: processes that start together wait for each other.
 * 2. A migration and the record of it are one transaction: it is applied whole or not at all.
 * 3. Applied files never change, and no database newer than the code is touched.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';

/** A database that cannot be migrated, in words for the person who runs Perdure. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused';
}

export interface MigrateOptions {
  /** Where the migrations are; the repository's own unless a test says otherwise. */
  readonly directory?: string;
}

/** Applies what is missing and returns the names of what it applied. Throws `MigrationRefused`. */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<readonly string[]> {
  const migrations = await readMigrations(options.directory);
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'perdure migrate' });
  let lost: Error | undefined;
  client.on('error', (error) => (lost = error));
  await client.connect();
  try {
    await lockMigrations(client);
    return await applyMissing(client, migrations);
  } catch (error) {
    throw lost ?? error;
  } finally {
    // Ending the session gives the lock back.
    await client.end().catch(() => undefined);
  }
}

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

interface Record {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

/** Until the session ends: nobody else migrates. The key is the one Prisma's own migrator locks with, so that the two exclude each other. */
export async function lockMigrations(client: pg.ClientBase): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [72707369]);
}

async function applyMissing(client: pg.Client, migrations: readonly Migration[]): Promise<readonly string[]> {
  await createRecords(client);
  const { rows: records } = await client.query<Record>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name',
  );
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const record of records) {
    const migration = known.get(record.migration_name);
    if (migration === undefined) {
      throw new MigrationRefused(
        `The database has the migration ${record.migration_name}, which this version of Perdure does not know: it was used by a newer version. ` +
          'Start that version, or restore a backup made before the upgrade.',
      );
    }
    if (record.finished_at === null) {
      throw new MigrationRefused(
        `The migration ${record.migration_name} was begun on this database by another tool and did not finish. ` +
          'Repair the database or restore a backup, then mark the migration with "prisma migrate resolve".',
      );
    }
    if (record.checksum !== migration.checksum) {
      throw new MigrationRefused(
        `The migration ${record.migration_name} was changed after it was applied to this database. ` +
          `Put back prisma/migrations/${record.migration_name}/migration.sql as it was and write a new migration for the change.`,
      );
    }
  }
  const applied = new Set(records.map((record) => record.migration_name));
  const firstMissing = migrations.findIndex((migration) => !applied.has(migration.name));
  if (firstMissing === -1) return [];
  const late = migrations.slice(firstMissing).find((migration) => applied.has(migration.name));
  if (late !== undefined) {
    throw new MigrationRefused(
      `The migration ${migrations[firstMissing]?.name} is missing from this database, but the later ${late.name} is applied. ` +
        'Migrations are applied in order of their names: give the new one a name that comes last.',
    );
  }
  const missing = migrations.slice(firstMissing);
  for (const migration of missing) await apply(client, migration);
  return missing.map((migration) => migration.name);
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await applyWithin(client, migration);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    if (error instanceof pg.DatabaseError) {
      throw new MigrationRefused(
        `The migration ${migration.name} failed and was taken back; the database is as it was before it. Postgres says: ${error.message}`,
        { cause: error },
      );
    }
    throw error;
  }
}

/** In the transaction that is open, with the record of it. The table of records must be there (`createRecords`). */
export async function applyWithin(client: pg.ClientBase, migration: Migration): Promise<void> {
  await client.query(
    'INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, applied_steps_count) VALUES ($1, $2, $3, clock_timestamp(), 0)',
    [randomUUID(), migration.checksum, migration.name],
  );
  await client.query(migration.sql);
  await client.query(
    'UPDATE _prisma_migrations SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE migration_name = $1 AND rolled_back_at IS NULL',
    [migration.name],
  );
}

/** This version's migrations, in order. */
export async function readMigrations(
  directory = join(import.meta.dirname, '..', '..', '..', 'prisma', 'migrations'),
): Promise<readonly Migration[]> {
  const names = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const content = await readFile(join(directory, name, 'migration.sql'));
      return { name, sql: content.toString('utf8'), checksum: createHash('sha256').update(content).digest('hex') };
    }),
  );
}

export async function createRecords(client: pg.ClientBase): Promise<void> {
  await client.query(recordsTable);
}

const recordsTable = `
CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
)`;
