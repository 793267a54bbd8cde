import { entityInstanceId, instanceId, type InstanceId } from '@perdure/engine';
import type { EntityTypeDocument, Json } from '@perdure/graph';
import { checkInvariants, drawWorkflow, eventually, publishWorkflow, saveEntityType } from '@perdure/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RuntimeOptions } from './create-runtime.ts';
import { openInstallation, type Installation } from './installation-fixture.ts';
import { partitionOf } from './partition-of.ts';
import type { DurableStore } from './ports/durable-store.ts';
import { PostgresStore } from './postgres/postgres-store.ts';
import type { Runtime } from './runtime.ts';

let installation: Installation;
let store: PostgresStore;
const troubles: string[] = [];

const account: EntityTypeDocument = {
  formatVersion: 1,
  kind: 'custom',
  initialState: { balance: 0 },
  operations: [
    { name: 'deposit', state: '{ "balance": state.balance + input }', result: 'state.balance' },
    {
      name: 'withdraw',
      state: 'input > state.balance ? $error("insufficient") : { "balance": state.balance - input }',
      result: 'state.balance',
    },
    { name: 'get', result: 'state.balance' },
    { name: 'measure', result: '$length(input)' },
    { name: 'echo', result: 'input' },
  ],
};

/** Holds the lock on the accounts of `input.keys` until the event `go`, or not at all. */
const holder = drawWorkflow(
  {
    start: { type: 'start' },
    hold: { type: 'scope', config: { catches: [], locks: [{ entity: 'account', key: { expr: 'input.keys' } }] } },
    wait: { type: 'event', parent: 'hold', config: { name: 'go' } },
    add: {
      type: 'entity',
      parent: 'hold',
      config: { entity: 'account', key: { expr: 'input.keys[0]' }, operation: 'deposit', input: 1, mode: 'call' },
    },
    gave: { type: 'end', parent: 'hold', config: { value: { expr: 'steps.add.output' } } },
    done: { type: 'end', config: { value: { expr: 'steps.hold.output' } } },
  },
  ['start -> hold', 'hold.body -> wait', 'wait -> add', 'add -> gave', 'hold -> done'],
);

const caller = (operation: string) =>
  drawWorkflow(
    {
      start: { type: 'start' },
      call: {
        type: 'entity',
        config: { entity: 'account', key: { expr: 'input.key' }, operation, input: { expr: 'input.value' }, mode: 'call' },
      },
      done: { type: 'end', config: { value: { expr: 'steps.call.output' } } },
      failed: { type: 'end', config: { value: { expr: 'error.code & ": " & error.message' } } },
    },
    ['start -> call', 'call -> done', 'call.error -> failed'],
  );

const later = drawWorkflow(
  {
    start: { type: 'start' },
    signal: {
      type: 'entity',
      config: { entity: 'counter', key: { expr: 'input.key' }, operation: 'add', input: 1, mode: 'signal', delay: { expr: 'input.delay' } },
    },
    done: { type: 'end', config: {} },
  },
  ['start -> signal', 'signal -> done'],
);

const transfer = drawWorkflow(
  {
    start: { type: 'start' },
    both: {
      type: 'scope',
      config: {
        catches: [],
        locks: [
          { entity: 'account', key: { expr: 'input.from' } },
          { entity: 'account', key: { expr: 'input.to' } },
        ],
      },
    },
    take: {
      type: 'entity',
      parent: 'both',
      config: { entity: 'account', key: { expr: 'input.from' }, operation: 'withdraw', input: 1, mode: 'call' },
    },
    give: {
      type: 'entity',
      parent: 'both',
      config: { entity: 'account', key: { expr: 'input.to' }, operation: 'deposit', input: 1, mode: 'call' },
    },
    done: { type: 'end', config: {} },
  },
  ['start -> both', 'both.body -> take', 'take -> give', 'both -> done'],
);

beforeAll(async () => {
  installation = await openInstallation();
  store = new PostgresStore({ url: installation.databaseUrl });
  await saveEntityType(installation.databaseUrl, 'counter', { formatVersion: 1, kind: 'counter' });
  await saveEntityType(installation.databaseUrl, 'account', account);
  for (const [key, document] of Object.entries({ holder, later, transfer })) await publishWorkflow(installation.databaseUrl, key, document);
  for (const operation of ['deposit', 'withdraw', 'get', 'measure', 'echo', 'rob'])
    await publishWorkflow(installation.databaseUrl, operation, caller(operation));
});

afterEach(async () => {
  await installation.stopAll();
  const [trouble] = troubles.splice(0);
  if (trouble !== undefined) throw new Error(trouble);
});

afterAll(async () => {
  await store.close();
  await installation.close();
});

const startRuntime = (options: Partial<RuntimeOptions> = {}): Promise<Runtime> =>
  installation.start({ onTrouble: (where, error) => troubles.push(`${where}: ${error.message}`), ...options });

interface Shown {
  state: Json;
  exists: boolean;
  lockedBy: { instanceId: string; step: string } | null;
  queued: number;
  delayed: number;
  waiting: Json;
}

async function entity(name: string, key: string): Promise<Shown | undefined> {
  const { rows } = await installation.database.query<Shown>(
    `SELECT custom_status AS state, (whereabouts->'entity'->>'exists')::bool AS exists, whereabouts->'entity'->'lockedBy' AS "lockedBy",
            (whereabouts->'entity'->>'queued')::int AS queued, (whereabouts->'entity'->>'delayed')::int AS delayed,
            whereabouts->'entity'->'waiting' AS waiting
     FROM instance WHERE id = $1`,
    [`@${name}@${key}`],
  );
  return rows[0];
}

async function balance(key: string): Promise<number> {
  const found = await entity('account', key);
  return (found?.state as { balance: number } | undefined)?.balance ?? NaN;
}

const becomes = (key: string, wanted: Partial<Shown>, name = 'counter') =>
  eventually(`${name}@${key} is ${JSON.stringify(wanted)}`, async () => {
    const found = await entity(name, key);
    if (found === undefined) return undefined;
    const matches = Object.entries(wanted).every(([field, value]) => JSON.stringify(found[field as keyof Shown]) === JSON.stringify(value));
    return matches || undefined;
  });

async function outcome(id: string): Promise<{ status: string; output: Json }> {
  return eventually(`${id} ends`, async () => {
    const { rows } = await installation.database.query<{ status: string; output: Json }>(
      `SELECT i.status, h.data->'output' AS output FROM instance i LEFT JOIN history_event h ON h.instance_id = i.id AND h.seq = i.seq
       WHERE i.id = $1 AND i.completed_at IS NOT NULL`,
      [id],
    );
    return rows[0];
  });
}

/** The store with something in the way. */
function changed(by: {
  commit?(items: Parameters<DurableStore['commit']>[0], inner: DurableStore): ReturnType<DurableStore['commit']>;
  messages?(asked: Parameters<DurableStore['messages']>, inner: DurableStore): ReturnType<DurableStore['messages']>;
}): (inner: DurableStore) => DurableStore {
  return (inner) =>
    new Proxy(inner, {
      get(target, name) {
        if (name === 'commit' && by.commit) return (items: Parameters<DurableStore['commit']>[0]) => by.commit?.(items, target);
        if (name === 'messages' && by.messages) return (...asked: Parameters<DurableStore['messages']>) => by.messages?.(asked, target);
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
}

const start = (runtime: Runtime, workflow: string, id: string, input: Json) =>
  runtime.start({ workflow, version: null, input, startedBy: 'test', instanceId: instanceId(id) });
const signal = (runtime: Runtime, key: string, operation: string, input: Json = null, at: number | null = null, name = 'counter') =>
  runtime.signalEntity({ name, key, operation, input, at, by: 'test' });
const go = (runtime: Runtime, id: string) =>
  runtime.send(instanceId(id), { type: 'RaiseEvent', id: `go-${id}`, name: 'go', data: null, by: 'test' });

/** What the invariant checks find once no message is left. */
async function broken(): Promise<object> {
  await eventually(
    'no message is left',
    async () => (await installation.database.query('SELECT 1 FROM message')).rows.length === 0 || undefined,
  );
  return (await checkInvariants(installation.databaseUrl)).broken;
}

describe('signals from outside', () => {
  it('are applied one by one in the order they came, also through a process that owns nothing', async () => {
    await startRuntime();
    const api = await startRuntime({ worker: false });
    for (const [operation, input] of [
      ['add', 5],
      ['SUBTRACT', 2],
      ['add', undefined],
    ] as const)
      expect(await signal(api, 'order', operation, input ?? null)).toEqual({ ok: true });
    await becomes('order', { state: 4, exists: true });
    expect(await broken()).toEqual({});
  });

  it('are kept once acknowledged, whoever is there to take them', async () => {
    const api = await startRuntime({ worker: false });
    expect(await Promise.all(Array.from({ length: 20 }, () => signal(api, 'kept', 'add', 1)))).toEqual(Array(20).fill({ ok: true }));
    expect(await entity('counter', 'kept')).toBeUndefined();
    await startRuntime();
    await becomes('kept', { state: 20 });
    expect(await broken()).toEqual({});
  });

  it('to a type there is not, or an impossible key, are refused', async () => {
    const runtime = await startRuntime();
    expect(await signal(runtime, 'a', 'add', 1, null, 'nothing')).toMatchObject({ ok: false, code: 'entity.unknown-type' });
    expect(await signal(runtime, '', 'add')).toMatchObject({ ok: false, code: 'entity.invalid-id' });
    expect(await signal(runtime, 'a\nb', 'add')).toMatchObject({ ok: false, code: 'entity.invalid-id' });
  });

  it('with a moment wait for it, across a takeover', async () => {
    const first = await startRuntime();
    const at = Date.now() + 1_500;
    await signal(first, 'delayed', 'add', 1, at);
    await becomes('delayed', { delayed: 1, exists: false });
    await installation.stop(first);
    await startRuntime();
    await becomes('delayed', { state: 1, delayed: 0 });
    const { rows } = await installation.database.query<{ at: string }>(
      `SELECT extract(epoch FROM at) * 1000 AS at FROM history_event WHERE instance_id = '@counter@delayed' AND type = 'EntityOperationApplied'`,
    );
    expect(Number(rows[0]?.at)).toBeGreaterThanOrEqual(at);
    expect(await broken()).toEqual({});
  });

  it('after delete begin a new execution', async () => {
    const runtime = await startRuntime();
    await signal(runtime, 'anew', 'add', 5);
    await Promise.all([signal(runtime, 'anew', 'delete'), signal(runtime, 'anew', 'add', 2), signal(runtime, 'anew', 'add', 1)]);
    await becomes('anew', { state: 3, exists: true });
    await signal(runtime, 'anew', 'delete');
    await becomes('anew', { exists: false });
    await signal(runtime, 'anew', 'add', 7);
    await becomes('anew', { state: 7 });
    expect(await broken()).toEqual({});
  });

  it('run the latest version of the type, in every process', async () => {
    const [one, other] = [await startRuntime(), await startRuntime()];
    await saveEntityType(installation.databaseUrl, 'changing', { formatVersion: 1, kind: 'value' });
    for (const runtime of [one, other]) await signal(runtime, 'a', 'set', 1, null, 'changing');
    await becomes('a', { state: 1 }, 'changing');
    await saveEntityType(installation.databaseUrl, 'changing', {
      formatVersion: 1,
      kind: 'custom',
      initialState: 0,
      operations: [{ name: 'set', state: 'input * 10' }],
    });
    one.savedEntityType('changing');
    await eventually('the change is known', async () => {
      await signal(other, 'a', 'set', 2, null, 'changing');
      return JSON.stringify((await entity('changing', 'a'))?.state) === '20' || undefined;
    });
    expect(await broken()).toEqual({});
  });
});

describe('workflows', () => {
  it('call an entity and get its result or its failure, which changes nothing', async () => {
    const runtime = await startRuntime();
    const call = async (id: string, operation: string, value: Json) => {
      await start(runtime, operation, id, { key: 'called', value });
      return (await outcome(id)).output;
    };
    expect(await call('c1', 'deposit', 10)).toBe(10);
    expect(await call('c2', 'withdraw', 11)).toContain('insufficient');
    expect(await call('c3', 'get', null)).toBe(10);
    expect(await call('c4', 'rob', null)).toContain('UnknownOperation');
    expect(await broken()).toEqual({});
  });

  it('hand over and get back values that are kept by reference', async () => {
    const runtime = await startRuntime();
    const value = 'x'.repeat(100_000);
    await start(runtime, 'measure', 'big', { key: 'big', value });
    expect((await outcome('big')).output).toBe(100_000);
    await start(runtime, 'echo', 'echo', { key: 'big', value });
    expect((await outcome('echo')).output).toMatchObject({ bytes: 100_002 });
    expect(await signal(runtime, 'big', 'add', value, null, 'counter')).toEqual({ ok: true });
    expect(await broken()).toEqual({});
  });

  it('signal with a delay', async () => {
    const runtime = await startRuntime();
    await start(runtime, 'later', 'l', { key: 'later', delay: '400ms' });
    await outcome('l');
    await becomes('later', { delayed: 1 });
    await becomes('later', { state: 1, delayed: 0 });
    expect(await broken()).toEqual({});
  });

  it('cannot be given the id of an entity, and entities are no instances', async () => {
    const runtime = await startRuntime();
    await signal(runtime, 'x', 'add');
    expect(await start(runtime, 'later', '@counter@x', null)).toMatchObject({ ok: false, code: 'input.invalid' });
    expect(await go(runtime, '@counter@x')).toMatchObject({ ok: false, code: 'instance.unknown' });
    expect(await runtime.purge(entityInstanceId('counter', 'x'))).toBe('not-found');
  });
});

describe('critical sections', () => {
  it('exclude each other over several accounts and two workers', async () => {
    const [one, other] = [await startRuntime(), await startRuntime()];
    const keys = ['t1', 't2', 't3'];
    for (const key of keys) await signal(one, key, 'deposit', 100, null, 'account');
    const transfers = Array.from({ length: 30 }, (_, i) => ({
      id: `transfer-${i}`,
      from: keys[i % 3]!,
      to: keys[(i + 1 + (i % 2)) % 3]!,
    }));
    await Promise.all(transfers.map(({ id, from, to }, i) => start(i % 2 === 0 ? one : other, 'transfer', id, { from, to })));
    for (const { id } of transfers) expect((await outcome(id)).status).toBe('Completed');
    expect(await broken()).toEqual({});
    const balances = await Promise.all(keys.map(balance));
    expect(balances.reduce((a, b) => a + b, 0)).toBe(300);
    for (const key of keys) expect(await entity('account', key)).toMatchObject({ lockedBy: null, queued: 0 });
  });

  it('apply a request once that was fetched and done with before its sender heard that it is stored', async () => {
    const runtime = await startRuntime({
      mailboxPollMs: 20,
      throughStore: changed({
        async commit(items, inner) {
          const verdicts = await inner.commit(items);
          const sent = items.flatMap(({ messagesOut }) => messagesOut.filter(({ body }) => body.type === 'Operate'));
          for (const { messageId } of sent)
            await eventually(
              'it is done with',
              async () => (await inner.messageFates([messageId])).get(messageId) === 'taken' || undefined,
            );
          return verdicts;
        },
      }),
    });
    await Promise.all(['s1', 's2'].map((key) => signal(runtime, key, 'deposit', 10, null, 'account')));
    await start(runtime, 'transfer', 'late', { from: 's1', to: 's2' });
    expect((await outcome('late')).status).toBe('Completed');
    expect([await balance('s1'), await balance('s2')]).toEqual([9, 11]);
    expect(await broken()).toEqual({});
  });

  it('apply a request once, though it is delivered again when it has been done with', async () => {
    let found: Awaited<ReturnType<DurableStore['messages']>> = [];
    let again = 0;
    const runtime = await startRuntime({
      mailboxPollMs: 5,
      throughStore: changed({
        async messages(asked, inner) {
          const fates = await inner.messageFates(found.map(({ messageId }) => messageId));
          const done = found.filter(({ messageId }) => fates.get(messageId) === 'taken' && !asked[1].includes(messageId));
          again += done.length;
          found = [...found.filter((message) => !done.includes(message)), ...(await inner.messages(...asked))];
          return [...found, ...done];
        },
      }),
    });
    const keys = ['d1', 'd2', 'd3'];
    await Promise.all(keys.map((key) => signal(runtime, key, 'deposit', 100, null, 'account')));
    const ids = Array.from({ length: 12 }, (_, i) => `twice-${i}`);
    await Promise.all(ids.map((id, i) => start(runtime, 'transfer', id, { from: keys[i % 3] ?? '', to: keys[(i + 1) % 3] ?? '' })));
    for (const id of ids) expect((await outcome(id)).status).toBe('Completed');
    expect(again).toBeGreaterThan(10);
    expect(await Promise.all(keys.map(balance))).toEqual([100, 100, 100]);
    expect(await broken()).toEqual({});
  });

  it('are taken over with the lock held and requests in the queue', async () => {
    const first = await startRuntime();
    await start(first, 'holder', 'h1', { keys: ['k1', 'k2'] });
    await becomes('k2', { lockedBy: { instanceId: 'h1', step: 'hold#1' } }, 'account');
    await start(first, 'holder', 'h2', { keys: ['k2'] });
    await signal(first, 'k1', 'deposit', 5, null, 'account');
    await becomes('k1', { queued: 1, waiting: [{ operation: 'deposit', from: { kind: 'api', by: 'test' } }] }, 'account');
    await becomes(
      'k2',
      { queued: 1, waiting: [{ operation: null, from: { kind: 'workflow', instanceId: 'h2', step: 'hold#1' } }] },
      'account',
    );
    const second = await startRuntime({ force: true });
    await go(second, 'h1');
    expect((await outcome('h1')).output).toBe(1);
    await becomes('k1', { state: { balance: 6 }, lockedBy: null, queued: 0 }, 'account');
    await go(second, 'h2');
    expect((await outcome('h2')).status).toBe('Completed');
    expect(await broken()).toEqual({});
    troubles.splice(0); // the first says that it lost its partitions
  });

  it('are entered by the next worker when the first is gone between grant and pass', async () => {
    let isGone = false;
    const first = await startRuntime({
      throughStore: changed({
        commit(items, inner) {
          if (items.some(({ messagesConsumed }) => messagesConsumed.some((id) => id.startsWith('grant:')))) isGone = true;
          // Nothing more reaches the database from here.
          return isGone ? new Promise(() => {}) : inner.commit(items);
        },
      }),
    });
    await start(first, 'holder', 'g1', { keys: ['g'] });
    await eventually('the grant is on its way', () => Promise.resolve(isGone || undefined));
    const second = await startRuntime({ force: true });
    await go(second, 'g1');
    expect((await outcome('g1')).output).toBe(1);
    await becomes('g', { lockedBy: null, queued: 0 }, 'account');
    expect(await broken()).toEqual({});
    troubles.splice(0);
  });

  it('are left by who is terminated, holding or waiting', async () => {
    const runtime = await startRuntime();
    const terminate = (id: string) => runtime.send(instanceId(id), { type: 'Terminate', reason: 'enough', by: 'test', recursive: true });
    await start(runtime, 'holder', 'x1', { keys: ['x1', 'x2'] });
    await becomes('x2', { lockedBy: { instanceId: 'x1', step: 'hold#1' } }, 'account');
    await start(runtime, 'holder', 'x2', { keys: ['x2'] });
    await start(runtime, 'holder', 'x3', { keys: ['x1', 'x2', 'x3'] });
    await becomes('x2', { queued: 1 }, 'account');
    await becomes('x1', { queued: 1 }, 'account');
    await terminate('x2');
    await becomes('x2', { queued: 0 }, 'account');
    await terminate('x1');
    await becomes('x3', { lockedBy: { instanceId: 'x3', step: 'hold#1' } }, 'account');
    await go(runtime, 'x3');
    expect((await outcome('x3')).output).toBe(1);
    for (const key of ['x1', 'x2', 'x3']) await becomes(key, { lockedBy: null, queued: 0 }, 'account');
    expect(await broken()).toEqual({});
  });

  it('granted to an instance that is gone are given back', async () => {
    await startRuntime();
    const wanted = ['gone1', 'gone2'].map((key) => entityInstanceId('account', key));
    const lock = { id: 'nobody/x/hold#1', instanceId: instanceId('nobody'), step: 'hold#1' as never, entities: wanted, next: 0 };
    const to = wanted[0] as InstanceId;
    await store.accept(
      [],
      [{ partition: partitionOf(to, 64), instanceId: to, messageId: 'lock:nobody', body: { type: 'RequestLock', lock } }],
    );
    await becomes('gone1', { lockedBy: null, exists: false }, 'account');
    await becomes('gone2', { lockedBy: null, exists: false }, 'account');
    expect(await broken()).toEqual({});
  });

  it('survive a purge that overtakes the grant', async () => {
    const api = await startRuntime({ worker: false });
    await installation.database.query(
      `INSERT INTO instance (id, partition, execution_id, workflow_key, version, status, seq, started_by, completed_at) VALUES ('purged', $1, 'x', 'holder', 1, 'Terminated', 0, 'test', now())`,
      [partitionOf('purged', 64)],
    );
    const to = entityInstanceId('account', 'purged');
    const lock = { id: 'purged/x/hold#1', instanceId: instanceId('purged'), step: 'hold#1' as never, entities: [to], next: 0 };
    await store.accept(
      [],
      [
        { partition: partitionOf(to, 64), instanceId: to, messageId: 'lock:purged', body: { type: 'RequestLock', lock: { ...lock } } },
        {
          partition: partitionOf('purged', 64),
          instanceId: instanceId('purged'),
          messageId: 'grant:purged/x/hold#1',
          body: { type: 'GrantLock', step: lock.step, lock },
        },
      ],
    );
    expect(await api.purge(instanceId('purged'))).toBe('purged');
    const { rows } = await installation.database.query('SELECT message_id FROM message ORDER BY id');
    expect(rows).toEqual([{ message_id: 'lock:purged' }, { message_id: 'grant:purged/x/hold#1' }]);
    await startRuntime();
    await becomes('purged', { lockedBy: null, exists: false }, 'account');
    expect(await broken()).toEqual({});
  });
});
