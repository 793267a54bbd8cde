import { executionId, timerId, type HistoryEvent } from '@perdure/engine';
import { startTestPostgres, type TestPostgres } from '@perdure/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CommitItem } from '../ports/durable-store.ts';
import { allPartitions, creation, message, opened, raised, step } from './commit-item-fixture.ts';
import { commitStatement, eventData } from './commit-statement.ts';
import { PostgresStore } from './postgres-store.ts';

let postgres: TestPostgres;
let store: PostgresStore;
let database: pg.Pool;
let epoch: number;

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = new PostgresStore({ url: postgres.url });
  database = new pg.Pool({ connectionString: postgres.url, max: 1 });
  const owned = await store.leases.claim('me', allPartitions, 60_000, true);
  epoch = owned[0]?.epoch ?? 0;
});

beforeEach(async () => {
  await database.query('TRUNCATE instance, history_event, checkpoint, timer, message, human_task CASCADE');
});

afterAll(async () => {
  await database.end();
  await store.close();
  await postgres.stop();
});

/** What makes an item need a part of the statement; every row carries the item's name. */
const extras = {
  checkpoints: (name: string) => ({ checkpoint: `{"of":"${name}"}` }),
  timers: (name: string) => ({ timersSet: [{ timer: timerId(`t-${name}`), fireAt: 1 }] }),
  messages: (name: string) => ({
    messagesOut: [message('r', name, `m-${name}`)],
  }),
  tasks: (name: string) => ({ tasksOpened: [opened(`k-${name}`)] }),
};
type Extra = keyof typeof extras;
const names = Object.keys(extras) as Extra[];

const subsets = Array.from({ length: 2 ** names.length }, (_, bits) => names.filter((_name, i) => (bits >> i) & 1));
const variants = subsets.flatMap((parts) => [['stepped'], ['created'], ['stepped', 'created']].map((rows) => [...rows, ...parts]));

/** Who has rows in a table, by the names their extras carry. */
async function owners(column: string, table: string): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(`SELECT DISTINCT ${column} AS name FROM ${table} ORDER BY 1`);
  return rows.map(({ name }) => name);
}

describe('a statement', () => {
  it.each(variants.map((parts) => [parts.join(' '), parts] as const))(
    'of %s fences by epoch (S2), guards seq, execution and existence (S3) and stores the others whole (S1)',
    async (_, parts) => {
      const extra = (name: string): Partial<CommitItem> =>
        // The bodies are those of the types above; a union of literals is more than the object spread can tell.
        Object.assign({}, ...names.filter((part) => parts.includes(part)).map((part) => extras[part](name))) as Partial<CommitItem>;
      const before = ['ahead', 'stale', 'behind', 'other'].map((name) => creation(name, epoch));
      const existing = creation('exists', epoch);
      await store.commit([...before, existing]);
      const [ahead, stale, behind, other] = before as [CommitItem, CommitItem, CommitItem, CommitItem];
      const steps: [CommitItem, string][] = [
        [step(ahead, extra('ahead')), 'stored'],
        [step(stale, { ...extra('stale'), epoch: epoch - 1 }), 'lost-partition'],
        [step(behind, { ...extra('behind'), baseSeq: 1, seq: 2, events: [raised(2, 'twice')] }), 'conflict'],
        [step(other, { ...extra('other'), executionId: executionId('another') }), 'conflict'],
        [step(creation('nobody', epoch), extra('nobody')), 'conflict'],
      ];
      const creations: [CommitItem, string][] = [
        [creation('new', epoch, extra('new')), 'stored'],
        [creation('late', epoch, { ...extra('late'), epoch: epoch - 1 }), 'lost-partition'],
        [creation('exists', epoch, { ...extra('exists'), executionId: executionId('another') }), 'conflict'],
      ];
      const batch = [...(parts.includes('stepped') ? steps : []), ...(parts.includes('created') ? creations : [])];
      expect(await store.commit(batch.map(([item]) => item))).toEqual(batch.map(([, verdict]) => verdict));

      const stored = batch.filter(([, verdict]) => verdict === 'stored').map(([item]) => item.instanceId as string);
      const made = [...before, existing].map(({ instanceId }) => instanceId as string);
      expect(await owners('id', 'instance')).toEqual([...new Set([...made, ...stored])].sort());
      expect(await owners('instance_id', 'history_event')).toEqual([...new Set([...made, ...stored])].sort());
      const { rows } = await database.query<{ id: string; seq: number; events: number; execution_id: string }>(
        `SELECT id, seq, execution_id, (SELECT count(*)::int FROM history_event h WHERE h.instance_id = i.id) AS events FROM instance i`,
      );
      for (const row of rows) {
        expect(row.events, row.id).toBe(row.seq);
        expect(row.seq, row.id).toBe(row.id === 'ahead' && stored.includes('ahead') ? 3 : 2);
        expect(row.execution_id).toBe(`x-${row.id}`);
      }
      const only = (part: Extra, prefix: string): string[] => (parts.includes(part) ? stored.map((name) => prefix + name).sort() : []);
      expect(await owners('instance_id', 'checkpoint')).toEqual(only('checkpoints', ''));
      expect(await owners('timer_id', 'timer')).toEqual(only('timers', 't-'));
      expect(await owners('message_id', 'message')).toEqual(only('messages', 'm-'));
      expect(await owners('id', 'human_task')).toEqual(only('tasks', 'k-'));
    },
  );

  it('of nothing stores nothing', async () => {
    expect(await store.commit([])).toEqual([]);
  });

  it('reads no list again for each row of another, and no table from end to end', async () => {
    const items = Array.from({ length: 200 }, (_, i) => creation(`plan-${i}`, epoch, { ...extras.checkpoints(`plan-${i}`) }));
    const { text, values } = commitStatement([...items, ...items.map((item) => step(item))]);
    const client = new pg.Client({ connectionString: postgres.url, options: '-c enable_seqscan=off -c enable_hashjoin=off' });
    await client.connect();
    // The plan that counts is that of a table with rows: one known to be empty is joined in whichever order comes first.
    await client.query(`INSERT INTO instance (id, partition, execution_id, workflow_key, version, status, started_by)
      SELECT 'i' || n, 0, 'e', 'w', 1, 'Running', 'u' FROM generate_series(1, 20000) n`);
    await client.query('ANALYZE instance');
    const { rows } = await client.query<Record<'QUERY PLAN', string>>(`EXPLAIN ${text}`, values as string[]);
    await client.end();
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    // A filter on a list names its lookup; one that is not hashed is run for each row.
    const lookups = plan.match(/ANY \([^)]*= \(?[^)]*SubPlan \d+\)/g) ?? [];
    expect(lookups).not.toEqual([]);
    for (const lookup of lookups) expect(lookup).toContain('hashed SubPlan');
    expect(plan).not.toContain('Seq Scan');
    expect(plan).not.toContain('Join Filter');
  });
});

describe('the stored text of an event', () => {
  it('is its own fields, however the event was made', () => {
    const event = raised(3, { seq: 1, text: 'a","type":"b' });
    const { seq, at, type, ...data } = event;
    expect(JSON.parse(eventData(event))).toEqual(data);
    const reordered = { ...data, type, at, seq } as HistoryEvent;
    expect(eventData(reordered)).toBe(eventData(event));
    // An event with no fields of its own.
    expect(eventData({ seq: 1, at: 2, type: 'ExecutionResumed' } as HistoryEvent)).toBe('{}');
  });
});
