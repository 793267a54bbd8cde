import { describe, expect, test } from 'vitest';
import { nodeId, portId } from '@perdure/graph';
import { executionId, instanceId, stepKey } from './ids.ts';
import { InstanceFixture } from './instance-fixture.ts';
import { decodeState, encodeState } from './encode-state.ts';
import { evolve } from './evolve.ts';
import { initialState } from './initial-state.ts';
import { formatMoment, parseMoment } from './moment.ts';
import { openWork } from './open-work.ts';
import {
  NO_RETRY,
  activity,
  asyncEvaluator,
  end,
  event,
  expr,
  forEach,
  humanTask,
  inside,
  keepingEvaluator,
  literal,
  planOf,
  scope,
  start,
  subWorkflow,
  timer,
  transform,
} from './plan-fixture.ts';
import { waitsFor } from './waits-for.ts';

const two = planOf({ start, a: activity(), b: activity(), e: end(literal('ok')) }, ['start>a', 'a>b', 'b>e']);

describe('lifecycle', () => {
  test('D12 the defaults of the start’s schema are filled in before anything else, and stored', async () => {
    const schema = { type: 'object', properties: { city: { default: 'Lisbon' }, days: { default: 2 } } };
    const plan = planOf({ start: { ...start, inputSchema: schema }, e: end(expr(({ input }) => input)) }, ['start>e']);
    const run = new InstanceFixture(plan).start({ days: 3 });
    expect(run.history[0]).toMatchObject({ type: 'ExecutionStarted', input: { city: 'Lisbon', days: 3 } });
    expect(run.state.output).toEqual({ city: 'Lisbon', days: 3 });
    const asChild = new InstanceFixture(plan).start(
      {},
      { startedBy: 'workflow', parent: { instanceId: instanceId('p'), executionId: executionId('x'), step: stepKey('s#1') } },
    );
    expect(asChild.state.output).toEqual({ city: 'Lisbon', days: 2 });
    const later = new InstanceFixture(plan, asyncEvaluator);
    await later.sendAsync({
      type: 'StartExecution',
      executionId: executionId('x1'),
      workflow: 'wf',
      version: 1,
      input: {},
      tags: [],
      startedBy: 'api',
      parent: null,
    });
    expect(later.state.output).toEqual({ city: 'Lisbon', days: 2 });
    // Nothing absent, nothing changed.
    expect(new InstanceFixture(plan).start({ city: 'Kiel', days: 1 }).state.output).toEqual({ city: 'Kiel', days: 1 });
  });

  test('D12 a large input is looked into when there are defaults, and what it becomes is kept aside again', () => {
    const evaluator = keepingEvaluator(40);
    const text = 'x'.repeat(50);
    const plan = planOf({ start: { ...start, inputSchema: { properties: { city: { default: 'Lisbon' } } } }, a: activity() }, ['start>a']);
    const run = new InstanceFixture(plan, evaluator).start(evaluator.keep({ text }));
    const [started] = run.history;
    const input = started?.type === 'ExecutionStarted' ? started.input : null;
    expect(input).toHaveProperty('$payload');
    expect(evaluator.load(input)).toEqual({ text, city: 'Lisbon' });
    // Complete: the reference itself.
    const complete = evaluator.keep({ text, city: 'Kiel' });
    expect(new InstanceFixture(plan, evaluator).start(complete).history[0]).toMatchObject({ input: complete });
  });

  test('D12 a test run that begins elsewhere takes its input as it was', () => {
    const plan = planOf({ start: { ...start, inputSchema: { properties: { city: { default: 'Lisbon' } } } }, a: activity() }, ['start>a']);
    const test = { pins: {}, fastForward: false, from: { node: nodeId('a'), only: false, outputs: {}, vars: {} } };
    expect(new InstanceFixture(plan).start({}, { test }).history[0]).toMatchObject({ input: {} });
  });

  test('L2 an instance starts once, and nothing comes before', () => {
    const run = new InstanceFixture(two);
    expect(run.complete('a#1')).toMatchObject({ ok: false, code: 'stale' });
    run.start();
    expect(
      run.send({
        type: 'StartExecution',
        executionId: executionId('x2'),
        workflow: 'wf',
        version: 1,
        input: null,
        tags: [],
        startedBy: 'api',
        parent: null,
      }),
    ).toMatchObject({ code: 'instance.exists' });
    expect(run.last.events).toEqual([]);
  });

  test('L1 an evaluator that answers later gives the same events', async () => {
    const plan = planOf(
      {
        start,
        t: transform(expr(({ input }) => input)),
        l: forEach(expr(() => [1, 2])),
        r: inside('l', end(expr(({ item }) => item))),
        e: end(expr(({ steps }) => steps.l?.output)),
      },
      ['start>t', 't>l', 'l:body>r', 'l>e'],
    );
    const now = new InstanceFixture(plan).start(1);
    const later = new InstanceFixture(plan, asyncEvaluator);
    await later.sendAsync({
      type: 'StartExecution',
      executionId: executionId('x1'),
      workflow: 'wf',
      version: 1,
      input: 1,
      tags: [],
      startedBy: 'api',
      parent: null,
    });
    expect(later.history).toEqual(now.history);
  });

  test('L3 L4 while suspended outcomes are recorded and acted on when resumed', () => {
    const plan = planOf(
      {
        start,
        a: activity(),
        t: timer(literal('1h')),
        v: event('go'),
        h: humanTask(),
        w: subWorkflow(),
        r: activity({ retry: { ...NO_RETRY, maxNumberOfAttempts: 2 } }),
        next: activity(),
      },
      ['start>a', 'start>t', 'start>v', 'start>h', 'start>w', 'start>r', 'a>next', 't>next', 'v>next', 'h:approve>next', 'w>next'],
    );
    const run = new InstanceFixture(plan).start();
    const child = run.all('SubOrchestrationInstanceCreated')[0]?.instanceId;
    run.send({ type: 'Suspend', reason: 'wait', by: 'ann' });
    expect(run.send({ type: 'Suspend', reason: 'wait', by: 'ann' })).toMatchObject({ code: 'instance.already-suspended' });
    run.complete('a#1');
    run.fire('t#1!timer1');
    run.raise('go');
    run.send({ type: 'DecideHumanTask', step: stepKey('h#1'), outcome: portId('approve'), data: null, comment: null, by: 'ann' });
    run.send({ type: 'CompleteChild', step: stepKey('w#1'), child: child ?? ('' as never), output: 1 });
    run.fail('r#1');
    run.fire('r#1!retry1');
    expect(run.state.status).toBe('Suspended');
    expect(run.all('TaskScheduled')).toHaveLength(2);
    expect(run.open()).toEqual(['r#1']);
    expect(run.folded()).toEqual(encodeState(run.state));
    run.send({ type: 'Resume', reason: 'go on', by: 'ann' });
    expect(run.types()).toEqual(['ExecutionResumed', ...Array.from({ length: 6 }, () => 'TaskScheduled')]);
    expect(run.open()).toEqual(['r#1', 'next#1', 'next#2', 'next#3', 'next#4', 'next#5']);
    expect(run.send({ type: 'Resume', reason: '', by: 'ann' })).toMatchObject({ code: 'instance.not-suspended' });
  });

  test('L4 a failure recorded while suspended drops what else was recorded in its scope', () => {
    const plan = planOf(
      {
        start,
        s: scope([['any', null]], 1000),
        a: inside('s', activity()),
        b: inside('s', activity()),
        n: inside('s', activity()),
        e: end(literal('caught')),
      },
      ['start>s', 's:body>a', 's:body>b', 'b>n', 's:any>e'],
    );
    const run = new InstanceFixture(plan).start();
    run.send({ type: 'Suspend', reason: '', by: 'ann' });
    run.fail('s#1[0]/a#1');
    run.complete('s#1[0]/b#1');
    run.fire('s#1!timeout1');
    run.send({ type: 'Resume', reason: '', by: 'ann' });
    expect(run.types()).toEqual(['ExecutionResumed', 'PassEnded', 'ContainerExited', 'EndReached', 'ExecutionCompleted']);
    expect(run.state.output).toBe('caught');
  });

  test('T8 of two failures recorded in one scope while suspended the first counts', () => {
    const plan = planOf(
      { start, s: scope([['any', null]]), a: inside('s', activity()), b: inside('s', activity()), e: end(expr(({ error }) => error)) },
      ['start>s', 's:body>a', 's:body>b', 's:any>e'],
    );
    const run = new InstanceFixture(plan).start();
    run.send({ type: 'Suspend', reason: '', by: 'ann' });
    run.fail('s#1[0]/b#1', 'First');
    run.fail('s#1[0]/a#1', 'Second');
    run.send({ type: 'Resume', reason: '', by: 'ann' });
    expect(run.state).toMatchObject({ status: 'Completed', output: { code: 'First' } });
  });

  test('L5 L6 there is one terminal event and nothing after it', () => {
    const run = new InstanceFixture(two).start();
    run.complete('a#1');
    run.complete('b#1');
    expect(run.state.status).toBe('Completed');
    for (const send of [
      () => run.complete('a#1'),
      () => run.raise('x'),
      () => run.send({ type: 'Terminate', reason: '', by: 'a', recursive: true }),
      () => run.send({ type: 'Suspend', reason: '', by: 'a' }),
    ]) {
      expect(send()).toMatchObject({ ok: false, code: 'instance.finished' });
      expect(run.last.events).toEqual([]);
    }
  });

  test('L7 terminate stops what is open; recursive takes the children along', () => {
    const plan = planOf({ start, a: activity(), w: subWorkflow(), t: timer(literal('1h')) }, ['start>a', 'start>w', 'start>t']);
    const deep = new InstanceFixture(plan).start();
    deep.send({ type: 'Terminate', reason: 'enough', by: 'ann', recursive: true });
    expect(deep.types()).toEqual(['TokenCancelled', 'ExecutionTerminated']);
    expect(deep.effectTypes()).toEqual(['AbortActivity', 'TerminateChild', 'ClearTimer']);
    expect(deep.state).toMatchObject({ status: 'Terminated', output: 'enough' });
    const flat = new InstanceFixture(plan).start();
    flat.send({ type: 'Terminate', reason: 'enough', by: 'ann', recursive: false });
    expect(flat.effectTypes()).toEqual(['AbortActivity', 'ClearTimer']);
  });

  test('L7 a suspended instance can be terminated', () => {
    const run = new InstanceFixture(two).start();
    run.send({ type: 'Suspend', reason: '', by: 'ann' });
    run.complete('a#1');
    run.send({ type: 'Terminate', reason: '', by: 'ann', recursive: false });
    expect(run.state.status).toBe('Terminated');
    expect(run.state.deferred).toEqual([]);
  });
});

describe('state', () => {
  test('V1 an event out of order is refused by the fold', () => {
    const run = new InstanceFixture(two).start();
    const [, second] = run.history;
    expect(() => evolve(initialState(run.state.instanceId), second as never)).toThrow('does not follow');
  });

  test('V4 a checkpoint survives JSON text and holds nothing of the living state', () => {
    const plan = planOf(
      {
        start,
        l: forEach(literal([1, 2, 3]), { concurrency: 2 }),
        a: inside('l', activity()),
        v: inside('l', event('go')),
        h: humanTask(),
      },
      ['start>l', 'l:body>a', 'l:body>v', 'start>h'],
    );
    const run = new InstanceFixture(plan).start();
    const encoded = encodeState(run.state);
    const text = JSON.stringify(encoded);
    const decoded = decodeState(JSON.parse(text));
    expect(decoded).toEqual(run.state);
    run.complete('l#1[0]/a#1');
    run.raise('go');
    expect(JSON.stringify(encoded)).toBe(text);
    expect(() => decodeState({ format: 99 })).toThrow('known format');
  });

  test('L9 a takeover runs the activities that are scheduled, not those that wait for their retry', () => {
    const plan = planOf({ start, a: activity({ retry: { ...NO_RETRY, maxNumberOfAttempts: 2 } }), b: activity(), h: humanTask() }, [
      'start>a',
      'start>b',
      'start>h',
    ]);
    const run = new InstanceFixture(plan).start();
    run.fail('a#1');
    expect(openWork(run.state)).toEqual([{ type: 'RunActivity', step: 'b#1' }]);
  });

  test('L10 where an instance waits and why', () => {
    const at = (nodes: Parameters<typeof planOf>[0], edges: string[]) => {
      const run = new InstanceFixture(planOf({ start, ...nodes }, edges)).start();
      return { run, waits: () => waitsFor(run.plan, run.state) };
    };
    const retrying = at({ a: activity({ retry: { ...NO_RETRY, maxNumberOfAttempts: 2, firstRetryIntervalMs: 5 } }) }, ['start>a']);
    expect(retrying.waits()).toMatchObject({ node: 'a', kind: 'activity' });
    retrying.run.fail('a#1');
    expect(retrying.waits()).toEqual({ node: 'a', title: 'a', kind: 'retry', detail: 'Attempt 1 failed: Boom happened', until: 1007 });
    expect(at({ s: scope(), t: inside('s', timer(literal(9))) }, ['start>s', 's:body>t']).waits()).toMatchObject({
      node: 't',
      kind: 'timer',
      until: 1010,
    });
    expect(at({ v: event('Paid', literal(9)) }, ['start>v']).waits()).toEqual({
      node: 'v',
      title: 'v',
      kind: 'event',
      detail: 'Waits for the event “Paid”',
      until: 1010,
    });
    expect(at({ h: humanTask() }, ['start>h']).waits()).toMatchObject({ kind: 'humanTask', detail: 'Waits for somebody to claim it' });
    expect(at({ w: subWorkflow() }, ['start>w']).waits()).toMatchObject({ kind: 'subWorkflow' });
    expect(at({ l: forEach(literal([1, 2])), h: inside('l', humanTask()) }, ['start>l', 'l:body>h']).waits()).toMatchObject({
      node: 'l',
      kind: 'forEach',
      detail: '0 of 2 done',
    });
    expect(at({ t: transform() }, ['start>t']).waits()).toBeNull();
  });
});

describe('moments', () => {
  test('E8 agree with Date', () => {
    for (const ms of [
      0, 951_782_400_000, 1_709_164_800_123, -1, -62_135_596_800_000, 253_402_300_799_999, 4_107_542_400_000, 253_402_300_800_000,
    ]) {
      // The test may use what the engine must not.
      const iso = new Date(ms).toISOString();
      expect(formatMoment(ms)).toBe(iso);
      expect(parseMoment(iso)).toBe(ms);
    }
    expect(parseMoment('2026-05-01T09:00:00+0530')).toBe(Date.parse('2026-05-01T09:00:00+05:30'));
    for (const text of [
      '2026-02-29T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-05-01T09:00:00',
      '2026-05-01',
      'soon',
      '2026-05-01T25:00:00Z',
    ])
      expect(parseMoment(text)).toBeUndefined();
  });
});
