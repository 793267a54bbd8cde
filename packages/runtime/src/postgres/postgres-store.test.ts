import { executionId, instanceId, stepKey, timerId } from '@perdure/engine';
import { nodeId, type Json } from '@perdure/graph';
import { eventually, startTestPostgres, type TestPostgres } from '@perdure/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { partitionOf } from '../partition-of.ts';
import { durableStoreContract } from '../ports/durable-store-contract.ts';
import { allPartitions, creation, fateOf, historyOf, message, opened, raised, step } from './commit-item-fixture.ts';
import { PostgresStore } from './postgres-store.ts';

let postgres: TestPostgres;
let store: PostgresStore;
let database: pg.Pool;
let epoch: number;

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = new PostgresStore({ url: postgres.url });
  database = new pg.Pool({ connectionString: postgres.url, max: 3, options: '-c lock_timeout=10000' });
});

beforeEach(async () => {
  await database.query('TRUNCATE instance, history_event, checkpoint, timer, message, human_task, activity_claim, payload CASCADE');
  await database.query('UPDATE "partition" SET epoch = 0, owner = NULL');
  const owned = await store.leases.claim('me', allPartitions, 60_000, true);
  epoch = owned[0]?.epoch ?? 0;
});

afterAll(async () => {
  await database.end();
  await store.close();
  await postgres.stop();
});

const id = instanceId;

async function count(table: string): Promise<number> {
  const { rows } = await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
  return rows[0]?.n ?? -1;
}

describe('commit', () => {
  it('S1 stores an item whole: row, events, checkpoint, timers, messages, tasks', async () => {
    const item = creation('whole', epoch, {
      row: {
        status: 'Running',
        customStatus: { done: 1 },
        whereabouts: { kind: 'event' },
        runningActivities: 2,
        at: 1_700_000_000_123,
        final: false,
        migrations: null,
      },
      checkpoint: '{"a":1}',
      timersSet: [{ timer: timerId('nap#1!timer1'), fireAt: 1_800_000_000_001 }],
      messagesOut: [message('whole', 'child', 'start:child')],
      tasksOpened: [opened('task-1')],
    });
    expect(await store.commit([item])).toEqual(['stored']);
    expect((await store.load([id('whole')])).get(id('whole'))).toEqual({
      id: 'whole',
      partition: item.partition,
      executionId: item.executionId,
      workflow: 'w',
      version: 1,
      status: 'Running',
      seq: 2,
      checkpointSeq: 2,
      parent: null,
    });
    expect(await historyOf(store, 'whole')).toEqual(item.events);
    expect((await store.loadHistory([{ id: id('whole'), checkpointSeq: 2, after: 2 }])).get(id('whole'))).toEqual({
      checkpoint: { a: 1 },
      events: [],
    });
    expect(await store.messages([partitionOf('child', 64)], [], 10)).toEqual([message('whole', 'child', 'start:child')]);
    const { rows } = await database.query(`SELECT t.timer_id, t.partition, extract(epoch FROM t.fire_at) * 1000 AS fire_at FROM timer t`);
    expect(rows).toEqual([{ timer_id: 'nap#1!timer1', partition: item.partition, fire_at: '1800000000001.000000' }]);
    expect((await database.query(`SELECT id, status, candidates, context, due_at, assignee FROM human_task`)).rows).toEqual([
      { id: 'task-1', status: 'open', candidates: ['ann', 'b"ob'], context: { a: 1 }, due_at: new Date(5_000), assignee: null },
    ]);
  });

  it('S1 takes back what a later item clears, consumes, refuses, assigns and closes', async () => {
    const item = creation('later', epoch, {
      timersSet: [
        { timer: timerId('a'), fireAt: 1 },
        { timer: timerId('b'), fireAt: 2 },
      ],
      messagesOut: [message('later', 'later', 'm1'), message('later', 'later', 'm2'), message('later', 'later', 'm3')],
      tasksOpened: [
        opened('t1'),
        opened('t2'),
        opened('t3', { closed: { id: 't3', status: 'expired', outcome: null, by: null, data: null, comment: null, at: 9, change: null } }),
      ],
    });
    const next = step(item, {
      timersCleared: [timerId('a'), timerId('never-set')],
      messagesConsumed: ['m1'],
      messagesRefused: [{ messageId: 'm2', refusal: { code: 'no' } }],
      tasksChanged: [
        {
          id: 't1',
          node: nodeId('asked'),
          version: 2,
          holders: [{ by: 'ann', at: 10, how: 'claimed', from: null }],
          votes: [],
          freeSeats: 0,
          candidates: ['ann', 'b"ob'],
          priority: 50,
          escalatedAt: null,
        },
      ],
      tasksClosed: [{ id: 't2', status: 'decided', outcome: 'ok', by: 'bob', data: { n: 1 }, comment: 'fine', at: 11, change: null }],
    });
    expect(await store.commit([item])).toEqual(['stored']);
    expect(await store.commit([next])).toEqual(['stored']);
    expect((await database.query('SELECT timer_id FROM timer')).rows).toEqual([{ timer_id: 'b' }]);
    expect((await store.messages(allPartitions, [], 10)).map(({ messageId }) => messageId)).toEqual(['m3']);
    expect(await fateOf(store, 'm1')).toBe('taken');
    expect(await fateOf(store, 'm3')).toBe('pending');
    expect(await fateOf(store, 'm2')).toEqual({ refusal: { code: 'no' } });
    expect(await fateOf(store, 'm2')).toBe('taken');
    expect(
      (await database.query('SELECT id, node, version, status, assignee, outcome, decided_by, data, comment FROM human_task ORDER BY id'))
        .rows,
    ).toEqual([
      { id: 't1', node: 'asked', version: 2, status: 'open', assignee: 'ann', outcome: null, decided_by: null, data: null, comment: null },
      {
        id: 't2',
        node: 'ask',
        version: 1,
        status: 'decided',
        assignee: null,
        outcome: 'ok',
        decided_by: 'bob',
        data: { n: 1 },
        comment: 'fine',
      },
      { id: 't3', node: 'ask', version: 1, status: 'expired', assignee: null, outcome: null, decided_by: null, data: null, comment: null },
    ]);
  });

  it('S4 a connection lost in the middle of a replacement fails the commit and nothing else', async () => {
    const own = new PostgresStore({ url: `${postgres.url}?application_name=victim` });
    const old = creation('cut', epoch, {
      row: { status: 'Completed', customStatus: null, whereabouts: null, runningActivities: 0, at: 1, final: true, migrations: null },
    });
    await own.commit([old]);
    // The victim waits for this lock, inside its transaction.
    const unlock = await lock(`SELECT 1 FROM instance WHERE id = 'cut' FOR UPDATE`);
    const replacement = creation('cut', epoch, {
      create: { workflow: 'w', version: 1, tags: [], startedBy: 't', parent: null, replace: ['Completed'] },
    });
    const failed = own.commit([replacement]).then(
      () => 'stored',
      () => 'failed',
    );
    await eventually('the victim waits', async () => {
      const { rows } = await database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      return rows.length > 0 || undefined;
    }).finally(unlock);
    expect(await failed).toBe('failed');
    expect(await own.commit([replacement])).toEqual(['stored']);
    await own.close();
  });

  it.each<[string, Json]>([
    ['quotes, backslashes and braces', `'"\\{},() \n\r\t $1 NULL \\N {"a":"\\""}`],
    ['letters of many scripts', 'é ß 漢字 עברית 𝄞 👩‍👩‍👧 \u2028 \uFEFF \u0001 \u007f'],
    ['text that looks like SQL', `'); DROP TABLE instance; --`],
    ['a megabyte', '\\"'.repeat(500_000)],
    ['deep and wide JSON', { a: Array.from({ length: 100 }, (_, i) => ({ [`k"${i}\\`]: [i, null, true, 1e-7, 1e300, -0.1] })), b: '' }],
  ])('keeps %s in every text it stores', async (_name, value) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const short = text.slice(0, 500).replaceAll('\0', '');
    const item = creation('odd', epoch, {
      row: {
        status: 'Running',
        customStatus: value,
        whereabouts: { text: short },
        runningActivities: 0,
        at: 1,
        final: false,
        migrations: null,
      },
      create: {
        workflow: short,
        version: 1,
        tags: [short.slice(0, 200), 'b,c', '', 'NULL'],
        startedBy: short,
        parent: { instanceId: id(short), executionId: executionId(short), step: stepKey(short) },
        replace: [],
      },
      checkpoint: JSON.stringify(value),
      timersSet: [{ timer: timerId(short), fireAt: 1 }],
      messagesOut: [{ ...message('odd', 'odd', short), body: { type: 'RaiseEvent', id: '1', name: short, data: value, by: short } }],
      tasksOpened: [opened('odd', { task: { ...opened('x').task, title: text, context: value, candidates: [short, '', 'a,b', 'NULL'] } })],
    });
    const next = step(item, {
      row: item.row,
      events: [raised(3, value)],
      messagesConsumed: [short],
      timersCleared: [timerId(short)],
      tasksClosed: [{ id: 'odd', status: 'decided', outcome: short, by: short, data: value, comment: text, at: 1, change: null }],
    });
    expect(await store.commit([item])).toEqual(['stored']);
    expect((await store.messages(allPartitions, [], 10))[0]?.body).toMatchObject({ data: value, name: short });
    expect(await store.commit([next])).toEqual(['stored']);
    expect((await historyOf(store, 'odd'))[2]).toEqual(raised(3, value));
    expect((await store.loadHistory([{ id: id('odd'), checkpointSeq: 2, after: 2 }])).get(id('odd'))?.checkpoint).toEqual(value);
    const { rows } = await database.query('SELECT tags, custom_status, started_by FROM instance');
    expect(rows).toEqual([{ tags: [short.slice(0, 200), 'b,c', '', 'NULL'], custom_status: value, started_by: short }]);
    const tasks = await database.query('SELECT title, context, candidates, data, comment, decided_by FROM human_task');
    expect(tasks.rows).toEqual([
      { title: text, context: value, candidates: [short, '', 'a,b', 'NULL'], data: value, comment: text, decided_by: short },
    ]);
    expect([await count('message'), await count('timer')]).toEqual([0, 0]);
  });

  it('S4 a takeover waits for a commit that holds its partition, and sees what it stored', async () => {
    const item = creation('held', epoch);
    await store.commit([item]);
    // The commit locks the partition, then waits for this row.
    const unlock = await lock(`SELECT 1 FROM instance WHERE id = 'held' FOR UPDATE`);
    const commit = store.commit([step(item, { row: { ...item.row, runningActivities: 1 } })]);
    await waitingForLocks(1).catch(unlock);
    const order: string[] = [];
    const takeover = store.leases.claim('other', [item.partition], 60_000, true).then((owned) => {
      order.push('taken');
      return owned;
    });
    await waitingForLocks(2).finally(unlock);
    expect(await commit.then((verdicts) => (order.push('committed'), verdicts))).toEqual(['stored']);
    expect(await takeover).toEqual([{ id: item.partition, epoch: epoch + 1, abandoned: true }]);
    expect(order.sort()).toEqual(['committed', 'taken']);
    expect(await store.leases.unfinishedWork(item.partition, null, 10)).toEqual(['held']);
    expect(await store.commit([step(step(item))])).toEqual(['lost-partition']);
  });

  it('S2 a commit that waited for a takeover is dropped by it', async () => {
    const item = creation('late', epoch);
    await store.commit([item]);
    const finish = await lock(
      `UPDATE "partition" SET epoch = epoch + 1 WHERE id IN (SELECT id FROM "partition" WHERE id = ${item.partition} FOR UPDATE)`,
    );
    const commit = store.commit([step(item)]);
    await waitingForLocks(1).finally(finish);
    expect(await commit).toEqual(['lost-partition']);
    expect(await historyOf(store, 'late')).toHaveLength(2);
  });
});

it('tells of a partition where it came from and when, whether it was released or taken, and not when it comes back to the same', async () => {
  const told = async () =>
    (
      await database.query<{ previous_owner: string | null; moved: boolean }>(
        'SELECT previous_owner, moved_at IS NOT NULL AS moved FROM "partition" WHERE id = 7',
      )
    ).rows[0];
  await database.query('UPDATE "partition" SET owner = NULL, previous_owner = NULL, moved_at = NULL');
  await store.leases.claim('one', [7], 60_000, false);
  expect(await told()).toEqual({ previous_owner: null, moved: false });
  await store.leases.release('one', [7]);
  await store.leases.claim('one', [7], 60_000, false);
  expect(await told()).toEqual({ previous_owner: 'one', moved: false });
  await store.leases.claim('two', [7], 60_000, true);
  expect(await told()).toEqual({ previous_owner: 'one', moved: true });
  await store.leases.release('two', [7]);
  await store.leases.claim('three', [7], 60_000, false);
  expect(await told()).toEqual({ previous_owner: 'two', moved: true });
});

/** Holds what the statement locks until the answer is called, which commits. */
async function lock(statement: string): Promise<() => Promise<void>> {
  const client = await database.connect();
  await client.query('BEGIN');
  await client.query(statement);
  return async () => {
    await client.query('COMMIT');
    client.release();
  };
}

async function waitingForLocks(wanted: number): Promise<void> {
  await eventually(`${wanted} statements wait for a lock`, async () => {
    const { rows } = await database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    return rows[0]?.n === wanted || undefined;
  });
}

describe('payloads', () => {
  const text = JSON.stringify({ text: 'é"🙂'.repeat(20_000) });
  const read = async (hash: string): Promise<string> => Buffer.from((await store.loadPayload(hash)) ?? []).toString();

  it('are packed, and read as they were given', async () => {
    await store.keepPayload('h', Buffer.from(text));
    expect(await read('h')).toBe(text);
    const { rows } = await database.query<{ bytes: number; stored: number }>('SELECT bytes, pg_column_size(packed) AS stored FROM payload');
    expect(rows[0]?.bytes).toBe(Buffer.byteLength(text));
    expect(rows[0]?.stored).toBeLessThan(1_000);
  });

  it('of before they were packed are read, and kept again as they are', async () => {
    await database.query('INSERT INTO payload (hash, bytes, data) VALUES ($1, $2, $3)', ['h', Buffer.byteLength(text), text]);
    expect(await read('h')).toBe(text);
    await store.keepPayload('h', Buffer.from(text));
    expect(await read('h')).toBe(text);
    expect(await store.sweepPayloads(null, 10, 60_000)).toBe('h');
    expect(await read('h')).toBe(text);
  });

  it('are not unpacked beyond the size they are said to have, nor taken for whole when they are less or damaged', async () => {
    await store.keepPayload('h', Buffer.from(text));
    await database.query('UPDATE payload SET bytes = 1000');
    await expect(store.loadPayload('h')).rejects.toThrow(/larger than 1000 bytes/);
    await database.query('UPDATE payload SET bytes = 1000000');
    await expect(store.loadPayload('h')).rejects.toThrow(/has 160011/);
    await database.query('UPDATE payload SET bytes = $1', [Buffer.byteLength(text)]);
    for (const damaged of ['substring(packed FOR length(packed) - 6)', 'overlay(packed placing $$z$$::bytea from 20)']) {
      await database.query(`UPDATE payload SET packed = ${damaged}`);
      await expect(store.loadPayload('h').then(() => 'taken for whole')).rejects.toThrow();
    }
  });
});

describe('contract', () => {
  durableStoreContract(async () => ({
    store,
    another: () => new PostgresStore({ url: postgres.url, poolSize: 1 }),
    count,
    endSession: async (presence) =>
      void (await database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks
         WHERE locktype = 'advisory' AND objsubid = 1 AND (classid::bigint << 32) | objid::bigint = $1`,
        [presence],
      )),
    agePayloads: async (byMs) =>
      void (await database.query(`UPDATE payload SET kept_at = kept_at - $1 * interval '1 millisecond'`, [byMs])),
  }));
});
