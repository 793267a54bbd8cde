import { executionId, instanceId, type HistoryEvent, type InstanceId } from '@perdure/engine';
import { drawWorkflow, eventually, publishWorkflow } from '@perdure/testing';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openInstallation, type Installation } from './installation-fixture.ts';
import { Intake } from './intake.ts';
import { partitionOf } from './partition-of.ts';
import type { AcceptedStart, MessageBody } from './ports/durable-store.ts';
import { PostgresStore } from './postgres/postgres-store.ts';
import { RedisHotStore } from './redis/redis-hot-store.ts';
import type { Runtime, SendResult } from './runtime.ts';

let installation: Installation;
let store: PostgresStore;

beforeAll(async () => {
  installation = await openInstallation();
  store = new PostgresStore({ url: installation.databaseUrl });
  await publishWorkflow(installation.databaseUrl, 'waiter', waiter);
  await publishWorkflow(installation.databaseUrl, 'nul', nul);
});

afterEach(async () => {
  await installation.stopAll();
});

afterAll(async () => {
  await store.close();
  await installation.close();
});

const waiter = drawWorkflow(
  {
    start: { type: 'start' },
    wait: { type: 'event', config: { name: 'go' } },
    done: { type: 'end', config: { value: { expr: 'steps.wait.output' } } },
  },
  ['start -> wait', 'wait -> done'],
);

const nul = drawWorkflow(
  {
    start: { type: 'start' },
    build: { type: 'transform', config: { value: { expr: '{ "text": "a\\u0000b" }' } } },
    done: { type: 'end', config: { value: { expr: 'steps.build.output' } } },
  },
  ['start -> build', 'build -> done'],
);

const start = (runtime: Runtime, workflow: string, id: string) =>
  runtime.start({ workflow, version: null, input: {}, startedBy: 'test', instanceId: instanceId(id) });
const go = { type: 'RaiseEvent', id: 'e', name: 'go', data: 1, by: 'test' } as const;

async function status(id: string): Promise<string | undefined> {
  return (await installation.database.query<{ status: string }>('SELECT status FROM instance WHERE id = $1', [id])).rows[0]?.status;
}

const noMessageIsLeft = () =>
  eventually('no message is left', async () => (await installation.database.query('SELECT 1 FROM message')).rows.length === 0 || undefined);

const endsAs = (id: string, wanted: string) => eventually(`${id} is ${wanted}`, async () => (await status(id)) === wanted || undefined);

async function history(id: InstanceId): Promise<HistoryEvent[]> {
  return store.historyAfter(id, 0, 100);
}

/** Holds what the statement locks until the answer is called. */
async function lock(statement: string): Promise<() => Promise<void>> {
  const client = await installation.database.connect();
  await client.query('BEGIN');
  await client.query(statement);
  return async () => {
    await client.query('COMMIT');
    client.release();
  };
}

const message = (to: string, messageId: string, body: MessageBody) => ({
  partition: partitionOf(to, 64),
  instanceId: instanceId(to),
  messageId,
  body,
});

describe('a worker reads an instance back', () => {
  it.each([
    [
      'another execution at the same seq',
      (events: HistoryEvent[]) =>
        JSON.stringify(events.map((event) => (event.type === 'ExecutionStarted' ? { ...event, executionId: 'another' } : event))),
    ],
    ['a gap', (events: HistoryEvent[]) => JSON.stringify(events.slice(0, 1))],
    ['nonsense', () => '[{"seq":1,"type":"TaskCompleted"}]'],
    ['no JSON', () => '['],
  ])('from the history when the hot store holds %s', async (what, damaged) => {
    const runtime = await installation.start({ residentLimit: 0 });
    const id = instanceId(`hot ${what}`);
    const tailKey = `perdure:{${await store.incarnation()}}:t:${id}`;
    await start(runtime, 'waiter', id);
    const events = await history(id);
    const hot = new RedisHotStore(installation.redisUrl, await store.incarnation());
    await hot.ready();
    await eventually('it is in the hot store', async () => (await hot.load([id])).get(id));
    const admin = new Redis(installation.redisUrl);
    await admin.multi().del(tailKey).xadd(tailKey, `${events.length}-0`, 'e', damaged(events)).exec();
    expect((await hot.load([id])).get(id)).toEqual({ seq: events.length, checkpoint: null, tail: [damaged(events)] });
    admin.disconnect();
    await hot.close();
    expect(await runtime.send(id, go)).toEqual({ ok: true });
    await endsAs(id, 'Completed');
  });

  it('and one that cannot be read answers its senders and keeps nobody else waiting', async () => {
    const runtime = await installation.start({ residentLimit: 0 });
    await publishWorkflow(installation.databaseUrl, 'broken', { formatVersion: 1, nodes: [], edges: [] });
    await start(runtime, 'waiter', 'fine');
    for (const id of ['bad-version', 'bad-history']) {
      await installation.database.query(
        `INSERT INTO instance (id, partition, execution_id, workflow_key, version, status, seq, started_by) VALUES ($1, $2, 'x', $3, 1, 'Running', 3, 'test')`,
        [id, partitionOf(id, 64), id === 'bad-version' ? 'broken' : 'waiter'],
      );
      if (id === 'bad-version')
        await installation.database.query(
          `INSERT INTO history_event SELECT $1, seq, type, at, data FROM history_event WHERE instance_id = 'fine'`,
          [id],
        );
    }
    const answers = await Promise.all(['bad-version', 'fine', 'bad-history'].map((id) => runtime.send(instanceId(id), go)));
    expect(answers).toMatchObject([{ ok: false, code: 'unavailable' }, { ok: true }, { ok: false, code: 'unavailable' }]);
    await endsAs('fine', 'Completed');
    await installation.database.query(`DELETE FROM instance WHERE id LIKE 'bad-%'`);
  });

  it('once, however many commands arrive while its plan is read', async () => {
    const first = await installation.start();
    const ids = Array.from({ length: 30 }, (_, i) => `cold-${i}`);
    await Promise.all(ids.map((id) => start(first, 'waiter', id)));
    await installation.stop(first);
    const troubles: string[] = [];
    const second = await installation.start({ onTrouble: (where, error) => troubles.push(`${where}: ${error.message}`) });
    const unlock = await lock('LOCK TABLE workflow_version IN ACCESS EXCLUSIVE MODE');
    const sends: Promise<SendResult>[] = [];
    for (let i = 0; i < 4; i += 1) {
      for (const id of ids) sends.push(second.send(instanceId(id), { ...go, name: 'other', id: `${i}` }));
      await new Promise((resume) => setTimeout(resume, 50));
    }
    await unlock();
    expect((await Promise.all(sends)).filter(({ ok }) => !ok)).toEqual([]);
    expect(troubles).toEqual([]);
    for (const id of ids) expect((await history(instanceId(id))).filter(({ type }) => type === 'EventRaised')).toHaveLength(4);
  });
});

describe('messages', () => {
  it('a cancellation fetched together with its child’s start cancels the child', async () => {
    await installation.start();
    // What reads the child's version waits; its cancellation needs none.
    const unlock = await lock('LOCK TABLE workflow, workflow_version IN ACCESS EXCLUSIVE MODE');
    const child: MessageBody = { type: 'StartChild', workflow: 'waiter', version: null, input: null, parent: null, tags: [] };
    await store.accept(
      [],
      [message('child-1', 'start:child-1', child), message('child-1', 'cancel:child-1', { type: 'Cancel', reason: 'changed my mind' })],
    );
    await new Promise((resume) => setTimeout(resume, 1_500));
    await unlock();
    await endsAs('child-1', 'Canceled');
    expect(await noMessageIsLeft()).toBe(true);
  });

  it('what is told to an instance that never was or has ended goes away', async () => {
    await installation.start();
    await store.accept(
      [],
      [
        message('nobody', 'cancel:nobody', { type: 'Cancel', reason: '' }),
        message('child-1', 'cancel:again', { type: 'Cancel', reason: '' }),
      ],
    );
    expect(await noMessageIsLeft()).toBe(true);
  });

  it('an event to an instance another process has just accepted waits for its start', async () => {
    const runtime = await installation.start({ mailboxPollMs: 60_000 });
    const id = instanceId('accepted');
    await store.accept([accepted(id)], []);
    expect(await runtime.send(id, go)).toEqual({ ok: true });
    await endsAs(id, 'Completed');
  });

  it('one start with text Postgres refuses does not fail those accepted with it', async () => {
    const intake = new Intake(store);
    const bad = accepted(instanceId('bad-tag'));
    bad.creation.tags = ['nul \0'];
    const answers = await Promise.allSettled([
      intake.start(accepted(instanceId('good-1'))),
      intake.start(bad),
      intake.start(accepted(instanceId('good-2'))),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});

function accepted(id: InstanceId): AcceptedStart & { creation: { tags: string[] } } {
  const execution = executionId(`x-${id}`);
  const body: MessageBody = {
    type: 'StartExecution',
    executionId: execution,
    workflow: 'waiter',
    version: 1,
    input: null,
    tags: [],
    startedBy: 'test',
    parent: null,
  };
  return {
    message: message(id, `start:${id}:${execution}`, body),
    executionId: execution,
    creation: { workflow: 'waiter', version: 1, tags: [], startedBy: 'test', parent: null, replace: [] },
  };
}

describe('text that cannot be stored', () => {
  it('is mended in what an expression builds', async () => {
    const runtime = await installation.start();
    await start(runtime, 'nul', 'nul-1');
    await endsAs('nul-1', 'Completed');
    expect(
      (
        await installation.database.query(
          `SELECT data->'output'->>'text' AS text FROM history_event WHERE instance_id = 'nul-1' AND type = 'EndReached'`,
        )
      ).rows,
    ).toEqual([{ text: 'a\uFFFDb' }]);
  });

  it('is mended in names, comments and tags, and refused in an id', async () => {
    const runtime = await installation.start();
    expect(await start(runtime, 'waiter', 'a\0b')).toMatchObject({ ok: false, code: 'input.invalid' });
    expect(
      await runtime.start({
        workflow: 'waiter',
        version: null,
        input: 1,
        startedBy: 'nul \0',
        tags: ['\uD800'],
        instanceId: instanceId('odd'),
      }),
    ).toMatchObject({ ok: true });
    expect(await runtime.send(instanceId('odd'), { ...go, name: 'oth\0er', by: '\0' })).toEqual({ ok: true });
    expect((await installation.database.query(`SELECT started_by, tags FROM instance WHERE id = 'odd'`)).rows).toEqual([
      { started_by: 'nul \uFFFD', tags: ['\uFFFD'] },
    ]);
  });
});
