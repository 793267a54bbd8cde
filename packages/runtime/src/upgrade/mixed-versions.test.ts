/** Two versions on one database, told apart by the number of what they write (writer-format.ts). */
import { eventually, drawWorkflow, publishWorkflow, startTestPostgres, type TestPostgres } from '@perdure/testing';
import { instanceId } from '@perdure/engine';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRuntime, type RuntimeOptions } from '../create-runtime.ts';
import { PostgresStore } from '../postgres/postgres-store.ts';
import { foreseeAdmission } from '../postgres/writer-admission.ts';
import type { Runtime } from '../runtime.ts';
import { Superseded } from '../superseded.ts';
import { writerFormat } from '../writer-format.ts';

const older = writerFormat;
const newer = writerFormat + 1;

let postgres: TestPostgres;
let database: pg.Pool;
const undo: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  postgres = await startTestPostgres();
  database = new pg.Pool({ connectionString: postgres.url, max: 2 });
  database.on('error', () => undefined);
});

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  await database.end();
  await postgres.stop();
});

async function start(writer: number, options: Partial<RuntimeOptions> = {}): Promise<Runtime> {
  const runtime = await createRuntime({
    databaseUrl: postgres.url,
    redisUrl: null,
    worker: true,
    activities: [],
    writer,
    leaseMs: 600,
    renewEveryMs: 100,
    ...options,
  });
  undo.push(() => runtime.stop());
  return runtime;
}

function store(writer: number): PostgresStore {
  const opened = new PostgresStore({ url: postgres.url, writer });
  undo.push(() => opened.close());
  return opened;
}

async function stored(): Promise<number> {
  const { rows } = await database.query<{ value: number }>(`SELECT value FROM setting WHERE key = 'writer'`);
  return rows[0]?.value ?? Number.NaN;
}

async function leasedTo(): Promise<string[]> {
  const { rows } = await database.query<{ owner: string }>(
    `SELECT DISTINCT owner FROM "partition" WHERE owner IS NOT NULL AND lease_until > now() ORDER BY 1`,
  );
  return rows.map(({ owner }) => owner);
}

it('F2 a newer version is refused, and changes nothing, while an older one is at work', async () => {
  await start(older, { workerId: 'old' });
  await expect(start(newer)).rejects.toThrow(/Workers of an older version are at work.*\(old\).*Stop them first/);
  // One that only serves the API would send the older worker what it misreads.
  await expect(start(newer, { worker: false })).rejects.toBeInstanceOf(Superseded);
  expect(await stored()).toBe(older);
  expect(await leasedTo()).toEqual(['old']);
});

it('F1 F2 once the older one has stopped the newer one starts, and the older one is refused from then on', async () => {
  const old = await start(older);
  undo.length = 0;
  await old.stop();
  await start(newer, { workerId: 'new' });
  expect(await stored()).toBe(newer);
  await expect(start(older)).rejects.toThrow(new RegExp(`newer version.*format ${newer}, this version ${older}`));
  await expect(start(older, { worker: false })).rejects.toBeInstanceOf(Superseded);
  expect(await leasedTo()).toEqual(['new']);
});

it('F1 an older process that only serves the API is told when a newer version takes over', async () => {
  const reasons: string[] = [];
  await start(older, { worker: false, onSuperseded: (reason) => reasons.push(reason) });
  await start(newer);
  await eventually('it is told', () => reasons.length > 0 || undefined);
  expect(reasons).toEqual([expect.stringMatching(new RegExp(`newer version.*format ${newer}, this version ${older}`))]);
});

it('F3 before the migrations a process is told what it will be told, and nothing is changed', async () => {
  const foreseen = (writer: number, alone = false) => foreseeAdmission(postgres.url, { alone, patienceMs: 0 }, writer);
  await start(older, { workerId: 'old' });
  await expect(foreseen(newer)).rejects.toThrow(/Workers of an older version are at work.*\(old\)/);
  await foreseen(older);
  await foreseen(newer, true);
  expect(await stored()).toBe(older);
  await expect(foreseen(older - 1)).rejects.toThrow(/newer version/);
  const empty = await startTestPostgres({ empty: true });
  undo.push(() => empty.stop());
  await foreseeAdmission(empty.url, { alone: false, patienceMs: 0 }, newer);
});

it('F2 an older worker that vanished is waited for as long as its leases run', async () => {
  const vanished = store(older);
  await vanished.leases.claim('vanished', [...Array(64).keys()], 700, false);
  await start(newer, { workerId: 'new' });
  expect(await stored()).toBe(newer);
});

it('F1 F2 an older worker that wakes up late writes nothing, gets nothing, and is told', async () => {
  await publishWorkflow(postgres.url, 'w', drawWorkflow({ start: { type: 'start' }, done: { type: 'end' } }, ['start -> done']));
  const frozen = store(older);
  const [owned] = await frozen.leases.claim('frozen', [5], 1, false);
  await frozen.leases.survey('frozen', 'h', 1);
  await eventually('the lease runs out', async () => (await leasedTo()).length === 0 || undefined);
  // Nobody has taken the partition: its epoch is still the frozen worker's, and only raising the format fences it off.
  await store(newer).admit({ alone: false, patienceMs: 0 });
  const item = {
    instanceId: instanceId('i'),
    partition: 5,
    epoch: owned?.epoch ?? -1,
    executionId: 'x',
    baseSeq: 0,
    seq: 0,
    events: [],
    row: { status: 'Running', customStatus: null, whereabouts: null, runningActivities: 0, at: 0, final: false, migrations: null },
    create: { workflow: 'w', version: 1, tags: [], startedBy: 't', parent: null, replace: [] },
    checkpoint: null,
    timersSet: [],
    timersCleared: [],
    messagesOut: [],
    messagesConsumed: [],
    messagesRefused: [],
    tasksOpened: [],
    tasksChanged: [],
    tasksClosed: [],
  } as const;
  expect(await frozen.commit([item])).toEqual(['lost-partition']);
  expect(await frozen.leases.claim('frozen', [5], 1_000, false)).toEqual([]);
  expect(await frozen.leases.claim('frozen', [5], 1_000, true)).toEqual([]);
  await expect(frozen.leases.survey('frozen', 'h', 1)).rejects.toBeInstanceOf(Superseded);
});

it('F1 an older worker under which the number was raised gives everything up and says why', async () => {
  let reason = '';
  const old = await start(older, { workerId: 'old', onSuperseded: (why) => (reason = why) });
  await store(newer).admit({ alone: true, patienceMs: 0 });
  await eventually('it is told', () => reason || undefined);
  expect(reason).toMatch(/newer version/);
  expect(old.health().partitionsOwned).toBe(0);
  await eventually('its leases run out', async () => (await leasedTo()).length === 0 || undefined);
});

it('a worker under which a backup was restored gives everything up and says why', async () => {
  let reason = '';
  const worker = await start(older, { onSuperseded: (why) => (reason = why) });
  await database.query(`UPDATE setting SET value = to_jsonb(gen_random_uuid()::text) WHERE key = 'incarnation'`);
  await eventually('it is told', () => reason || undefined);
  expect(reason).toMatch(/backup was restored/);
  expect(worker.health().partitionsOwned).toBe(0);
});

it('F1 F2 however claims and the raising of the number meet, no older worker holds a lease afterwards', async () => {
  for (let round = 0; round < 25; round += 1) {
    await database.query(`UPDATE setting SET value = to_jsonb($1::int) WHERE key = 'writer'`, [older]);
    await database.query(`UPDATE "partition" SET owner = NULL, lease_until = now()`);
    const [old, next] = [store(older), store(newer)];
    const ids = [...Array(64).keys()];
    const [raised] = await Promise.allSettled([
      next.admit({ alone: false, patienceMs: 0 }),
      ...Array.from({ length: 4 }, (_, i) => old.leases.claim('old', ids.slice(i * 16, i * 16 + 16), 60_000, false)),
    ]);
    const owners = await leasedTo();
    if (raised.status === 'fulfilled') expect([await stored(), owners]).toEqual([newer, []]);
    else expect([await stored(), owners]).toEqual([older, ['old']]);
    await old.close();
    await next.close();
    undo.splice(-2);
  }
});
