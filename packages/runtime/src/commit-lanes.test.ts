import { instanceId, type HistoryEvent } from '@perdure/engine';
import { startTestPostgres, type TestPostgres } from '@perdure/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CommitLanes, type ItemOutcome } from './commit-lanes.ts';
import type { CommitItem, CommitVerdict, DurableStore } from './ports/durable-store.ts';
import { creation, raised, step } from './postgres/commit-item-fixture.ts';
import { PostgresStore } from './postgres/postgres-store.ts';

let postgres: TestPostgres;
let store: PostgresStore;
let database: pg.Pool;
const epoch = 1;
const all = Array.from({ length: 64 }, (_, id) => id);

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = new PostgresStore({ url: postgres.url });
  database = new pg.Pool({ connectionString: postgres.url, max: 2 });
});

beforeEach(async () => {
  await database.query('TRUNCATE instance, history_event, checkpoint, timer, message, human_task CASCADE');
  await database.query('UPDATE "partition" SET epoch = 0, owner = NULL');
  await store.leases.claim('me', all, 60_000, true);
});

afterAll(async () => {
  await database.end();
  await store.close();
  await postgres.stop();
});

type Commit = DurableStore['commit'];

/** Lanes over the real store, with something in the way of its commits. */
function lanes(
  commit: (items: readonly CommitItem[], real: Commit) => Promise<CommitVerdict[]>,
  options: { lanes?: number; batchLimit?: number; onStored?(items: readonly CommitItem[]): void } = {},
) {
  const told: CommitItem[] = [];
  const troubles: Error[] = [];
  const made = new CommitLanes(
    { commit: (items) => commit(items, (same) => store.commit(same)), stored: (items) => store.stored(items) },
    {
      ...options,
      onStored: (items) => {
        told.push(...items);
        options.onStored?.(items);
      },
      onTrouble: (error) => troubles.push(error),
    },
  );
  return { made, told, troubles };
}

const history = (name: string): Promise<HistoryEvent[]> => store.historyAfter(instanceId(name), 0, 100);

const many = (count: number): CommitItem[] => Array.from({ length: count }, (_, i) => creation(`many-${i}`, epoch));

describe('CommitLanes', () => {
  it('C1 stores what is submitted, in batches, and answers for each item', async () => {
    const sizes: number[] = [];
    const { made, told } = lanes(
      (items, real) => {
        sizes.push(items.length);
        return real(items);
      },
      { batchLimit: 10 },
    );
    const items = many(95);
    expect(await Promise.all(items.map((item) => made.submit(item)))).toEqual(items.map(() => 'stored'));
    expect(Math.max(...sizes)).toBe(10);
    expect(new Set(told)).toEqual(new Set(items));
    expect((await database.query('SELECT count(*)::int AS n FROM history_event')).rows).toEqual([{ n: 190 }]);
  });

  it('C2 stores once what was committed but never answered for', async () => {
    const fates = ['lose the answer', 'lose the answer', 'fail before'];
    const { made, told, troubles } = lanes(async (items, real) => {
      const fate = fates.shift();
      if (fate === 'fail before') throw new Error('connection refused');
      const verdicts = await real(items);
      if (fate === 'lose the answer') throw new Error('Connection terminated unexpectedly');
      return verdicts;
    });
    const items = many(20);
    expect(await Promise.all(items.map((item) => made.submit(item)))).toEqual(items.map(() => 'stored'));
    const next = items.map((item) => step(item));
    expect(await Promise.all(next.map((item) => made.submit(item)))).toEqual(next.map(() => 'stored'));
    expect(await Promise.all(next.map((item) => made.submit(step(item))))).toEqual(next.map(() => 'stored'));
    expect(told).toHaveLength(60);
    expect(troubles).toHaveLength(3);
    for (const { instanceId: id } of items) expect((await history(id)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  it('C2 does not answer “stored” for an item that was never stored although another owner went past its seq', async () => {
    const item = creation('overtaken', epoch);
    await store.commit([item]);
    let first = true;
    const { made, told } = lanes(async (items, real) => {
      if (!first) return real(items);
      first = false;
      // The commit never reached the database; meanwhile another worker took the partition and went on.
      const [taken] = await store.leases.claim('other', [item.partition], 60_000, true);
      const theirs = step(item, { epoch: taken?.epoch ?? 0, events: [raised(3, 'theirs')] });
      expect(await store.commit([theirs])).toEqual(['stored']);
      throw new Error('Connection terminated unexpectedly');
    });
    expect(await made.submit(step(item, { events: [raised(3, 'mine')] }))).toBe('lost-partition');
    expect(told).toEqual([]);
    expect((await history('overtaken')).at(-1)).toMatchObject({ data: 'theirs' });
  });

  it('C2 a lost commit that Postgres finishes only after it was asked for is told to be stored', async () => {
    const item = creation('late', epoch);
    let commits = 0;
    const { made, told } = lanes(async (items, real) => {
      commits += 1;
      if (commits === 1) throw new Error('connection lost');
      // Between the question and the repetition the first one was finished.
      await real(items);
      return real(items);
    });
    expect(await made.submit(item)).toBe('stored');
    expect(told).toEqual([item]);
    expect(await history('late')).toHaveLength(2);
  });

  it('C2 a lost commit that Postgres finishes late is told to be stored, also when it consumed a message', async () => {
    const sender = creation('sender', epoch, {
      messagesOut: [{ partition: 0, instanceId: instanceId('sender'), messageId: 'm', body: { type: 'Cancel', reason: 'r' } }],
    });
    await store.commit([sender]);
    let commits = 0;
    const { made } = lanes(async (items, real) => {
      commits += 1;
      if (commits === 1) throw new Error('connection lost');
      await real(items);
      return real(items);
    });
    expect(await made.submit(step(sender, { messagesConsumed: ['m'] }))).toBe('stored');
    expect(await history('sender')).toHaveLength(3);
  });

  it('C2 a replacement whose answer was lost is stored once', async () => {
    const finished = {
      status: 'Completed',
      customStatus: null,
      whereabouts: null,
      runningActivities: 0,
      at: 1,
      final: true,
      migrations: null,
    } as const;
    await store.commit([creation('again', epoch, { row: finished })]);
    let lose = true;
    const { made } = lanes(async (items, real) => {
      const verdicts = await real(items);
      if (!lose) return verdicts;
      lose = false;
      throw new Error('Connection terminated unexpectedly');
    });
    const renewal = creation('again', epoch, {
      events: creation('again', epoch).events.map((event) => ({ ...event, at: event.at + 5 })),
      create: { workflow: 'w', version: 2, tags: [], startedBy: 't', parent: null, replace: ['Completed'] },
    });
    expect(await made.submit(renewal)).toBe('stored');
    expect(await history('again')).toEqual(renewal.events);
  });

  it('C3 refuses content Postgres cannot keep, alone: every other item of the batch is stored', async () => {
    const { made } = lanes((items, real) => real(items));
    const items = many(33).map((item, i) =>
      i === 20 && item.create !== null ? { ...item, create: { ...item.create, startedBy: 'nul \0' } } : item,
    );
    const outcomes = await Promise.all(items.map((item) => made.submit(item)));
    expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(32);
    expect(outcomes[20]).toMatchObject({ refused: expect.any(Error) });
    expect(await history('many-20')).toEqual([]);
  });

  it('C4 never puts two items of one instance into a batch', async () => {
    const first = creation('both', epoch);
    await store.commit([first]);
    await store.accept(
      [],
      [{ partition: first.partition, instanceId: first.instanceId, messageId: 'precious', body: { type: 'Cancel', reason: '' } }],
    );
    const [taken] = await store.leases.claim('me', [first.partition], 60_000, true);
    const { made } = lanes((items, real) => real(items), { lanes: 1 });
    const stale = made.submit(step(first, { seq: 2, events: [], messagesConsumed: ['precious'] }));
    const current = made.submit(step(first, { epoch: taken?.epoch ?? 0 }));
    const after = made.submit(creation('after', epoch));
    expect(await Promise.all([stale, current, after])).toEqual<ItemOutcome[]>(['lost-partition', 'stored', 'stored']);
    expect((await store.messageFates(['precious'])).get('precious')).toBe('pending');
  });

  it('goes on when a listener of stored items throws', async () => {
    const { made, troubles } = lanes((items, real) => real(items), {
      onStored: () => {
        throw new Error('a listener’s own bug');
      },
    });
    expect(await made.submit(creation('listener', epoch))).toBe('stored');
    expect(await made.submit(step(creation('listener', epoch)))).toBe('stored');
    expect(troubles).toHaveLength(2);
  });

  it('gives up what is queued or being retried when it is closed', async () => {
    const { made } = lanes(() => Promise.reject(new Error('away')), { lanes: 1, batchLimit: 1 });
    const outcomes = [made.submit(creation('a', epoch)), made.submit(creation('b', epoch))];
    await new Promise((resume) => setTimeout(resume, 20));
    made.close();
    expect(await Promise.all(outcomes)).toEqual(['lost-partition', 'lost-partition']);
    expect(await history('a')).toEqual([]);
  });
});
