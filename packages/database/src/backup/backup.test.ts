import { startTestPostgres, type TestPostgres } from '@perdure/testing';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrate } from '../migrate.ts';
import { openDatabase } from '../open-database.ts';
import { appendAuditAlone } from '../write/audit.ts';
import { sealAudit, verifyAudit } from '../write/audit-chain.ts';
import { ArchiveDamaged } from './archive.ts';
import { backUp } from './back-up.ts';
import { restore, RestoreRefused } from './restore.ts';
import { leftOut } from './stored-tables.ts';

const migrations = join(import.meta.dirname, '../../../../prisma/migrations');
let databases: TestPostgres[];
let folder: string;
let file: string;

beforeEach(() => {
  databases = [];
  folder = mkdtempSync(join(tmpdir(), 'perdure-backup-'));
  file = join(folder, 'backup');
});

afterEach(async () => {
  await Promise.all(databases.map((database) => database.stop()));
  rmSync(folder, { recursive: true });
});

async function database(options: { empty?: boolean } = {}): Promise<string> {
  const made = await startTestPostgres(options);
  databases.push(made);
  return made.url;
}

async function query<Row extends pg.QueryResultRow>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'test' });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** Rows of every kind that are hard to write as text. */
const odd = 'tab\t newline\n return\r backslash\\ \\. \\N quote" \u{1F600} \u2028 \x01';

async function fill(url: string): Promise<void> {
  await query(
    url,
    `INSERT INTO workflow (key, title, draft, draft_saved_by, latest_version, created_by) VALUES ('w', $1, $2, 'u', 1, 'u'), ('\\.', 'end of rows', '{}', 'u', NULL, 'u')`,
    [odd, JSON.stringify({ z: odd, a: [null, 1.5, odd.repeat(50_000)] })],
  );
  await query(
    url,
    `INSERT INTO workflow_version (workflow_key, version, document, draft_revision, published_by) VALUES ('w', 1, '{"b": 1, "a": 2}', 1, 'u')`,
  );
  await query(
    url,
    `INSERT INTO instance (id, partition, execution_id, workflow_key, version, status, seq, tags, started_by, created_at)
     SELECT 'i' || n, n % 64, 'x', 'w', 1, 'Running', 3, ARRAY['a,b', '{"', 'NULL', $1], 'u', timestamptz '2026-01-01 00:00:00.123Z' + n * interval '1 ms'
     FROM generate_series(1, 2000) n`,
    [odd],
  );
  await query(
    url,
    `INSERT INTO message (partition, instance_id, message_id, body) VALUES (1, 'i1', 'start:i1', '{}'), (1, 'i1', 'ask:1', '{}'), (1, 'i1', 'done:2', '{}')`,
  );
  await query(url, `INSERT INTO "user" (id, name, email, updated_at) VALUES ('u', 'Ada', 'ada@example.com', now())`);
  await query(
    url,
    `INSERT INTO session (id, token, user_id, expires_at, updated_at) VALUES ('s', 'token', 'u', now() + interval '1 day', now())`,
  );
  await query(url, `INSERT INTO verification (id, identifier, value, expires_at, updated_at) VALUES ('v', 'link', 'x', now(), now())`);
  await query(url, `INSERT INTO worker (id, host, pid, heartbeat_at) VALUES ('old', 'h', 1, now() - interval '1 hour')`);
  await query(url, `UPDATE "partition" SET epoch = id + 7, owner = 'old', lease_until = now() - interval '1 hour'`);
  const prisma = openDatabase({ url, poolSize: 1 });
  for (const n of [1, 2, 3]) await appendAuditAlone(prisma.prisma, { actor: 'u', action: 'test', target: `t:${n}`, detail: { n, odd } });
  await sealAudit(prisma.prisma);
  await prisma.close();
}

async function contents(url: string): Promise<Record<string, string>> {
  const tables = await query<{ name: string }>(
    url,
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
  );
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await query<{ text: string }>(
      url,
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS text FROM "${name}" t`,
    );
    found[name] = row?.text ?? '';
  }
  return found;
}

it('brings back every row as it was, except what must be different in another database', async () => {
  const source = await database();
  await fill(source);
  const before = await contents(source);
  const made = await backUp(source, file);
  expect(await contents(source)).toEqual(before);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['backup']);

  const target = await database({ empty: true });
  const restored = await restore(target, file);
  expect(restored).toMatchObject({ createdAt: made.createdAt, rows: made.rows, migrated: [] });

  const after = await contents(target);
  const different = ['_prisma_migrations', 'audit_entry', 'message', 'partition', 'session', 'setting', 'verification', 'worker'];
  for (const table of Object.keys(before)) if (!different.includes(table)) expect([table, after[table]]).toEqual([table, before[table]]);
  expect([after['session'], after['verification'], after['worker']]).toEqual(['0 ', '0 ', '0 ']);
  expect(await query(target, 'SELECT message_id FROM message ORDER BY id')).toEqual([{ message_id: 'start:i1' }, { message_id: 'done:2' }]);
  // A restored database is another one: nobody's old Redis state, owner or epoch fits it.
  expect(await query(target, `SELECT value FROM setting WHERE key = 'incarnation'`)).not.toEqual(
    await query(source, `SELECT value FROM setting WHERE key = 'incarnation'`),
  );
  const partitions = await query<{ epoch: number; owner: string | null; id: number }>(target, 'SELECT * FROM "partition"');
  expect(partitions).toHaveLength(64);
  for (const { epoch, owner, id } of partitions) expect([owner, epoch > id + 7]).toEqual([null, true]);
});

it('knows every table it leaves out', async () => {
  const url = await database();
  const tables = Object.keys(await contents(url));
  expect(Object.keys(leftOut).filter((table) => !tables.includes(table))).toEqual([]);
});

it('keeps the audit chain whole and immutable, and goes on with new numbers', async () => {
  const source = await database();
  await fill(source);
  await backUp(source, file);
  const target = await database({ empty: true });
  await restore(target, file);

  const { prisma, close } = openDatabase({ url: target, poolSize: 1 });
  expect(await prisma.auditEntry.findMany({ orderBy: { id: 'asc' }, select: { action: true } })).toEqual([
    { action: 'test' },
    { action: 'test' },
    { action: 'test' },
    { action: 'installation.restore' },
  ]);
  await sealAudit(prisma);
  expect((await verifyAudit(prisma)).broken).toBeNull();
  await expect(prisma.$executeRaw`DELETE FROM audit_entry`).rejects.toThrow(/cannot be changed/);
  await close();
  const [sent] = await query<{ id: string }>(
    target,
    `INSERT INTO message (partition, instance_id, message_id, body) VALUES (1, 'i1', 'new', '{}') RETURNING id`,
  );
  expect(Number(sent?.id)).toBeGreaterThan(3);
});

it('holds one moment while others write', async () => {
  const source = await database();
  await fill(source);
  let writing = true;
  const writer = (async () => {
    for (let n = 1; writing; n += 1)
      await query(
        source,
        `WITH i AS (INSERT INTO instance (id, partition, execution_id, workflow_key, version, status, started_by) VALUES ('live' || $1::int, 1, 'x', 'w', 1, 'Pending', 'u'))
         INSERT INTO message (partition, instance_id, message_id, body) VALUES (1, 'live' || $1::int, 'start:live' || $1::int, '{}')`,
        [n],
      );
  })();
  const files = [1, 2, 3, 4].map((n) => join(folder, `live${n}`));
  for (const one of files) await backUp(source, one);
  writing = false;
  await writer;
  const target = await database({ empty: true });
  for (const one of files) {
    await restore(target, one, { replace: true });
    expect(
      await query(
        target,
        `SELECT i.id, m.message_id FROM instance i FULL JOIN message m ON m.message_id = 'start:' || i.id
         WHERE (i.id LIKE 'live%' OR m.message_id LIKE 'start:live%') AND (i.id IS NULL OR m.message_id IS NULL)`,
      ),
    ).toEqual([]);
  }
});

it('refuses a database that holds something, unless told to replace it; then epochs rise above those it had', async () => {
  const source = await database();
  await fill(source);
  await backUp(source, file);
  const target = await database();
  await query(target, `INSERT INTO workflow (key, title, draft, draft_saved_by, created_by) VALUES ('other', 'Other', '{}', 'u', 'u')`);
  await query(target, `UPDATE "partition" SET epoch = 5000000`);
  await query(target, 'CREATE TABLE somebody_elses (n int)');
  await query(target, `INSERT INTO audit_entry (actor, action, target) VALUES ('u', 'x', 'y')`);
  await expect(restore(target, file)).rejects.toThrow(/holds workflows, instances or people already.*--replace/);
  expect(await query(target, 'SELECT key FROM workflow')).toEqual([{ key: 'other' }]);

  await restore(target, file, { replace: true });
  expect(await query(target, 'SELECT key FROM workflow ORDER BY key')).toEqual([{ key: '\\.' }, { key: 'w' }]);
  const [lowest] = await query<{ epoch: number }>(target, 'SELECT min(epoch) AS epoch FROM "partition"');
  expect(lowest?.epoch).toBeGreaterThan(5_000_000);
  expect(await query(target, 'SELECT * FROM somebody_elses')).toEqual([]);
  // It is a database like any other: the next start finds nothing to do.
  expect(await migrate(target)).toEqual([]);
});

it('takes a database that has only been set up', async () => {
  const source = await database();
  await fill(source);
  await backUp(source, file);
  const target = await database();
  await restore(target, file);
  expect(await query(target, 'SELECT count(*)::int AS n FROM instance')).toEqual([{ n: 2000 }]);
});

it('refuses while Perdure works on the database, or held it a moment ago', async () => {
  const source = await database();
  await backUp(source, file);
  const target = await database();
  const { prisma, close } = openDatabase({ url: target, poolSize: 1 });
  await prisma.setting.count();
  await expect(restore(target, file, { replace: true })).rejects.toThrow(/1 connections of "perdure".*Stop all its processes/);
  await close();
  await query(target, `UPDATE "partition" SET owner = 'w', lease_until = now() + interval '5 s' WHERE id = 3`);
  await expect(restore(target, file, { replace: true })).rejects.toThrow(/a moment ago/);
});

it('applies migrations that came after the backup to the rows it brought back', async () => {
  const source = await database();
  await fill(source);
  await backUp(source, file);
  const newer = join(folder, 'migrations');
  await cp(migrations, newer, { recursive: true });
  await mkdir(join(newer, '9999_next'));
  await writeFile(
    join(newer, '9999_next', 'migration.sql'),
    `ALTER TABLE workflow ADD COLUMN shout text; UPDATE workflow SET shout = upper(key); CREATE TABLE "next_thing" (n int);`,
  );
  const target = await database({ empty: true });
  expect(await restore(target, file, { directory: newer })).toMatchObject({ migrated: ['9999_next'] });
  expect(await query(target, `SELECT shout FROM workflow WHERE key = 'w'`)).toEqual([{ shout: 'W' }]);
  expect(await migrate(target, { directory: newer })).toEqual([]);

  // And the other way round: a backup of the newer one is refused here.
  const later = join(folder, 'later');
  await backUp(target, later);
  const old = await database({ empty: true });
  await expect(restore(old, later)).rejects.toThrow(/newer version.*9999_next/);
  await expect(restore(old, later)).rejects.toBeInstanceOf(RestoreRefused);
});

it('refuses whatever is not a whole backup, and leaves the database as it was', async () => {
  const source = await database();
  await fill(source);
  await backUp(source, file);
  const whole = readFileSync(file);
  const text = gunzipSync(whole).toString();
  const target = await database();
  await query(target, `INSERT INTO workflow (key, title, draft, draft_saved_by, created_by) VALUES ('kept', 'Kept', '{}', 'u', 'u')`);
  const header = text.slice(0, text.indexOf('\n') + 1);
  const damaged: Record<string, Buffer> = {
    nothing: Buffer.alloc(0),
    'something else': Buffer.from('hello'),
    'another gzip': gzipSync('hello\n'),
    'cut off': whole.subarray(0, whole.length - 40),
    'cut off in the middle': whole.subarray(0, whole.length >> 1),
    'a bit flipped': Buffer.from(whole.map((byte, i) => (i === whole.length >> 1 ? byte ^ 1 : byte))),
    'rows no table takes': gzipSync(text.replace(/^i7\t/m, 'i7\0\t')),
    'a value changed': gzipSync(text.replace('ada@example.com', 'eve@example.com')),
    'a row left out': gzipSync(text.replace(/^i7\t[^\n]*\n/m, '')),
    'only a head': gzipSync(header),
    'something after its end': gzipSync(`${text}more\n`),
    'a newer form': gzipSync(text.replace('"format":1', '"format":2')),
  };
  for (const [what, bytes] of Object.entries(damaged)) {
    writeFileSync(file, bytes);
    const failure: unknown = await restore(target, file, { replace: true }).catch((error: unknown) => error);
    expect(failure instanceof ArchiveDamaged || failure instanceof RestoreRefused, `${what}: ${String(failure)}`).toBe(true);
    expect([what, await query(target, 'SELECT key FROM workflow')]).toEqual([what, [{ key: 'kept' }]]);
  }
});

it('says what the database said when it refuses a row of a whole backup', async () => {
  const source = await database();
  await fill(source);
  await backUp(source, file);
  const lines = gunzipSync(readFileSync(file))
    .toString()
    .split(/(?<=\n)/)
    .slice(0, -1);
  const changed = lines.join('').replace(/^i7\t[^\t\n]*/m, 'i7\t\\N');
  const sha256 = createHash('sha256').update(changed).digest('hex');
  writeFileSync(file, gzipSync(`${changed}${JSON.stringify({ end: true, sha256 })}\n`));
  const target = await database({ empty: true });
  await expect(restore(target, file)).rejects.toThrow(/violates not-null constraint/);
});

it('leaves no file behind when the backup fails', async () => {
  const empty = await database({ empty: true });
  await expect(backUp(empty, file)).rejects.toThrow();
  expect(existsSync(file)).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});
