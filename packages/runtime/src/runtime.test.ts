import { drawWorkflow, publishWorkflow } from '@perdure/testing';
import { childInstanceId, executionId, instanceId, stepKey, type InstanceId } from '@perdure/engine';
import { portId } from '@perdure/graph';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Activity } from './activity-runner.ts';
import type { RuntimeOptions } from './create-runtime.ts';
import { openInstallation, type Installation } from './installation-fixture.ts';
import type { Runtime } from './runtime.ts';

let installation: Installation;

beforeAll(async () => {
  installation = await openInstallation();
});

afterEach(async () => {
  await installation.stopAll();
});

afterAll(async () => {
  await installation.close();
});

const calls: { key: string; attempt: number; input: unknown }[] = [];
let failures = 0;

/** Stands for HTTP: answers with its URL, or fails while `failures` lasts. */
const http: Activity = {
  name: 'http',
  async run(input, { key, attempt }) {
    calls.push({ key, attempt, input });
    if (failures > 0) {
      failures -= 1;
      return { ok: false, failure: { code: 'HttpStatus.503', message: '503 Service Unavailable' } };
    }
    return { ok: true, output: { status: 200, body: (input as { url: string }).url } };
  },
};

const startRuntime = (options: Partial<RuntimeOptions> = {}): Promise<Runtime> =>
  installation.start({ activities: [http], onTrouble: (where, error) => console.error(where, error), ...options });

interface Row {
  status: string;
  seq: number;
  output: unknown;
}

async function row(id: InstanceId): Promise<Row | undefined> {
  const { rows } = await installation.database.query<Row>(
    `SELECT i.status, i.seq, h.data->'output' AS output FROM instance i LEFT JOIN history_event h ON h.instance_id = i.id AND h.seq = i.seq WHERE i.id = $1`,
    [id],
  );
  return rows[0];
}

async function finished(id: InstanceId): Promise<Row> {
  return eventually(async () => {
    const found = await row(id);
    return found !== undefined && ['Completed', 'Failed', 'Terminated', 'Canceled'].includes(found.status) ? found : undefined;
  });
}

async function eventually<T>(look: () => Promise<T | undefined>, withinMs = 15_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error('It did not happen in time.');
    await new Promise((resume) => setTimeout(resume, 20));
  }
}

const chain = drawWorkflow(
  {
    start: { type: 'start' },
    first: {
      type: 'http',
      config: { method: 'GET', url: { expr: '"https://a.test/" & input.name' } },
      retry: { firstRetryInterval: '50ms', maxNumberOfAttempts: 3 },
    },
    second: { type: 'http', config: { method: 'GET', url: { expr: 'steps.first.output.body & "/2"' } } },
    done: { type: 'end', config: { value: { expr: 'steps.second.output.body' } } },
  },
  ['start -> first', 'first -> second', 'second -> done'],
);

describe('a runtime on Postgres and Redis', () => {
  it('runs a chain of activities to completion, each result recorded once', async () => {
    await publishWorkflow(installation.databaseUrl, 'chain', chain);
    const runtime = await startRuntime();
    const started = await runtime.start({
      workflow: 'chain',
      version: null,
      input: { name: 'x' },
      startedBy: 'test',
      instanceId: instanceId('chain-1'),
    });
    expect(started).toMatchObject({ ok: true, instanceId: 'chain-1' });
    expect(await finished(instanceId('chain-1'))).toMatchObject({ status: 'Completed', output: 'https://a.test/x/2' });
    const { rows } = await installation.database.query(`SELECT seq, type FROM history_event WHERE instance_id = 'chain-1' ORDER BY seq`);
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1));
    expect(rows.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskScheduled',
      'TaskCompleted',
      'TaskScheduled',
      'TaskCompleted',
      'EndReached',
      'ExecutionCompleted',
    ]);
  });

  it('retries by its policy and keeps the activity key over attempts', async () => {
    await publishWorkflow(installation.databaseUrl, 'chain', chain);
    const runtime = await startRuntime();
    failures = 2;
    calls.length = 0;
    await runtime.start({ workflow: 'chain', version: null, input: { name: 'r' }, startedBy: 'test', instanceId: instanceId('retry-1') });
    expect(await finished(instanceId('retry-1'))).toMatchObject({ status: 'Completed' });
    const first = calls.filter(({ key }) => key.endsWith('/first#1'));
    expect(first.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(first.map(({ key }) => key)).size).toBe(1);
    const { rows } = await installation.database.query(`SELECT count(*)::int AS n FROM timer WHERE instance_id = 'retry-1'`);
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('refuses a second live instance with the same id, also when both start at once', async () => {
    await publishWorkflow(installation.databaseUrl, 'waiter', waiter);
    const runtime = await startRuntime();
    const results = await Promise.all(
      [1, 2, 3].map(() =>
        runtime.start({ workflow: 'waiter', version: null, input: {}, startedBy: 'test', instanceId: instanceId('twice') }),
      ),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(results.filter((result) => !result.ok && result.code === 'instance.exists')).toHaveLength(2);
    const later = await runtime.start({
      workflow: 'waiter',
      version: null,
      input: {},
      startedBy: 'test',
      instanceId: instanceId('twice'),
      replace: ['Completed'],
    });
    expect(later).toMatchObject({ ok: false, code: 'instance.exists' });
    expect(await runtime.send(instanceId('twice'), { type: 'RaiseEvent', id: '1', name: 'GO', data: 5, by: 'test' })).toEqual({ ok: true });
    await finished(instanceId('twice'));
    const replaced = await runtime.start({
      workflow: 'waiter',
      version: null,
      input: {},
      startedBy: 'test',
      instanceId: instanceId('twice'),
      replace: ['Completed'],
    });
    expect(replaced).toMatchObject({ ok: true });
    expect(await row(instanceId('twice'))).toMatchObject({ status: 'Running' });
  });

  it('wakes a sleeper on an event, and answers an event to a finished instance', async () => {
    await publishWorkflow(installation.databaseUrl, 'waiter', waiter);
    const runtime = await startRuntime({ residentLimit: 0 });
    const id = instanceId('sleeper');
    await runtime.start({ workflow: 'waiter', version: null, input: {}, startedBy: 'test', instanceId: id });
    expect(await row(id)).toMatchObject({ status: 'Running' });
    expect((await runtime.eventsAfter(id, 0, 10)).map(({ type }) => type)).toEqual(['ExecutionStarted', 'EventAwaited']);
    expect((await runtime.eventsAfter(id, 1, 10)).map(({ seq }) => seq)).toEqual([2]);
    expect(runtime.health().residentInstances).toBe(0);
    expect(await runtime.send(id, { type: 'RaiseEvent', id: '1', name: 'Go', data: { n: 1 }, by: 'test' })).toEqual({ ok: true });
    expect(await finished(id)).toMatchObject({ status: 'Completed', output: { n: 1 } });
    expect(await runtime.send(id, { type: 'RaiseEvent', id: '2', name: 'Go', data: 1, by: 'test' })).toMatchObject({
      ok: false,
      code: 'instance.finished',
    });
    expect(await runtime.send(instanceId('nobody'), { type: 'RaiseEvent', id: '2', name: 'Go', data: 1, by: 'test' })).toMatchObject({
      code: 'instance.unknown',
    });
  });

  it('fires timers, not before their moment by the database clock', async () => {
    await publishWorkflow(installation.databaseUrl, 'timer', timer);
    const runtime = await startRuntime();
    const ids = Array.from({ length: 50 }, (_, i) => instanceId(`timer-${i}`));
    await Promise.all(ids.map((id) => runtime.start({ workflow: 'timer', version: null, input: {}, startedBy: 'test', instanceId: id })));
    await Promise.all(ids.map(finished));
    const { rows } = await installation.database.query(
      `SELECT count(*)::int AS early FROM history_event c JOIN history_event f ON f.instance_id = c.instance_id AND f.type = 'TimerFired'
       WHERE c.type = 'TimerCreated' AND c.instance_id LIKE 'timer-%' AND f.at < to_timestamp((c.data->>'fireAt')::float8 / 1000)`,
    );
    expect(rows).toEqual([{ early: 0 }]);
  });

  it('decides a human task once, whoever races', async () => {
    await publishWorkflow(installation.databaseUrl, 'approval', approval);
    const runtime = await startRuntime();
    const id = instanceId('approval-1');
    await runtime.start({ workflow: 'approval', version: null, input: { order: 7 }, startedBy: 'test', instanceId: id });
    const open = await eventually(
      async () =>
        (await installation.database.query(`SELECT title, status, outcomes FROM human_task WHERE instance_id = $1`, [id])).rows[0],
    );
    expect(open).toMatchObject({ title: 'Approve 7', status: 'open' });
    const decide = (by: string, outcome: string) =>
      runtime.send(id, { type: 'DecideHumanTask', step: stepKey('ask#1'), outcome: portId(outcome), data: null, comment: null, by });
    expect(await decide('ann', 'maybe')).toMatchObject({ ok: false, code: 'task.unknown-outcome' });
    const results = await Promise.all(Array.from({ length: 20 }, (_, i) => decide(`user-${i}`, i % 2 === 0 ? 'approved' : 'rejected')));
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await finished(id)).toMatchObject({ status: 'Completed' });
    const { rows } = await installation.database.query(`SELECT status, decided_by FROM human_task WHERE instance_id = $1`, [id]);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ status: 'decided' });
  });

  it('says in lists why an instance was terminated', async () => {
    await publishWorkflow(installation.databaseUrl, 'waiter', waiter);
    const runtime = await startRuntime();
    const id = instanceId('terminated');
    await runtime.start({ workflow: 'waiter', version: null, input: {}, startedBy: 'test', instanceId: id });
    expect(await runtime.send(id, { type: 'Terminate', reason: 'ordered twice', by: 'ann', recursive: false })).toEqual({ ok: true });
    const { rows } = await installation.database.query(`SELECT status, whereabouts->>'detail' AS why FROM instance WHERE id = $1`, [id]);
    expect(rows).toEqual([{ status: 'Terminated', why: 'ordered twice' }]);
  });

  it('keeps who claimed a task that is decided in the same commit', async () => {
    await publishWorkflow(installation.databaseUrl, 'approval', approval);
    const runtime = await startRuntime();
    const id = instanceId('claimed-and-decided');
    await runtime.start({ workflow: 'approval', version: null, input: { order: 8 }, startedBy: 'test', instanceId: id });
    const step = stepKey('ask#1');
    const results = await Promise.all([
      // The first is in its commit when the two behind it come: they are taken up together.
      runtime.send(id, { type: 'RaiseEvent', id: 'x', name: 'unheard', data: null, by: 'test' }),
      runtime.send(id, { type: 'ClaimHumanTask', step, by: 'ann' }),
      runtime.send(id, { type: 'DecideHumanTask', step, outcome: portId('approved'), data: null, comment: null, by: 'ann' }),
    ]);
    expect(results).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    const { rows } = await installation.database.query(
      `SELECT status, assignee, decided_by, claimed_at IS NOT NULL AS claimed FROM human_task WHERE instance_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ status: 'decided', assignee: 'ann', decided_by: 'ann', claimed: true }]);
  });

  it('fails the step whose sub-workflow finds its id taken by somebody else', async () => {
    await publishWorkflow(installation.databaseUrl, 'waiter', waiter);
    await publishWorkflow(installation.databaseUrl, 'chain', chain);
    await publishWorkflow(installation.databaseUrl, 'late-parent', lateParent);
    const runtime = await startRuntime();
    const id = instanceId('late-parent-1');
    const started = await runtime.start({
      workflow: 'late-parent',
      version: null,
      input: { name: 'p' },
      startedBy: 'test',
      instanceId: id,
    });
    if (!started.ok) throw new Error(started.message);
    const child = childInstanceId(id, executionId(started.executionId), stepKey('child#1'), 1);
    await runtime.start({ workflow: 'waiter', version: null, input: {}, startedBy: 'test', instanceId: child });
    await runtime.send(id, { type: 'RaiseEvent', id: 'go', name: 'go', data: null, by: 'test' });
    expect(await finished(id)).toMatchObject({ status: 'Failed' });
    expect(await row(child)).toMatchObject({ status: 'Running' });
  });

  it('starts sub-workflows and takes their results, and fails the step when there is no such workflow', async () => {
    await publishWorkflow(installation.databaseUrl, 'chain', chain);
    await publishWorkflow(installation.databaseUrl, 'parent', parent('chain'));
    await publishWorkflow(installation.databaseUrl, 'orphan', parent('no-such-workflow'));
    const runtime = await startRuntime();
    await runtime.start({ workflow: 'parent', version: null, input: { name: 'p' }, startedBy: 'test', instanceId: instanceId('parent-1') });
    expect(await finished(instanceId('parent-1'))).toMatchObject({ status: 'Completed', output: 'https://a.test/p/2' });
    await runtime.start({ workflow: 'orphan', version: null, input: {}, startedBy: 'test', instanceId: instanceId('orphan-1') });
    expect(await finished(instanceId('orphan-1'))).toMatchObject({ status: 'Failed' });
    const { rows } = await installation.database.query(`SELECT count(*)::int AS n FROM message`);
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('goes on where a runtime that was cut off had stopped', async () => {
    await publishWorkflow(installation.databaseUrl, 'slow', slow);
    const blocked: Activity = { name: 'http', run: () => new Promise(() => {}) };
    const first = await startRuntime({ activities: [blocked] });
    const id = instanceId('cut-off');
    await first.start({ workflow: 'slow', version: null, input: {}, startedBy: 'test', instanceId: id });
    await eventually(async () => (first.health().runningActivities > 0 ? true : undefined));
    // `force` stands for what the lease's end does: the second worker takes everything, raising the epochs.
    const second = await startRuntime({ force: true });
    expect(await finished(id)).toMatchObject({ status: 'Completed' });
    expect(second.health().partitionsOwned).toBe(64);
    const { rows } = await installation.database.query(
      `SELECT count(*)::int AS n FROM history_event WHERE instance_id = 'cut-off' AND type = 'TaskCompleted'`,
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('serves an API process that owns nothing: start, event, refusal', async () => {
    await publishWorkflow(installation.databaseUrl, 'waiter', waiter);
    await startRuntime();
    const api = await startRuntime({ worker: false });
    const id = instanceId('via-api');
    expect(await api.start({ workflow: 'waiter', version: null, input: {}, startedBy: 'test', instanceId: id })).toMatchObject({
      ok: true,
    });
    expect(await api.start({ workflow: 'waiter', version: null, input: {}, startedBy: 'test', instanceId: id })).toMatchObject({
      ok: false,
      code: 'instance.exists',
    });
    await eventually(async () => ((await row(id))?.status === 'Running' ? true : undefined));
    const seen = new Promise<number>((resolve) => api.watchInstance(id, resolve));
    expect(await api.send(id, { type: 'Resume', reason: '', by: 'test' })).toMatchObject({ ok: false, code: 'instance.not-suspended' });
    expect(await api.send(id, { type: 'RaiseEvent', id: 'e', name: 'go', data: 'hi', by: 'test' })).toEqual({ ok: true });
    expect(await seen).toBeGreaterThan(0);
    expect(await finished(id)).toMatchObject({ output: 'hi' });
    expect(await api.send(id, { type: 'Suspend', reason: '', by: 'test' })).toMatchObject({ ok: false, code: 'instance.finished' });
    expect(await api.purge(id)).toBe('purged');
    expect(await row(id)).toBeUndefined();
  });

  it('spreads activities of a named queue over workers', async () => {
    await publishWorkflow(installation.databaseUrl, 'queued', queued);
    const ranBy = new Map<string, number>();
    const worker = (name: string): Promise<Runtime> =>
      startRuntime({
        queueConcurrency: 2,
        activities: [
          {
            name: 'http',
            async run() {
              ranBy.set(name, (ranBy.get(name) ?? 0) + 1);
              await new Promise((resume) => setTimeout(resume, 30));
              return { ok: true, output: name };
            },
          },
        ],
      });
    const first = await worker('first');
    await worker('second');
    const ids = Array.from({ length: 40 }, (_, i) => instanceId(`queued-${i}`));
    await Promise.all(ids.map((id) => first.start({ workflow: 'queued', version: null, input: {}, startedBy: 'test', instanceId: id })));
    for (const id of ids) expect(await finished(id)).toMatchObject({ status: 'Completed' });
    expect([...ranBy.keys()].sort()).toEqual(['first', 'second']);
    // A job whose worker is silent for too long is given to another, which a busy machine may bring about.
    expect([...ranBy.values()].reduce((sum, n) => sum + n, 0)).toBeGreaterThanOrEqual(40);
  });

  it('keeps large values by reference, and expressions read through them', async () => {
    await publishWorkflow(installation.databaseUrl, 'big', big);
    const runtime = await startRuntime();
    const id = instanceId('big-1');
    await runtime.start({
      workflow: 'big',
      version: null,
      input: { text: 'x'.repeat(200_000), name: 'ann' },
      startedBy: 'test',
      instanceId: id,
    });
    expect(await finished(id)).toMatchObject({ status: 'Completed', output: { name: 'ann', same: true } });
    const { rows } = await installation.database.query(
      `SELECT max(length(data::text))::int AS longest FROM history_event WHERE instance_id = 'big-1'`,
    );
    expect(rows[0].longest).toBeLessThan(1_000);
  });

  it('stores text that Postgres would refuse', async () => {
    await publishWorkflow(installation.databaseUrl, 'waiter', waiter);
    const runtime = await startRuntime();
    const id = instanceId('odd-text');
    await runtime.start({ workflow: 'waiter', version: null, input: {}, startedBy: 'test', instanceId: id });
    await runtime.send(id, { type: 'RaiseEvent', id: '1', name: 'go', data: 'a\0b\uD800', by: 'test' });
    expect(await finished(id)).toMatchObject({ status: 'Completed', output: 'a\uFFFDb\uFFFD' });
  });
});

const waiter = drawWorkflow(
  {
    start: { type: 'start' },
    wait: { type: 'event', config: { name: 'go' } },
    done: { type: 'end', config: { value: { expr: 'steps.wait.output' } } },
  },
  ['start -> wait', 'wait -> done'],
);

const timer = drawWorkflow(
  { start: { type: 'start' }, nap: { type: 'timer', config: { mode: 'for', value: '300ms' } }, done: { type: 'end' } },
  ['start -> nap', 'nap -> done'],
);

const approval = drawWorkflow(
  {
    start: { type: 'start' },
    ask: {
      type: 'humanTask',
      config: {
        title: { expr: '"Approve " & $string(input.order)' },
        outcomes: [
          { key: 'approved', label: 'Approved', tone: 'primary' },
          { key: 'rejected', label: 'Rejected', tone: 'danger' },
        ],
      },
    },
    yes: { type: 'end', config: { value: { expr: 'steps.ask.output.by' } } },
    no: { type: 'end', config: { value: { expr: 'steps.ask.output.by' } } },
  },
  ['start -> ask', 'ask.approved -> yes', 'ask.rejected -> no'],
);

const parent = (workflow: string) =>
  drawWorkflow(
    {
      start: { type: 'start' },
      child: { type: 'subWorkflow', config: { workflow, input: { expr: 'input' } } },
      done: { type: 'end', config: { value: { expr: 'steps.child.output' } } },
    },
    ['start -> child', 'child -> done'],
  );

const lateParent = drawWorkflow(
  {
    start: { type: 'start' },
    wait: { type: 'event', config: { name: 'go' } },
    child: { type: 'subWorkflow', config: { workflow: 'chain', input: { expr: 'input' } } },
    done: { type: 'end' },
  },
  ['start -> wait', 'wait -> child', 'child -> done'],
);

const slow = drawWorkflow(
  { start: { type: 'start' }, work: { type: 'http', config: { method: 'GET', url: 'https://slow.test/' } }, done: { type: 'end' } },
  ['start -> work', 'work -> done'],
);

const queued = drawWorkflow(
  {
    start: { type: 'start' },
    work: { type: 'http', config: { method: 'GET', url: 'https://slow.test/', queue: 'slow' } },
    done: { type: 'end' },
  },
  ['start -> work', 'work -> done'],
);

const big = drawWorkflow(
  {
    start: { type: 'start' },
    pass: { type: 'transform', config: { value: { expr: 'input' } } },
    done: { type: 'end', config: { value: { expr: '{ "name": steps.pass.output.name, "same": steps.pass.output.text = input.text }' } } },
  },
  ['start -> pass', 'pass -> done'],
);

it('carries what one process tells to the others on the same database, and to no one else', async () => {
  const [teller, listener] = [await startRuntime({ worker: false }), await startRuntime({ worker: false })];
  const heard: unknown[] = [];
  teller.onTold('colours', (data) => heard.push(['teller', data]));
  listener.onTold('sizes', (data) => heard.push(['sizes', data]));
  const stop = listener.onTold('colours', (data) => heard.push(['listener', data]));
  // The first may go before the other listens to Redis.
  await eventually(async () => {
    teller.tellOthers('colours', { name: 'blue' });
    return heard.length > 0 ? true : undefined;
  });
  stop();
  const before = heard.length;
  teller.tellOthers('colours', 'red');
  listener.tellOthers('sizes', 1);
  await eventually(async () => {
    teller.tellOthers('sizes', 2);
    return heard.some((entry) => JSON.stringify(entry) === '["sizes",2]') ? true : undefined;
  });
  expect(heard.slice(0, before).every((entry) => JSON.stringify(entry) === '["listener",{"name":"blue"}]')).toBe(true);
  expect(heard.slice(before).every((entry) => JSON.stringify(entry) === '["sizes",2]')).toBe(true);
});
