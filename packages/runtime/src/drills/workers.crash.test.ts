import { instanceId, stepKey } from '@perdure/engine';
import { portId } from '@perdure/graph';
import {
  eventually,
  publishWorkflow,
  startOwnRedis,
  startTestPostgres,
  startTestRedis,
  type OwnRedis,
  type TestPostgres,
  type TestRedis,
} from '@perdure/testing';
import { setup } from '@perdure/testing/vitest-services';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SendResult } from '../runtime.ts';
import { Drill } from './drill.ts';
import { alarm, approval, chain, family, poison } from './drill-workflows.ts';

let postgres: TestPostgres;
let redis: TestRedis;
let drill: Drill;
let stopServers: () => Promise<void>;

/** One Postgres and one Redis for all of them, a database for each. */
beforeAll(async () => {
  stopServers = await setup();
});

afterAll(() => stopServers());

beforeEach(async () => {
  postgres = await startTestPostgres();
  redis = await startTestRedis();
  for (const [key, document] of Object.entries({ chain, family, approval, alarm, poison }))
    await publishWorkflow(postgres.url, key, document);
});

afterEach(async () => {
  await drill.end();
  await postgres.stop();
  await redis.stop();
});

async function startMany(count: number, name: string): Promise<void> {
  for (let i = 0; i < count; i += 10)
    await Promise.all(Array.from({ length: 10 }, (_, j) => drill.start((i + j) % 5 === 0 ? 'family' : 'chain', `${name}-${i + j}`)));
}

/** Waits until about so many instances of a name have ended, so that the fault strikes in the middle of the work. */
async function someEnded(count: number): Promise<void> {
  await eventually(`${count} instances end`, async () => {
    const [row] = await drill.rows<{ n: number }>(`SELECT count(*)::int AS n FROM instance WHERE status = 'Completed'`);
    return (row?.n ?? 0) >= count || undefined;
  });
}

async function expectAllKept(): Promise<void> {
  expect((await drill.invariants()).broken).toEqual({});
  expect(await drill.sideEffects()).toMatchObject({ examples: [] });
  expect(await drill.rows(`SELECT message_id FROM message`)).toEqual([]);
}

describe('workers under faults', { timeout: 90_000 }, () => {
  it('share partitions; when one is killed under load the other owns all within 15 s and everything completes', async () => {
    drill = await Drill.begin(postgres.url, redis.url);
    const [survivor, victim] = [await drill.worker(), await drill.worker()];
    await drill.shares([32, 32]);
    const load = startMany(200, 'kill');
    await someEnded(30);
    await drill.kill(victim);
    await drill.shares([64]);
    await load;
    expect(await drill.allEnded()).toEqual({ Completed: 240 });
    await expectAllKept();
    const { duplicates, executions } = await drill.sideEffects();
    expect(duplicates).toBeLessThanOrEqual(drill.inFlight());
    expect(drill.inFlight()).toBeLessThan(executions / 2);
    expect(survivor.isGone).toBe(false);
  });

  it('a worker that was frozen past its lease stores nothing under its old epoch', async () => {
    drill = await Drill.begin(postgres.url, redis.url);
    const [, zombie] = [await drill.worker(), await drill.worker()];
    await drill.shares([32, 32]);
    const load = startMany(150, 'zombie');
    await someEnded(20);
    drill.struck.add(zombie.pid);
    zombie.freeze();
    await drill.shares([64]);
    zombie.thaw();
    await load;
    expect(await drill.allEnded()).toEqual({ Completed: 180 });
    // It is one of the workers again.
    await drill.shares([32, 32]);
    await expectAllKept();
    expect(new Set(drill.commits().map(({ pid }) => pid)).size).toBe(2);
  });

  it('a worker stopped cleanly hands over at once, and no execution is repeated', async () => {
    drill = await Drill.begin(postgres.url, redis.url);
    const [, leaving] = [await drill.worker(), await drill.worker()];
    await drill.shares([32, 32]);
    const load = startMany(100, 'stop');
    await someEnded(10);
    await leaving.stop();
    await load;
    expect(await drill.allEnded()).toEqual({ Completed: 120 });
    await expectAllKept();
    expect((await drill.sideEffects()).duplicates).toBe(0);
  });

  it('1,000 timers due in one second: none early, none lost', async () => {
    drill = await Drill.begin(postgres.url, redis.url);
    await drill.worker();
    await drill.shares([64]);
    const [clock] = await drill.rows<{ now: string }>('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now');
    const due = Math.floor(Number(clock?.now)) + 8_000;
    for (let i = 0; i < 1_000; i += 100)
      await Promise.all(
        Array.from({ length: 100 }, (_, j) =>
          drill.start('alarm', `alarm-${i + j}`, { at: new Date(due + ((i + j) % 1_000)).toISOString() }),
        ),
      );
    await eventually(
      'all sleep',
      async () => (await drill.rows<{ n: number }>('SELECT count(*)::int AS n FROM timer'))[0]?.n === 1_000 || undefined,
    );
    expect(await drill.allEnded()).toEqual({ Completed: 1_000 });
    const [fired] = await drill.rows(
      `SELECT count(*)::int AS n, count(*) FILTER (WHERE f.at < to_timestamp((c.data->>'fireAt')::float8 / 1000))::int AS early
       FROM history_event c JOIN history_event f ON f.instance_id = c.instance_id AND f.type = 'TimerFired' WHERE c.type = 'TimerCreated'`,
    );
    expect(fired).toEqual({ n: 1_000, early: 0 });
    await expectAllKept();
  });

  it('of 20 racing approvers, over two processes, one decides each of 20 tasks', async () => {
    drill = await Drill.begin(postgres.url, redis.url);
    const workers = [await drill.worker(), await drill.worker()];
    await drill.shares([32, 32]);
    const tasks = Array.from({ length: 20 }, (_, i) => `task-${i}`);
    await Promise.all(tasks.map((id) => drill.start('approval', id)));
    await eventually(
      'all ask',
      async () => (await drill.rows<{ n: number }>(`SELECT count(*)::int AS n FROM human_task`))[0]?.n === 20 || undefined,
    );
    const winners: { instanceId: string; decidedBy: string }[] = [];
    await Promise.all(
      tasks.map(async (id) => {
        const results = await Promise.all(
          Array.from({ length: 20 }, async (_, i) => {
            const by = `user-${i}`;
            const outcome = portId(i % 2 === 0 ? 'approved' : 'rejected');
            const command = { type: 'DecideHumanTask' as const, step: stepKey('ask#1'), outcome, data: null, comment: null, by };
            const result = await workers[i % 2]?.ask<SendResult>({ send: [instanceId(id), command] });
            return { by, result };
          }),
        );
        const decided = results.filter(({ result }) => result?.ok);
        expect(decided).toHaveLength(1);
        for (const { result } of results)
          if (result?.ok === false) expect(['task.already-decided', 'task.gone', 'instance.finished']).toContain(result.code);
        winners.push({ instanceId: id, decidedBy: decided[0]?.by ?? '' });
      }),
    );
    expect(await drill.allEnded()).toEqual({ Completed: 20 });
    expect((await drill.invariants({ acknowledged: winners })).broken).toEqual({});
  });

  it('an activity that kills its process is quarantined after 5 claims, and others go on', async () => {
    drill = await Drill.begin(postgres.url, redis.url);
    let deaths = 0;
    let worker = await drill.worker({ options: { force: true } });
    await drill.start('poison', 'poison-1');
    await Promise.all(Array.from({ length: 10 }, (_, i) => drill.start('chain', `beside-${i}`)));
    await eventually(
      'the poison is quarantined',
      async () => {
        if (worker.isGone) {
          drill.struck.add(worker.pid);
          deaths += 1;
          if (deaths > 8) throw new Error('It kills worker after worker.');
          worker = await drill.worker({ options: { force: true } });
        }
        const held = await drill.rows(`SELECT 1 FROM history_event WHERE instance_id = 'poison-1' AND type = 'TaskQuarantined'`);
        return held.length > 0 || undefined;
      },
      60_000,
    );
    const command = { type: 'GiveUpTask', step: stepKey('work#1'), reason: '', by: 'ann' } as const;
    await eventually('it is given up', async () => (await drill.api.send(instanceId('poison-1'), command)).ok || undefined);
    expect(deaths).toBe(5);
    expect(await drill.allEnded()).toEqual({ Completed: 10, Failed: 1 });
    expect(
      await drill.rows(`SELECT data->'failure'->>'code' AS code FROM history_event WHERE instance_id = 'poison-1' AND type = 'TaskFailed'`),
    ).toEqual([{ code: 'Quarantined' }]);
    expect((await drill.invariants()).broken).toEqual({});
    expect(drill.effects().filter(({ key }) => key.startsWith('poison-1'))).toHaveLength(5);
  });
});

describe('a hot store under faults', { timeout: 90_000 }, () => {
  let own: OwnRedis;

  beforeEach(async () => {
    own = await startOwnRedis();
  });

  afterEach(async () => {
    await own.stop();
  });

  it('wiped, killed and restarted under load: nothing is lost', async () => {
    drill = await Drill.begin(postgres.url, own.url);
    // Nothing stays in memory: every turn reads its instance back.
    await drill.worker({ options: { residentLimit: 0 } });
    await drill.worker({ options: { residentLimit: 0 } });
    await drill.shares([32, 32]);
    const admin = new Redis(own.url, { retryStrategy: () => 100 });
    admin.on('error', () => undefined);
    const load = startMany(200, 'redis');
    for (const count of [20, 40, 60]) {
      await someEnded(count);
      await admin.flushall();
    }
    await someEnded(90);
    process.kill(own.pid, 'SIGKILL');
    await someEnded(120);
    await own.restart();
    await load;
    expect(await drill.allEnded()).toEqual({ Completed: 240 });
    await expectAllKept();
    admin.disconnect();
  });
});
