/**
 * Brings a backup into a database. Nothing runs until Perdure is started on it.
 *
 * 1. All or nothing: emptying, schema, rows and what must be different afterwards are one transaction. A damaged file, a full disk or a
 *    crash leaves the database as it was.
 * 2. The schema is first the backup's own; migrations that came later run on the restored rows, just as they would have on the original.
 * 3. Nobody works on the database meanwhile: it is refused while a process of Perdure is connected, and one that starts waits for the
 *    migrators' lock.
 * 4. The restored database is another one than the original: it gets an incarnation of its own, so that it never meets Redis state of the
 *    original, and epochs no owner of the original ever had, so that a worker frozen since cannot write into it.
 */
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { applyWithin, createRecords, lockMigrations, readMigrations, type Migration } from '../migrate.ts';
import { sqlFile } from '../sql-file.ts';
import { ArchiveDamaged, archiveFormat, readArchive, type ArchiveHeader, type ArchivedTable } from './archive.ts';

const sequencesSql = sqlFile(import.meta.url, 'sequences.sql');

/** In words for the person who restores. The database is as it was. */
export class RestoreRefused extends Error {
  override readonly name = 'RestoreRefused';
}

export interface RestoreSummary {
  readonly createdAt: string;
  readonly rows: Readonly<Record<string, number>>;
  /** Migrations that came after the backup and were applied to its rows. */
  readonly migrated: readonly string[];
}

export interface RestoreOptions {
  /** Throw away what the database holds. Without it only one that holds nothing is taken. */
  readonly replace?: boolean;
  /** Where the migrations are; the repository's own unless a test says otherwise. */
  readonly directory?: string;
}

/** Throws `RestoreRefused` and `ArchiveDamaged`. */
export async function restore(url: string, file: string, options: RestoreOptions = {}): Promise<RestoreSummary> {
  const migrations = await readMigrations(options.directory);
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'restore of a backup',
    options: '-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c datestyle=ISO -c timezone=UTC',
  });
  let lost: Error | undefined;
  client.on('error', (error) => (lost = error));
  await client.connect();
  try {
    await client.query(`SET client_encoding = 'UTF8'`);
    await lockMigrations(client);
    await client.query('BEGIN');
    const summary = await restoreWithin(client, file, migrations, options.replace ?? false);
    await client.query('COMMIT');
    // Without figures of the tables the first queries would be planned blindly.
    await client.query('ANALYZE');
    return summary;
  } catch (error) {
    throw lost ?? (await damage(file)) ?? error;
  } finally {
    // Ending the session takes back what was not committed.
    await client.end().catch(() => undefined);
  }
}

/** Rows of a damaged file reach the database before the file's checksum is read, and what the database says of them is not the cause. */
async function damage(file: string): Promise<ArchiveDamaged | undefined> {
  try {
    for await (const part of readArchive(file)) void part;
    return undefined;
  } catch (error) {
    return error instanceof ArchiveDamaged ? error : undefined;
  }
}

async function restoreWithin(client: pg.Client, file: string, migrations: readonly Migration[], replace: boolean): Promise<RestoreSummary> {
  const rows: Record<string, number> = {};
  let header: ArchiveHeader | undefined;
  let later: readonly Migration[] = [];
  let highestEpoch = 0;
  let table: ArchivedTable | undefined;
  let loading: Loading | undefined;
  let ended = false;
  for await (const part of readArchive(file)) {
    switch (part.kind) {
      case 'header': {
        header = part.header;
        later = laterMigrations(header, migrations);
        await refuseCompany(client);
        highestEpoch = await emptyDatabase(client, migrations, replace);
        await createRecords(client);
        for (const migration of migrations.slice(0, migrations.length - later.length)) await applyWithin(client, migration);
        break;
      }
      case 'table': {
        table = part.table;
        const name = pg.escapeIdentifier(table.table);
        // A migration may have put in rows that every new database has.
        await client.query(`DELETE FROM ${name}`);
        const columns = table.columns.map((column) => pg.escapeIdentifier(column)).join(', ');
        const stream = client.query(copyFrom(`COPY ${name} (${columns}) FROM STDIN`));
        loading = { stream, done: finished(stream) };
        loading.done.catch(() => undefined); // told where it is awaited
        break;
      }
      case 'rows':
        if (loading !== undefined) await send(loading, part.text);
        break;
      case 'table-end':
        if (loading === undefined || table === undefined) break;
        loading.stream.end();
        await loading.done;
        rows[table.table] = part.rows;
        break;
      case 'end':
        ended = true;
    }
  }
  if (header === undefined || !ended) throw new RestoreRefused('The backup holds nothing.');
  await continueSequences(client);
  for (const migration of later) await applyWithin(client, migration);
  await becomeAnother(client, header, highestEpoch);
  return { createdAt: header.createdAt, rows, migrated: later.map(({ name }) => name) };
}

interface Loading {
  readonly stream: ReturnType<typeof copyFrom>;
  readonly done: Promise<void>;
}

async function send({ stream, done }: Loading, rows: Buffer): Promise<void> {
  let room: boolean;
  try {
    room = stream.write(rows);
  } catch (error) {
    // A stream the database has refused throws for having no connection any more; why it was refused is told here.
    await done;
    throw error;
  }
  if (!room) await Promise.race([once(stream, 'drain'), done]);
}

/** The migrations the backup does not have yet. */
function laterMigrations(header: ArchiveHeader, migrations: readonly Migration[]): readonly Migration[] {
  if (header.format > archiveFormat)
    throw new RestoreRefused('The backup was made by a newer version of Perdure, in a form this one does not know. Use that version.');
  for (const [i, { name, checksum }] of header.migrations.entries()) {
    const own = migrations[i];
    if (own?.name === name && own.checksum === checksum) continue;
    if (own === undefined || !migrations.some((migration) => migration.name === name))
      throw new RestoreRefused(
        `The backup was made by a newer version of Perdure: its database has the migration ${name}, which this version does not know. Use that version.`,
      );
    throw new RestoreRefused(
      `The backup's database had other migrations than this version of Perdure (they part at ${name}). Use the version that made it.`,
    );
  }
  return migrations.slice(header.migrations.length);
}

/** Whoever else of Perdure is connected would find another database under its feet. */
async function refuseCompany(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; n: number }>(
    `SELECT application_name AS name, count(*)::int AS n FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'perdure%'
       AND application_name <> 'perdure migrate' -- it waits for the lock this session holds
     GROUP BY 1 ORDER BY 1`,
  );
  if (rows.length === 0) return;
  throw new RestoreRefused(
    `Perdure is at work on this database (${rows.map(({ name, n }) => `${n} connections of "${name}"`).join(', ')}). Stop all its processes first.`,
  );
}

/** Drops what our migrations make and leaves everything else in the database alone. Gives the highest epoch it held. */
async function emptyDatabase(client: pg.Client, migrations: readonly Migration[], replace: boolean): Promise<number> {
  const { rows } = await client.query<{ used: boolean }>(
    `SELECT to_regclass('public.instance') IS NOT NULL AND to_regclass('public.partition') IS NOT NULL AS used`,
  );
  let highestEpoch = 0;
  if (rows[0]?.used === true) {
    // With the tables locked nobody takes up work in them between this look and their end.
    await client.query('LOCK TABLE "partition", instance IN ACCESS EXCLUSIVE MODE');
    const { rows: found } = await client.query<{ holds: boolean; leased: boolean; epoch: number }>(
      `SELECT EXISTS (SELECT 1 FROM instance) OR EXISTS (SELECT 1 FROM workflow) OR EXISTS (SELECT 1 FROM "user") AS holds,
              EXISTS (SELECT 1 FROM "partition" WHERE owner IS NOT NULL AND lease_until > now()) AS leased,
              (SELECT coalesce(max(epoch), 0) FROM "partition") AS epoch`,
    );
    const [state] = found;
    if (state?.leased === true)
      throw new RestoreRefused('A worker of Perdure held this database a moment ago. Stop all its processes and wait ten seconds.');
    if (state?.holds === true && !replace)
      throw new RestoreRefused(
        'The database holds workflows, instances or people already. Restore into an empty one, or throw away what it holds with --replace.',
      );
    highestEpoch = state?.epoch ?? 0;
  }
  const made = (what: string): string[] =>
    migrations.flatMap(({ sql }) => [...sql.matchAll(new RegExp(`^CREATE ${what} "?(\\w+)"?`, 'gm'))].map((match) => match[1] ?? ''));
  for (const table of [...made('TABLE'), '_prisma_migrations']) await client.query(`DROP TABLE IF EXISTS public."${table}" CASCADE`);
  for (const name of made('(?:OR REPLACE )?FUNCTION')) await client.query(`DROP FUNCTION IF EXISTS public."${name}" CASCADE`);
  for (const name of made('TYPE')) await client.query(`DROP TYPE IF EXISTS public."${name}" CASCADE`);
  return highestEpoch;
}

/** New rows must not get numbers that restored ones have. */
async function continueSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ sequence: string; table: string; column: string }>(sequencesSql);
  for (const { sequence, table, column } of rows)
    await client.query(`SELECT setval($1, (SELECT coalesce(max(${column}), 0) + 1 FROM ${table}), false)`, [sequence]);
}

/** More than all owners of the original together have raised, or will: it takes a change of owner to raise an epoch by one. */
const epochLeap = 1_000_000;

/** [4] */
async function becomeAnother(client: pg.Client, header: ArchiveHeader, highestEpoch: number): Promise<void> {
  await client.query(`UPDATE setting SET value = to_jsonb(gen_random_uuid()::text) WHERE key = 'incarnation'`);
  // Without an owner, taking a partition counts no claim: no worker failed at what was running in it.
  await client.query(`UPDATE "partition" SET epoch = greatest(epoch, $1) + $2, owner = NULL, lease_until = now()`, [
    highestEpoch,
    epochLeap,
  ]);
  // Asked by processes that are gone, and never answered with success: such an answer follows the taking up, and these were not taken up.
  await client.query(`DELETE FROM message WHERE message_id LIKE 'ask:%'`);
  await client.query(
    `INSERT INTO audit_entry (actor, action, target, detail) VALUES ('system', 'installation.restore', 'installation', $1)`,
    [{ backupOf: header.incarnation, madeAt: header.createdAt }],
  );
}
