/** The read models are made anew from what is stored, as often as one likes: nothing is counted twice, nothing that was counted is taken back. */
import { startTestPostgres, type TestPostgres } from '@perdure/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { migrate } from '../migrate.ts';
import {
  type Ask,
  countAgain,
  countOpen,
  countStats,
  firstSweep,
  keepStanding,
  learnFailures,
  type StandingSweep,
  sweepStanding,
} from './index.ts';

let postgres: TestPostgres;
let client: pg.Client;
const ask: Ask = async <Row>(sql: string, values: readonly unknown[]) => (await client.query(sql, [...values])).rows as Row[]; // as its callers say

beforeAll(async () => {
  postgres = await startTestPostgres();
  await migrate(postgres.url);
  client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await postgres.stop();
});

beforeEach(async () => {
  await client.query('TRUNCATE instance, instance_stat, duration_stat, monitor_cursor, instance_standing, instance_failure, incident');
});

/** Hours and minutes ago it began and ended. */
async function store(
  id: string,
  status: string,
  began: number,
  ended: number | null,
  changes: { workflow?: string; tags?: string[] } = {},
): Promise<void> {
  await client.query(
    `INSERT INTO instance (id, partition, execution_id, workflow_key, version, status, seq, tags, started_by, whereabouts, created_at, updated_at, completed_at)
     VALUES ($1, 3, 'x', $2, 1, $3, 1, $4, 'test', '{"node":"n","title":"Pay","code":"E","detail":"order 12 is refused","kind":"event"}',
             now() - make_interval(mins => $5), now() - make_interval(mins => $5), now() - make_interval(mins => $6))`,
    [id, changes.workflow ?? 'order', status, changes.tags ?? [], began, ended],
  );
}

async function count(): Promise<void> {
  for (let done = false; !done;) done = (await countStats(ask, { mostMs: 3_600_000 })).isNow;
}

/** Of one length of stretches, summed over all of them. */
async function counted(minutes: number): Promise<object | undefined> {
  const { rows } = await client.query<object>(
    `SELECT sum(started)::int AS started, sum(completed)::int AS completed, sum(failed)::int AS failed, sum(terminated)::int AS terminated
     FROM instance_stat WHERE minutes = $1 AND workflow_key = 'order'`,
    [minutes],
  );
  return rows[0];
}

it('what happened is counted once in every length, however often it is counted, and what was purged stays counted', async () => {
  for (let i = 0; i < 20; i += 1) await store(`done-${i}`, 'Completed', 200 + i * 7, 100 + i);
  await store('failed', 'Failed', 90, 80);
  await store('ended', 'Terminated', 90, 80);
  await store('open', 'Running', 70, null);
  await store('test', 'Completed', 60, 50, { tags: ['perdure:test'] });
  await store('@counter@a', 'Running', 60, null, { workflow: '@counter' });
  await count();
  const all = { started: 23, completed: 20, failed: 1, terminated: 1 };
  for (const minutes of [1, 15, 60, 360]) expect(await counted(minutes), `${minutes} minutes`).toEqual(all);
  const rowsBefore = (await client.query('SELECT * FROM instance_stat ORDER BY 1, 2, 3')).rows as unknown[];
  const durationsBefore = (await client.query('SELECT * FROM duration_stat ORDER BY 1, 2, 3, 4')).rows as unknown[];
  await countAgain(ask, 400);
  await count();
  expect((await client.query('SELECT * FROM duration_stat ORDER BY 1, 2, 3, 4')).rows).toEqual(durationsBefore);
  // The minute that was sampled last may have begun anew.
  expect(
    (await client.query('SELECT * FROM instance_stat WHERE started + completed + failed + terminated > 0 ORDER BY 1, 2, 3')).rows,
  ).toEqual(rowsBefore);
  await client.query(`DELETE FROM instance WHERE id LIKE 'done-%'`);
  await countAgain(ask, 400);
  await count();
  for (const minutes of [1, 15, 60, 360]) expect(await counted(minutes), `${minutes} minutes after purging`).toEqual(all);
});

it('what no process told of is found by going through everything, and what runs no more is taken out', async () => {
  await store('a', 'Running', 60, null);
  await store('b', 'Running', 60, null);
  await store('c', 'Running', 60, null);
  await keepStanding(ask, ['a', 'b']);
  await client.query(`UPDATE instance SET status = 'Completed', completed_at = now() WHERE id = 'a'`);
  await client.query(`UPDATE instance SET seq = 2, running_activities = 1 WHERE id = 'b'`);
  const sweep = async (): Promise<number> => {
    let changed = 0;
    for (let next: StandingSweep | null = firstSweep; next !== null;) {
      const step: { next: StandingSweep | null; changed: number } = await sweepStanding(ask, next, { partitions: 64, portion: 2 });
      changed += step.changed;
      next = step.next;
    }
    return changed;
  };
  expect(await sweep()).toBe(3);
  const { rows } = await client.query('SELECT instance_id AS id, seq, waiting FROM instance_standing ORDER BY 1');
  expect(rows).toEqual([
    { id: 'b', seq: 2, waiting: false },
    { id: 'c', seq: 1, waiting: true },
  ]);
  expect(await sweep()).toBe(0);
});

it('a failure becomes known once; its incident is open as long as one of its instances is failed', async () => {
  await store('a', 'Failed', 60, 50);
  await store('b', 'Failed', 60, 40);
  const learn = () => learnFailures(ask, { from: new Date(0), to: new Date(), limit: 1 });
  expect(await learn()).toMatchObject({ known: 1, more: true });
  expect(await learn()).toMatchObject({ known: 1, more: true });
  expect(await learn()).toEqual({ known: 0, incidents: [], more: false });
  const incidents = async () => (await client.query('SELECT failures, open, message FROM incident')).rows as unknown[];
  expect(await incidents()).toEqual([{ failures: 2, open: 2, message: 'order 12 is refused' }]);
  await client.query(`UPDATE instance SET status = 'Running', completed_at = NULL WHERE id = 'a'`);
  expect(await countOpen(ask, null)).toHaveLength(1);
  expect(await incidents()).toEqual([{ failures: 2, open: 1, message: 'order 12 is refused' }]);
  expect(await countOpen(ask, null)).toEqual([]);
});
