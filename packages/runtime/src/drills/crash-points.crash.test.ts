import { instanceId, stepKey, type HistoryEvent } from '@perdure/engine';
import { portId } from '@perdure/graph';
import {
  eventually,
  publishWorkflow,
  startTestPostgres,
  startTestRedis,
  type TestPostgres,
  type TestRedis,
  type WorkerProcess,
} from '@perdure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Drill } from './drill.ts';
import { orderApproval } from './drill-workflows.ts';
import type { CrashPoint } from './worker-program.ts';

let postgres: TestPostgres;
let redis: TestRedis;
let drill: Drill;

beforeAll(async () => {
  postgres = await startTestPostgres();
  redis = await startTestRedis();
  await publishWorkflow(postgres.url, 'order-approval', orderApproval);
  drill = await Drill.begin(postgres.url, redis.url);
});

afterAll(async () => {
  await drill.end();
  await redis.stop();
  await postgres.stop();
});

/** A new worker takes over at once, as after a restart of the embedded installation. */
const restart = (): Promise<WorkerProcess> => drill.worker({ options: { force: true } });

/** Starts an instance and approves it, as often as it takes: the worker may die at any moment. */
async function runToTheEnd(id: string, worker: () => Promise<void>): Promise<void> {
  const started = drill.start('order-approval', id);
  await until(id, 'is started', async () => (await drill.rows('SELECT 1 FROM instance WHERE id = $1', [id])).length > 0, worker);
  await started;
  await until(id, 'asks', async () => (await drill.rows('SELECT 1 FROM human_task WHERE instance_id = $1', [id])).length > 0, worker);
  const command = {
    type: 'DecideHumanTask' as const,
    step: stepKey('ask#1'),
    outcome: portId('approved'),
    data: null,
    comment: null,
    by: 'ann',
  };
  const decided = drill.api.send(instanceId(id), command);
  await until(
    id,
    'ends',
    async () => (await drill.rows(`SELECT 1 FROM instance WHERE id = $1 AND status = 'Completed'`, [id])).length > 0,
    worker,
  );
  expect(await decided).toEqual({ ok: true });
}

function until(id: string, what: string, look: () => Promise<boolean>, worker: () => Promise<void>): Promise<true> {
  return eventually(`${id} ${what}`, async () => {
    await worker();
    return (await look()) || undefined;
  });
}

async function history(id: string): Promise<HistoryEvent[]> {
  const rows = await drill.rows<{ seq: number; type: string; data: object }>(
    'SELECT seq, type, data FROM history_event WHERE instance_id = $1 ORDER BY seq',
    [id],
  );
  return rows.map(({ seq, type, data }) => ({ ...data, seq, at: 0, type }) as HistoryEvent);
}

/** What must be the same with and without crashes: per step the events in order with what they say; branches may interleave as they like. */
function story(events: readonly HistoryEvent[]): Record<string, unknown[]> {
  const told: Record<string, unknown[]> = {};
  for (const event of events) {
    const { seq: _seq, at: _at, type, ...rest } = event;
    const data = { ...rest } as Record<string, unknown>;
    for (const own of ['fireAt', 'executionId', 'task', 'dueAt']) delete data[own];
    const place = 'step' in event ? event.step : 'via' in event ? `${event.node} by ${event.via}` : 'instance';
    (told[place] ??= []).push({ type, ...data });
  }
  return told;
}

describe('a worker that dies between any two steps', { timeout: 180_000 }, () => {
  it('leaves the result and the history as if it had not', async () => {
    let worker = await restart();
    await runToTheEnd('calm', async () => {});
    const calm = story(await history('calm'));
    const commits = drill.commits().filter((line) => line.instanceId === 'calm').length;
    const activities = drill.effects().length;
    expect(activities).toBe(5);

    const points: Omit<CrashPoint, 'instanceId'>[] = [
      ...Array.from({ length: commits }, (_, i) => [
        { at: 'before commit', nth: i + 1 } as const,
        { at: 'after commit', nth: i + 1 } as const,
      ]).flat(),
      ...Array.from({ length: activities }, (_, i) => ({ at: 'in activity', nth: i + 1 }) as const),
    ];
    const struckAt = new Set<string>();
    let id = '';
    const replaceDead = async (): Promise<void> => {
      if (!worker.isGone) return;
      drill.struck.add(worker.pid);
      struckAt.add(id);
      worker = await restart();
    };
    for (const point of points) {
      id = `${point.at.replace(' ', '-')}-${point.nth}`;
      await worker.ask({ crash: { ...point, instanceId: id } satisfies CrashPoint });
      await runToTheEnd(id, replaceDead);
      // It may die of its very last commit, when the instance has ended already.
      await worker.ask({ crash: { ...point, instanceId: 'nobody' } satisfies CrashPoint }).catch(() => worker.ended);
      await replaceDead();
      const events = await history(id);
      expect(story(events), `crashed ${id}`).toEqual(calm);
      expect(events).toHaveLength(Object.values(calm).flat().length);
    }
    // Two branches may share a commit, so the last few points are not always reached.
    expect(struckAt.size).toBeGreaterThanOrEqual(20);
    expect((await drill.invariants()).broken).toEqual({});
    expect(await drill.sideEffects()).toMatchObject({ examples: [] });
    expect((await drill.sideEffects()).duplicates).toBeLessThanOrEqual(drill.inFlight());
  });
});
