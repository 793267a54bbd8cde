/** T1: a round that is killed in the middle, and rounds of several processes at once, on a real database. */
import { migrate, openDatabase, type Database } from '@perdure/database';
import { eventually, startTestPostgres, type TestPostgres } from '@perdure/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MarkedVersionBook } from '../sensitive/marked-version-book.ts';
import { tellOfTasks } from './task-notices.ts';

let postgres: TestPostgres;
let database: Database;
let other: Database;
let sql: pg.Pool;
const tasks = Array.from({ length: 6 }, (_, n) => `task-${n}`);

beforeAll(async () => {
  postgres = await startTestPostgres();
  await migrate(postgres.url);
  [database, other] = [openDatabase({ url: postgres.url, poolSize: 6 }), openDatabase({ url: postgres.url, poolSize: 6 })];
  sql = new pg.Pool({ connectionString: postgres.url, max: 3 });
});
afterAll(async () => {
  await Promise.all([database.close(), other.close(), sql.end()]);
  await postgres.stop();
});

/** As commits leave it behind: each task was opened in one, and claimed in the next. */
beforeEach(async () => {
  await sql.query('TRUNCATE notice, human_task, human_task_change, history_event CASCADE');
  await sql.query(
    `INSERT INTO human_task (id, instance_id, execution_id, step, node, workflow_key, version, title, candidates, outcomes)
     SELECT id, 'of-' || id, 'x', 'ask#1', 'ask', 'w', 1, id, '{}', '[]' FROM unnest($1::text[]) AS t(id)`,
    [tasks],
  );
  await sql.query(
    `INSERT INTO history_event (instance_id, seq, type, at, data)
     SELECT 'of-' || id, e.seq, e.type, now(), e.data::json FROM unnest($1::text[]) AS t(id), (VALUES
       (2, 'HumanTaskCreated', '{"step":"ask#1","task":{"webhook":"https://hooks.example.com/"}}'),
       (3, 'HumanTaskClaimed', '{"step":"ask#1","by":"ann"}')) AS e(seq, type, data)`,
    [tasks],
  );
  await sql.query(
    'INSERT INTO human_task_change (task_id, from_seq, seq) SELECT id, seq - 1, seq FROM unnest($1::text[]) AS t(id), (VALUES (2), (3)) AS c(seq)',
    [tasks],
  );
});

/** Nothing is large, and nothing marked as sensitive. */
const payloads = { load: () => Promise.reject(new Error('Nothing is large.')) };
const follower = (of: Database, limit?: number) =>
  tellOfTasks(
    {
      config: { mail: null, publicUrl: 'https://perdure.example.com' },
      database: of,
      folders: { load: async () => new Map() },
      runtime: { payloads },
      markedVersions: new MarkedVersionBook(of),
    },
    limit,
  );
const everyKey = tasks.flatMap((task) => [`task/${task}/2/webhook`, `task/${task}/3/webhook`]);
const keys = async (): Promise<string[]> =>
  (await sql.query<{ key: string }>('SELECT dedupe_key AS key FROM notice ORDER BY 1')).rows.map(({ key }) => key);
const changes = async (): Promise<number> => (await sql.query('SELECT 1 FROM human_task_change')).rows.length;

test('T1 of a round that is killed in the middle nothing is lost and nothing is told twice', async () => {
  // Holds the round up at its fourth notice, with three queued before it.
  const holder = await sql.connect();
  await holder.query('BEGIN');
  const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await holder.query(
    `INSERT INTO notice (id, kind, channel, recipient, dedupe_key) VALUES ('held', 'task.webhook', 'webhook', 'x', 'task/task-1/3/webhook')`,
  );
  const round = follower(database).then(
    () => 'ended',
    () => 'killed',
  );
  const held = await eventually('the round is held up', async () => {
    const waiting = await sql.query<{ pid: number }>('SELECT pid FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))', [
      rows[0]?.pid,
    ]);
    return waiting.rows[0]?.pid;
  });
  await sql.query('SELECT pg_terminate_backend($1)', [held]);
  expect(await round).toBe('killed');
  await holder.query('ROLLBACK');
  holder.release();
  expect([await keys(), await changes()]).toEqual([[], everyKey.length]);
  while ((await follower(database)) > 0);
  expect([await keys(), await changes()]).toEqual([everyKey, 0]);
});

test('T1 one whose end its process never heard of is not told again', async () => {
  await follower(database, 5);
  const [done, left] = [await keys(), await changes()];
  expect([done.length, left]).toEqual([5, 7]);
  // The forgetting is what a lost answer leaves in doubt: as if it had not happened, the keys still hold.
  await sql.query("INSERT INTO human_task_change (task_id, from_seq, seq) VALUES ('task-0', 1, 2), ('task-0', 2, 3), ('task-1', 1, 2)");
  while ((await follower(database)) > 0);
  expect([await keys(), await changes()]).toEqual([everyKey, 0]);
});

test('T1 followers of several processes take different changes, and each is told once', async () => {
  const drain = async (of: Database): Promise<number> => {
    let told = 0;
    for (let some = await follower(of, 2); some > 0; some = await follower(of, 2)) told += some;
    return told;
  };
  const told = await Promise.all([drain(database), drain(other), drain(database)]);
  expect(told.reduce((sum, one) => sum + one, 0)).toBe(everyKey.length);
  expect([await keys(), await changes()]).toEqual([everyKey, 0]);
});
