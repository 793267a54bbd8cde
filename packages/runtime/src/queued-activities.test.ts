import { instanceId } from '@perdure/engine';
import { drawWorkflow, eventually, publishWorkflow } from '@perdure/testing';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Activity, ActivityJob } from './activity-runner.ts';
import { openInstallation, type Installation } from './installation-fixture.ts';
import type { Runtime } from './runtime.ts';

let installation: Installation;
let admin: Redis;
let stream = '';
/** Instances whose step was begun, by which worker. */
let begun: string[] = [];
/** By instance and worker: lets it end. */
const ends = new Map<string, () => void>();

beforeAll(async () => {
  installation = await openInstallation();
  admin = new Redis(installation.redisUrl);
  await publishWorkflow(
    installation.databaseUrl,
    'far',
    drawWorkflow(
      {
        start: { type: 'start' },
        work: { type: 'http', config: { method: 'GET', url: 'https://test/', queue: 'far' } },
        done: { type: 'end' },
      },
      ['start -> work', 'work -> done'],
    ),
  );
  const { rows } = await installation.database.query<{ value: string }>(`SELECT value FROM setting WHERE key = 'incarnation'`);
  stream = `perdure:{${rows[0]?.value ?? ''}}:q:far`;
});

afterEach(async () => {
  for (const end of ends.values()) end();
  await installation.stopAll();
  begun = [];
  ends.clear();
});

afterAll(async () => {
  admin.disconnect();
  await installation.close();
});

/** Looks after no lease while a test lasts. */
const never = 600_000;

/** A worker that runs one queued step at a time, and has all partitions, as after a crash of the one before. */
async function worker(name: string): Promise<Runtime> {
  const activity: Activity = {
    name: 'http',
    run: (_, { instanceId: id }) => {
      begun.push(`${id} by ${name}`);
      return new Promise((end) => ends.set(`${id} by ${name}`, () => end({ ok: true, output: null })));
    },
  };
  return installation.start({ activities: [activity], force: true, queueConcurrency: 1, leaseMs: never, renewEveryMs: never });
}

const start = (runtime: Runtime, id: string) =>
  runtime.start({ workflow: 'far', version: null, input: {}, startedBy: 'test', instanceId: instanceId(id) });

const begins = (what: string) => eventually(`${what} is begun`, () => begun.includes(what) || undefined);

const completes = (id: string) =>
  eventually(`${id} completes`, async () => {
    const { rows } = await installation.database.query<{ status: string }>('SELECT status FROM instance WHERE id = $1', [id]);
    return rows[0]?.status === 'Completed' || undefined;
  });

/** What is in the queue, oldest first. */
async function entries(): Promise<string[]> {
  const found = await admin.xrange(stream, '-', '+');
  return found.map(([, fields]) => (JSON.parse(fields[1] ?? '') as ActivityJob).instanceId);
}

const queueHolds = (...ids: string[]) =>
  eventually(`the queue holds ${ids.join(', ')}`, async () => (await entries()).join() === ids.join() || undefined);

it('begins once what waited in the queue when its owner vanished', async () => {
  const vanished = await worker('vanished');
  await start(vanished, 'a');
  await begins('a by vanished');
  for (const id of ['b', 'c']) await start(vanished, id);
  await queueHolds('a', 'b', 'c');
  await worker('heir');
  // Nothing else is left of the first entry of "a".
  await eventually(
    'what was begun is handed in anew',
    async () => ((await entries()).toSorted().join() === 'a,b,c' && (await entries())[0] !== 'a') || undefined,
  );
  for (const id of ['b', 'c']) {
    await begins(`${id} by heir`);
    ends.get(`${id} by heir`)?.();
    await completes(id);
  }
  await begins('a by heir');
  ends.get('a by heir')?.();
  await completes('a');
  await queueHolds();
  expect(begun.toSorted()).toEqual(['a by heir', 'a by vanished', 'b by heir', 'c by heir']);
});

it('does not begin what comes round again after its outcome was stored', async () => {
  const runtime = await worker('one');
  await start(runtime, 'told');
  await begins('told by one');
  // As if it had been begun by a worker that stored its outcome and vanished before it said so: an entry long in the hands of nobody.
  const [, fields = []] = (await admin.xrange(stream, '-', '+'))[0] ?? [];
  const id = (await admin.xadd(stream, '*', ...fields)) ?? '';
  await admin.xreadgroup('GROUP', 'workers', 'gone', 'COUNT', 1, 'STREAMS', stream, '>');
  await admin.call('XCLAIM', stream, 'workers', 'gone', '0', id, 'IDLE', '60000');
  ends.get('told by one')?.();
  await completes('told');
  await queueHolds();
  expect(begun).toEqual(['told by one']);
});
