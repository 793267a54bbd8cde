import { executionId, instanceId, stepKey, timerId, type HistoryEvent, type InstanceId } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import { eventually, startTestPostgres, type TestPostgres } from '@perdure/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { partitionOf } from '../partition-of.ts';
import type { MessageFate, OpenedTask, OutgoingMessage, UnfinishedAttempt } from '../ports/durable-store.ts';
import { creation, raised, step } from './commit-item-fixture.ts';
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
  await database.query('TRUNCATE instance, history_event, checkpoint, timer, message, human_task, activity_claim CASCADE');
  await database.query('UPDATE "partition" SET epoch = 0, owner = NULL');
  const owned = await store.leases.claim('me', all, 60_000, true);
  epoch = owned[0]?.epoch ?? 0;
});

afterAll(async () => {
  await database.end();
  await store.close();
  await postgres.stop();
});

const all = Array.from({ length: 64 }, (_, id) => id);
const id = instanceId;

/** Ids of two different partitions, by search. */
const elsewhere = (other: string): string => {
  for (let i = 0; ; i += 1) if (partitionOf(`${other}${i}`, 64) !== partitionOf(other, 64)) return `${other}${i}`;
};

async function history(instance: string): Promise<HistoryEvent[]> {
  return store.historyAfter(id(instance), 0, 1_000);
}

async function fateOf(messageId: string): Promise<MessageFate | undefined> {
  return (await store.messageFates([messageId])).get(messageId);
}

async function count(table: string): Promise<number> {
  const { rows } = await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
  return rows[0]?.n ?? -1;
}

const message = (from: string, to: string, name: string): OutgoingMessage => ({
  partition: partitionOf(to, 64),
  instanceId: id(to),
  messageId: name,
  body: { type: 'Cancel', reason: from },
});

const opened = (name: string, rest: Partial<OpenedTask> = {}): OpenedTask => ({
  id: name,
  step: 'ask#1',
  node: 'ask',
  executionId: 'x',
  workflow: 'w',
  version: 1,
  task: {
    title: 'T',
    description: null,
    context: { a: 1 },
    candidates: ['ann', 'b"ob'],
    priority: 50,
    formSchema: null,
    outcomes: [],
    dueAt: 5_000,
    deadlineAt: null,
  },
  at: 1_000,
  closed: null,
  ...rest,
});

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
    expect(await history('whole')).toEqual(item.events);
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
        opened('t3', { closed: { id: 't3', status: 'expired', outcome: null, by: null, data: null, comment: null, at: 9, claimed: null } }),
      ],
    });
    const next = step(item, {
      timersCleared: [timerId('a'), timerId('never-set')],
      messagesConsumed: ['m1'],
      messagesRefused: [{ messageId: 'm2', refusal: { code: 'no' } }],
      tasksAssigned: [{ id: 't1', assignee: 'ann', at: 10 }],
      tasksClosed: [{ id: 't2', status: 'decided', outcome: 'ok', by: 'bob', data: { n: 1 }, comment: 'fine', at: 11, claimed: null }],
    });
    expect(await store.commit([item])).toEqual(['stored']);
    expect(await store.commit([next])).toEqual(['stored']);
    expect((await database.query('SELECT timer_id FROM timer')).rows).toEqual([{ timer_id: 'b' }]);
    expect((await store.messages(all, [], 10)).map(({ messageId }) => messageId)).toEqual(['m3']);
    expect(await fateOf('m1')).toBe('taken');
    expect(await fateOf('m3')).toBe('pending');
    expect(await fateOf('m2')).toEqual({ refusal: { code: 'no' } });
    expect(await fateOf('m2')).toBe('taken');
    expect(
      (await database.query('SELECT id, status, assignee, outcome, decided_by, data, comment FROM human_task ORDER BY id')).rows,
    ).toEqual([
      { id: 't1', status: 'open', assignee: 'ann', outcome: null, decided_by: null, data: null, comment: null },
      { id: 't2', status: 'decided', assignee: null, outcome: 'ok', decided_by: 'bob', data: { n: 1 }, comment: 'fine' },
      { id: 't3', status: 'expired', assignee: null, outcome: null, decided_by: null, data: null, comment: null },
    ]);
  });

  it('S1 an item without events (a refusal, a late timer) leaves seq and history as they are', async () => {
    const item = creation('quiet', epoch, {
      messagesOut: [message('x', 'quiet', 'ask:1')],
      timersSet: [{ timer: timerId('t'), fireAt: 1 }],
    });
    await store.commit([item]);
    const quiet = step(item, { seq: 2, events: [], messagesRefused: [{ messageId: 'ask:1', refusal: 1 }], timersCleared: [timerId('t')] });
    expect(await store.commit([quiet])).toEqual(['stored']);
    expect(await history('quiet')).toHaveLength(2);
    expect(await fateOf('ask:1')).toEqual({ refusal: 1 });
    expect(await count('timer')).toBe(0);
  });

  it('S2 drops an item under an old epoch, with everything in it, and stores the others', async () => {
    const other = elsewhere('fenced');
    const fenced = creation('fenced', epoch);
    await store.commit([fenced]);
    const [taken] = await store.leases.claim('other', [fenced.partition], 60_000, true);
    expect(taken?.epoch).toBe(epoch + 1);
    const zombie = step(fenced, {
      timersSet: [{ timer: timerId('z'), fireAt: 1 }],
      messagesOut: [message('z', 'z', 'z')],
      tasksOpened: [opened('z')],
      checkpoint: '{}',
    });
    expect(await store.commit([zombie, creation(other, epoch)])).toEqual(['lost-partition', 'stored']);
    expect(await history('fenced')).toHaveLength(2);
    expect(await history(other)).toHaveLength(2);
    expect([await count('timer'), await count('message'), await count('human_task'), await count('checkpoint')]).toEqual([0, 0, 0, 0]);
    expect(await store.commit([creation('fenced-new', epoch, { partition: fenced.partition })])).toEqual(['lost-partition']);
  });

  it('S3 stores nothing on another base than the stored seq, execution or existence', async () => {
    const item = creation('base', epoch);
    await store.commit([item]);
    expect(await store.commit([creation('base', epoch)])).toEqual(['conflict']);
    const next = step(item, { messagesOut: [message('base', 'x', 'once')] });
    expect(await store.commit([next])).toEqual(['stored']);
    expect(await store.commit([next])).toEqual(['conflict']);
    expect(await store.commit([step(next, { baseSeq: 7, seq: 8, events: [raised(8, 1)] })])).toEqual(['conflict']);
    expect(await store.commit([step(next, { executionId: executionId('another') })])).toEqual(['conflict']);
    expect(await store.commit([step(creation('nobody', epoch))])).toEqual(['conflict']);
    expect((await history('base')).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(await count('message')).toBe(1);
  });

  it('S3 of two that create the same instance at once one is stored', async () => {
    const second = new PostgresStore({ url: postgres.url });
    for (let round = 0; round < 10; round += 1) {
      const name = `race-${round}`;
      const verdicts = await Promise.all([store.commit([creation(name, epoch)]), second.commit([creation(name, epoch)])]);
      expect(verdicts.flat().sort()).toEqual(['conflict', 'stored']);
      expect(await history(name)).toHaveLength(2);
    }
    await second.close();
  });

  it('replaces a finished instance only where its status allows, with all that belonged to it', async () => {
    const old = creation('again', epoch, {
      timersSet: [{ timer: timerId('old'), fireAt: 1 }],
      tasksOpened: [opened('old')],
      checkpoint: '{}',
    });
    await store.commit([old]);
    const renewal = creation('again', epoch, {
      executionId: executionId('second'),
      create: { workflow: 'w', version: 2, tags: [], startedBy: 't', parent: null, replace: ['Completed'] },
    });
    expect(await store.commit([renewal])).toEqual(['conflict']);
    await store.commit([step(old, { row: { ...old.row, status: 'Failed', final: true } })]);
    expect(await store.commit([renewal])).toEqual(['conflict']);
    expect(await history('again')).toHaveLength(3);
    expect(
      await store.commit([
        { ...renewal, create: { ...(renewal.create ?? never()), replace: ['Completed', 'Failed'] } },
        creation('bystander', epoch),
      ]),
    ).toEqual(['stored', 'stored']);
    expect(await history('again')).toHaveLength(2);
    expect((await store.load([id('again')])).get(id('again'))).toMatchObject({
      executionId: 'second',
      version: 2,
      status: 'Running',
      checkpointSeq: 0,
    });
    expect([await count('timer'), await count('human_task'), await count('checkpoint')]).toEqual([0, 0, 0]);
  });

  it('S2 a replacement under an old epoch leaves the finished instance where it is', async () => {
    const old = creation('keep', epoch, {
      row: { status: 'Completed', customStatus: null, whereabouts: null, runningActivities: 0, at: 1, final: true },
    });
    await store.commit([old]);
    await store.leases.claim('other', [old.partition], 60_000, true);
    const replacement = creation('keep', epoch, {
      create: { workflow: 'w', version: 1, tags: [], startedBy: 't', parent: null, replace: ['Completed'] },
    });
    expect(await store.commit([replacement])).toEqual(['lost-partition']);
    expect(await history('keep')).toHaveLength(2);
    expect((await store.load([id('keep')])).get(id('keep'))?.status).toBe('Completed');
  });

  it('tells after a lost answer which items are stored, by what they say and not by how far the instance is', async () => {
    const item = creation('lost', epoch);
    const mine = step(item);
    const theirs = step(item, { events: [raised(3, 'another owner’s')] });
    expect(await store.stored([item])).toEqual(new Set());
    await store.commit([item]);
    expect(await store.stored([item, mine])).toEqual(new Set([item]));
    await store.commit([theirs]);
    await store.commit([step(theirs)]);
    expect(await store.stored([mine, theirs])).toEqual(new Set([theirs]));
    expect(await store.stored([{ ...item, executionId: executionId('earlier') }])).toEqual(new Set());
    expect(await store.stored([step(item, { seq: 2, events: [] })])).toEqual(new Set());
    const long = creation('long', epoch, { events: [...item.events, raised(3, '☃'.repeat(100_000))], seq: 3 });
    await store.commit([long]);
    expect(await store.stored([long])).toEqual(new Set([long]));
  });

  it('S4 a connection lost in the middle of a replacement fails the commit and nothing else', async () => {
    const own = new PostgresStore({ url: `${postgres.url}?application_name=victim` });
    const old = creation('cut', epoch, {
      row: { status: 'Completed', customStatus: null, whereabouts: null, runningActivities: 0, at: 1, final: true },
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
      row: { status: 'Running', customStatus: value, whereabouts: { text: short }, runningActivities: 0, at: 1, final: false },
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
      tasksClosed: [{ id: 'odd', status: 'decided', outcome: short, by: short, data: value, comment: text, at: 1, claimed: null }],
    });
    expect(await store.commit([item])).toEqual(['stored']);
    expect((await store.messages(all, [], 10))[0]?.body).toMatchObject({ data: value, name: short });
    expect(await store.commit([next])).toEqual(['stored']);
    expect((await history('odd'))[2]).toEqual(raised(3, value));
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
    expect(await history('late')).toHaveLength(2);
  });
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

describe('leases', () => {
  it('gives free and run-out partitions to whoever asks, running ones only by force, each time under a new epoch', async () => {
    await store.leases.release('me', all);
    const [mine] = await store.leases.claim('a', [1], 60_000, false);
    expect(mine).toEqual({ id: 1, epoch: epoch + 1, abandoned: false });
    expect(await store.leases.claim('b', [1], 60_000, false)).toEqual([]);
    expect(await store.leases.claim('b', [1], 60_000, true)).toEqual([{ id: 1, epoch: epoch + 2, abandoned: true }]);
    expect(await store.leases.renew('a', 60_000)).toEqual([]);
    expect(await store.leases.renew('b', 0)).toEqual([{ id: 1, epoch: epoch + 2 }]);
    await eventually('the lease has run out', async () => {
      const { partitions } = await store.leases.survey('b', 'host', 1);
      return partitions.find((partition) => partition.id === 1)?.expired === true || undefined;
    });
    expect(await store.leases.claim('c', [1], 60_000, false)).toEqual([{ id: 1, epoch: epoch + 3, abandoned: true }]);
  });

  it('of many who claim at once each partition goes to one', async () => {
    await store.leases.release('me', all);
    const stores = Array.from({ length: 4 }, () => new PostgresStore({ url: postgres.url, poolSize: 1 }));
    const claimed = await Promise.all(
      stores.map((one, i) => one.leases.claim(`w${i}`, i % 2 === 0 ? all : all.toReversed(), 60_000, false)),
    );
    expect(
      claimed
        .flat()
        .map((partition) => partition.id)
        .sort((a, b) => a - b),
    ).toEqual(all);
    await Promise.all(stores.map((one) => one.close()));
  });

  it('tells a partition whose owner vanished from one that was released', async () => {
    await store.leases.claim('a', all, 60_000, true);
    expect((await store.leases.claim('b', [1], 60_000, true)).map(({ abandoned }) => abandoned)).toEqual([true]);
    await store.leases.release('b', [1]);
    expect((await store.leases.claim('c', [1], 60_000, false)).map(({ abandoned }) => abandoned)).toEqual([false]);
  });

  it('finds the instances with unfinished work', async () => {
    const item = creation('working', epoch, {
      row: { status: 'Running', customStatus: null, whereabouts: null, runningActivities: 1, at: 1, final: false },
    });
    await store.commit([item, creation(elsewhere('working'), epoch)]);
    expect(await store.leases.unfinishedWork(item.partition, null, 10)).toEqual(['working']);
    await store.commit([step(item)]);
    expect(await store.leases.unfinishedWork(item.partition, null, 10)).toEqual([]);
  });

  it('pages through the unfinished work of a partition', async () => {
    const items = Array.from({ length: 1_000 }, (_, i) =>
      creation(`page-${String(i).padStart(3, '0')}`, epoch, {
        row: { status: 'Running', customStatus: null, whereabouts: null, runningActivities: 1, at: 1, final: false },
      }),
    ).filter(({ partition }) => partition < 2);
    await store.commit(items);
    const found: string[] = [];
    for (let cursor: InstanceId | null = null; ;) {
      const page: InstanceId[] = await store.leases.unfinishedWork(1, cursor, 5);
      found.push(...page);
      if (page.length < 5) break;
      cursor = page.at(-1) ?? null;
    }
    expect(found.length).toBeGreaterThan(5);
    expect(found).toEqual(items.filter(({ partition }) => partition === 1).map((item) => item.instanceId));
  });
});

describe('claims of activities', () => {
  const attempt = (mark: string | null, more: Partial<UnfinishedAttempt> = {}): UnfinishedAttempt => ({
    instanceId: instanceId('claimed'),
    executionId: 'x',
    step: stepKey('work#1'),
    attempt: 1,
    releases: 0,
    mark,
    ...more,
  });
  const claim = async (one: UnfinishedAttempt, most = 6) => (await store.countClaims([one], most))[0];
  const rows = async () =>
    (
      await database.query(
        'SELECT instance_id, step, attempt, releases, claims FROM activity_claim ORDER BY instance_id, step, attempt, releases',
      )
    ).rows;

  it('the first takeover makes the second claim; the same mark counts once', async () => {
    expect(await claim(attempt(null))).toEqual({ claims: 1, counted: true });
    expect(await rows()).toEqual([]);
    expect(await claim(attempt('epoch 2'))).toEqual({ claims: 2, counted: true });
    expect(await claim(attempt('epoch 2'))).toEqual({ claims: 2, counted: true });
    expect(await claim(attempt('epoch 3'))).toEqual({ claims: 3, counted: true });
    expect(await claim(attempt(null))).toEqual({ claims: 3, counted: false });
  });

  it('what has enough claims is told, not counted', async () => {
    await claim(attempt('epoch 2'));
    await claim(attempt('epoch 3'));
    expect(await claim(attempt('epoch 4'), 3)).toEqual({ claims: 3, counted: false });
    expect(await claim(attempt('epoch 4'), 4)).toEqual({ claims: 4, counted: true });
  });

  it('attempts, releases, steps and executions count for themselves, and answers come in the order of the questions', async () => {
    await claim(attempt('epoch 2'));
    const others = [
      attempt('epoch 3', { step: stepKey('z#1') }),
      attempt('epoch 3', { attempt: 2 }),
      attempt('epoch 3'),
      attempt('epoch 3', { releases: 1 }),
      attempt('epoch 3', { executionId: 'y' }),
    ];
    expect((await store.countClaims(others, 6)).map(({ claims }) => claims)).toEqual([2, 2, 3, 2, 2]);
    expect(await rows()).toHaveLength(5);
  });

  it('go with the instance, or are swept once it has ended', async () => {
    const item = creation('claimed', epoch);
    await store.commit([item]);
    await store.countClaims(
      [attempt('epoch 2', { executionId: item.executionId }), attempt('epoch 2', { instanceId: instanceId('gone') })],
      6,
    );
    await store.sweepClaims();
    expect(await rows()).toMatchObject([{ instance_id: 'claimed' }]);
    await store.commit([step(item, { row: { ...item.row, status: 'Completed', final: true } })]);
    await store.purge(item.instanceId);
    expect(await rows()).toEqual([]);
  });
});

describe('timers', () => {
  it('gives the due ones by the database clock, oldest first, in pages', async () => {
    const now = await store.now();
    const item = creation('due', epoch, {
      timersSet: [
        ...Array.from({ length: 25 }, (_, i) => ({
          timer: timerId(`t${String(i).padStart(2, '0')}`),
          fireAt: Math.floor(now) - 1_000 + Math.floor(i / 5),
        })),
        { timer: timerId('soon'), fireAt: Math.floor(now) + 20_000 },
        { timer: timerId('far'), fireAt: Math.floor(now) + 2_000_000 },
      ],
    });
    await store.commit([item]);
    const found: string[] = [];
    for (let cursor = null; ;) {
      const page: Awaited<ReturnType<typeof store.dueTimers>> = await store.dueTimers([item.partition], cursor, 10);
      found.push(...page.map(({ timer }) => timer));
      if (page.length < 10) break;
      cursor = page.at(-1) as never;
    }
    expect(found).toEqual(item.timersSet.slice(0, 25).map(({ timer }) => timer));
    expect(await store.dueTimers([(item.partition + 1) % 64], null, 10)).toEqual([]);
    expect(await store.nearTimers([item.partition], 30_000, 100)).toHaveLength(26);
    await store.deleteTimers(
      item.instanceId,
      item.timersSet.slice(0, 24).map(({ timer }) => timer),
    );
    expect(await store.dueTimers([item.partition], null, 10)).toHaveLength(1);
  });
});

describe('messages', () => {
  const start = (name: string, execution: string, replace: 'Completed'[] = []) => ({
    message: { ...message('api', name, `start:${name}:${execution}`), body: { type: 'Cancel' as const, reason: '' } },
    executionId: execution,
    creation: { workflow: 'w', version: 1, tags: ['a"b'], startedBy: 'api', parent: null, replace },
  });

  it('accepts starts once per id, with their messages, and a receiver’s first commit goes on from the Pending row', async () => {
    expect((await store.accept([start('p', 'x-p'), start('q', 'x-q')], [message('api', 'p', 'ask:1')])).taken).toEqual(new Set(['p', 'q']));
    expect((await store.accept([start('p', 'again')], [])).taken).toEqual(new Set());
    expect((await store.load([id('p')])).get(id('p'))).toMatchObject({ status: 'Pending', seq: 0, executionId: 'x-p' });
    expect((await store.messages(all, [], 10)).map(({ messageId }) => messageId).sort()).toEqual(['ask:1', 'start:p:x-p', 'start:q:x-q']);
    expect(await store.messages(all, ['ask:1', 'start:q:x-q'], 10)).toHaveLength(1);
    const taken = creation('p', epoch, { executionId: executionId('x-p'), create: null, messagesConsumed: ['start:p:x-p'] });
    expect(await store.commit([taken])).toEqual(['stored']);
    expect(await fateOf('start:p:x-p')).toBe('taken');
  });

  it('accepts a start in the place of a finished instance, one of those who try', async () => {
    await store.commit([
      creation('r', epoch, {
        row: { status: 'Completed', customStatus: null, whereabouts: null, runningActivities: 0, at: 1, final: true },
      }),
    ]);
    const second = new PostgresStore({ url: postgres.url });
    const answers = await Promise.all([
      store.accept([start('r', 'n1', ['Completed'])], []),
      second.accept([start('r', 'n2', ['Completed'])], []),
    ]);
    expect(answers.filter(({ taken }) => taken.size === 1)).toHaveLength(1);
    expect(await history('r')).toEqual([]);
    await second.close();
  });

  it('gives a message back only while nobody has taken it up', async () => {
    await store.accept([], [message('api', 'm', 'ask:a'), message('api', 'm', 'ask:b'), message('api', 'm', 'ask:c')]);
    await store.refuseMessages(['ask:b'], { code: 'no' });
    await store.deleteMessages(['ask:c']);
    expect(await store.withdrawMessage('ask:a')).toBe(true);
    expect(await store.withdrawMessage('ask:b')).toBe(false);
    expect(await store.withdrawMessage('ask:c')).toBe(false);
    expect((await store.messages(all, [], 10)).length).toBe(0);
  });

  it('a message sent twice waits once', async () => {
    await store.accept([], [message('a', 'm', 'same')]);
    await store.accept([], [message('b', 'm', 'same')]);
    await store.commit([creation('m', epoch, { messagesOut: [message('c', 'm', 'same')] })]);
    expect((await store.messages(all, [], 10)).map(({ body }) => body)).toEqual([{ type: 'Cancel', reason: 'a' }]);
  });
});

describe('purge', () => {
  it('removes a finished instance with all that belongs to it, and no other', async () => {
    const item = creation('gone', epoch, { checkpoint: '{}', tasksOpened: [opened('g')], timersSet: [{ timer: timerId('g'), fireAt: 1 }] });
    await store.commit([item, creation('stays', epoch)]);
    expect(await store.purge(id('gone'))).toBe('not-finished');
    await store.commit([step(item, { row: { ...item.row, status: 'Failed', final: true } })]);
    await store.accept([], [message('x', 'gone', 'to-gone'), message('x', 'stays', 'to-stays')]);
    expect(await store.purge(id('gone'))).toBe('purged');
    expect(await store.purge(id('gone'))).toBe('not-found');
    expect([
      await count('instance'),
      await count('history_event'),
      await count('checkpoint'),
      await count('timer'),
      await count('human_task'),
      await count('message'),
    ]).toEqual([1, 2, 0, 0, 0, 1]);
  });
});

function never(): never {
  throw new Error('not reached');
}
