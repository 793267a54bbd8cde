import { startTestPostgres, type TestPostgres } from '@perdure/testing';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate, MigrationRefused } from './migrate.ts';
import { openDatabase } from './open-database.ts';

let postgres: TestPostgres;
let directory: string;

beforeEach(async () => {
  postgres = await startTestPostgres({ empty: true });
  directory = await mkdtemp(join(tmpdir(), 'perdure-migrations-'));
});

afterEach(async () => {
  await postgres.stop();
  await rm(directory, { recursive: true });
});

describe('migrate', () => {
  it('brings an empty database to the schema of this version', async () => {
    const applied = await migrate(postgres.url);
    expect(applied[0]).toBe('0001_init');

    const database = openDatabase({ url: postgres.url, poolSize: 2 });
    try {
      expect(await database.prisma.partition.count()).toBe(64);
      const settings = Object.fromEntries((await database.prisma.setting.findMany()).map(({ key, value }) => [key, value]));
      expect(settings).toEqual({ incarnation: expect.stringMatching(/^[0-9a-f-]{36}$/), partitions: 64, writer: 1 });
    } finally {
      await database.close();
    }
  });

  it('does nothing the second time', async () => {
    await migrate(postgres.url);
    expect(await migrate(postgres.url)).toEqual([]);
  });

  it('applies each migration once when processes start together', async () => {
    const results = await Promise.all([1, 2, 3, 4].map(() => migrate(postgres.url)));
    expect(results.flat().sort()).toEqual([...new Set(results.flat())].sort());
    expect(await query('SELECT count(*)::int AS n FROM partition')).toEqual([{ n: 64 }]);
  });

  it("keeps Prisma's own record: the checksum is the file's SHA-256", async () => {
    await addMigration('0001_first', 'CREATE TABLE a (id int)');
    await migrate(postgres.url, { directory });
    expect(
      await query(
        'SELECT migration_name, checksum, finished_at IS NOT NULL AS finished, rolled_back_at, applied_steps_count FROM _prisma_migrations',
      ),
    ).toEqual([
      {
        migration_name: '0001_first',
        checksum: createHash('sha256').update('CREATE TABLE a (id int)').digest('hex'),
        finished: true,
        rolled_back_at: null,
        applied_steps_count: 1,
      },
    ]);
  });

  it('applies only what is new', async () => {
    await addMigration('0001_first', 'CREATE TABLE a (id int)');
    await migrate(postgres.url, { directory });
    await addMigration('0002_second', 'CREATE TABLE b (id int)');
    expect(await migrate(postgres.url, { directory })).toEqual(['0002_second']);
  });

  it('refuses a migration that was changed after it was applied', async () => {
    await addMigration('0001_first', 'CREATE TABLE a (id int)');
    await migrate(postgres.url, { directory });
    await addMigration('0001_first', 'CREATE TABLE a (id bigint)');
    await expect(migrate(postgres.url, { directory })).rejects.toThrow(/0001_first was changed after it was applied/);
  });

  it('refuses a database of a newer version', async () => {
    await addMigration('0001_first', 'CREATE TABLE a (id int)');
    await addMigration('0002_second', 'CREATE TABLE b (id int)');
    await migrate(postgres.url, { directory });
    await rm(join(directory, '0002_second'), { recursive: true });
    await expect(migrate(postgres.url, { directory })).rejects.toThrow(/0002_second, which this version of Perdure does not know/);
  });

  it('refuses a migration that would slip in before an applied one', async () => {
    await addMigration('0002_second', 'CREATE TABLE b (id int)');
    await migrate(postgres.url, { directory });
    await addMigration('0001_first', 'CREATE TABLE a (id int)');
    await expect(migrate(postgres.url, { directory })).rejects.toThrow(/0001_first is missing .* later 0002_second is applied/);
  });

  it('takes back a migration that fails half-way, and applies it once it is repaired', async () => {
    await addMigration('0001_first', 'CREATE TABLE a (id int); INSERT INTO a VALUES (1); SELECT nonsense');
    const refusal = await migrate(postgres.url, { directory }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(MigrationRefused);
    expect((refusal as Error).message).toMatch(/0001_first failed and was taken back.*nonsense/);
    expect(await query(`SELECT to_regclass('a') AS a, (SELECT count(*)::int FROM _prisma_migrations) AS records`)).toEqual([
      { a: null, records: 0 },
    ]);
    await addMigration('0001_first', 'CREATE TABLE a (id int)');
    expect(await migrate(postgres.url, { directory })).toEqual(['0001_first']);
  });

  it('refuses a database on which another tool left a migration unfinished', async () => {
    await addMigration('0001_first', 'CREATE TABLE a (id int)');
    await migrate(postgres.url, { directory });
    await query('UPDATE _prisma_migrations SET finished_at = NULL');
    await expect(migrate(postgres.url, { directory })).rejects.toThrow(/0001_first was begun on this database by another tool/);
  });
});

describe('the schema', () => {
  beforeEach(async () => {
    await migrate(postgres.url);
  });

  it('lets an audit entry be sealed once and never changed, removed or truncated', async () => {
    await query(`INSERT INTO audit_entry (actor, action, target) VALUES ('u', 'a', 't')`);
    await expect(query(`UPDATE audit_entry SET action = 'b'`)).rejects.toThrow(/audit entries cannot be changed/);
    await expect(query(`UPDATE audit_entry SET hash = 'h', target = 'x'`)).rejects.toThrow(/audit entries cannot be changed/);
    await query(`UPDATE audit_entry SET hash = 'h'`);
    await expect(query(`UPDATE audit_entry SET hash = 'i'`)).rejects.toThrow(/audit entries cannot be changed/);
    await expect(query('DELETE FROM audit_entry')).rejects.toThrow(/audit entries cannot be changed/);
    await expect(query('TRUNCATE audit_entry')).rejects.toThrow(/audit entries cannot be changed/);
  });

  it('finds instances by the beginning of their id through an index', async () => {
    await query(`INSERT INTO instance (id, partition, execution_id, workflow_key, version, status, started_by)
      SELECT 'i' || n, 0, 'e', 'w', 1, 'Completed', 'u' FROM generate_series(1, 5000) n`);
    await query('ANALYZE instance');
    const plan = await query(`EXPLAIN SELECT id FROM instance WHERE id LIKE 'i4999%'`);
    // Which of the two it is depends on how the database compares texts (migration 0018).
    expect(JSON.stringify(plan)).toMatch(/using instance_(pkey|id_prefix_idx) /);
    expect(JSON.stringify(plan)).toContain('Index Cond');
  });
});

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(directory, name), { recursive: true });
  await writeFile(join(directory, name, 'migration.sql'), sql);
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
