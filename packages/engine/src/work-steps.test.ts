import { describe, expect, test } from 'vitest';
import { portId } from '@perdure/graph';
import { executionId, instanceId, stepKey } from './ids.ts';
import { InstanceFixture } from './instance-fixture.ts';
import {
  NO_RETRY,
  activity,
  end,
  event,
  expr,
  fail,
  forEach,
  humanTask,
  inside,
  literal,
  planOf,
  setVariables,
  start,
  subWorkflow,
  timer,
  transform,
} from './plan-fixture.ts';
import { retryDelayMs } from './retry.ts';

describe('activities and retry', () => {
  const retry = { ...NO_RETRY, firstRetryIntervalMs: 100, maxNumberOfAttempts: 3, backoffCoefficient: 2 };
  const one = (own: Parameters<typeof activity>[0]) =>
    planOf({ start, a: activity(own), e: end(literal('ok')), c: end(expr(({ error }) => error)) }, ['start>a', 'a>e', 'a:error>c']);

  test('A1 input is evaluated, the task scheduled, and run after the commit', () => {
    const run = new InstanceFixture(
      one({ activity: 'http', queue: 'slow', input: { url: literal('u'), n: expr(({ input }) => input) } }),
    ).start(3);
    expect(run.history[1]).toMatchObject({ type: 'TaskScheduled', activity: 'http', attempt: 1, input: { url: 'u', n: 3 }, queue: 'slow' });
    expect(run.last.effects).toEqual([{ type: 'RunActivity', step: 'a#1' }]);
    expect(run.state.runningActivities).toBe(1);
  });

  test('A3 A4 a result is taken once', () => {
    const run = new InstanceFixture(planOf({ start, a: activity(), b: activity() }, ['start>a', 'start>b'])).start();
    expect(run.complete('a#1', 1)).toEqual({ ok: true });
    expect(run.complete('a#1', 2)).toMatchObject({ ok: false, code: 'stale' });
    expect(run.complete('b#1', 2, 2)).toMatchObject({ ok: false, code: 'stale' });
    expect(run.last.events).toEqual([]);
  });

  test('R1 R2 R5 failed attempts are repeated after growing waits, under the same key', () => {
    const run = new InstanceFixture(one({ retry })).start();
    run.fail('a#1');
    expect(run.types()).toEqual(['TaskFailed', 'TimerCreated']);
    expect(run.last.effects).toEqual([{ type: 'SetTimer', timer: 'a#1!retry1', fireAt: run.at + 100 }]);
    expect(run.complete('a#1')).toMatchObject({ code: 'stale' });
    run.fire('a#1!retry1');
    expect(run.types()).toEqual(['TimerFired', 'TaskScheduled']);
    expect(run.last.events[1]).toMatchObject({ step: 'a#1', attempt: 2, via: 'e1' });
    run.fail('a#1', 'Boom', 2);
    expect(run.last.effects).toEqual([{ type: 'SetTimer', timer: 'a#1!retry2', fireAt: run.at + 200 }]);
    run.fire('a#1!retry2');
    run.fail('a#1', 'Boom', 3);
    expect(run.all('TaskFailed').map((failed) => failed.retry)).toEqual([true, true, false]);
    expect(run.state).toMatchObject({ status: 'Completed', output: { code: 'Boom', message: 'Boom happened', node: 'a', step: 'a#1' } });
  });

  test('R2 the wait is first × coefficient^(n−1), capped', () => {
    const policy = { ...retry, maxRetryIntervalMs: 500 };
    expect([1, 2, 3, 4, 5].map((attempt) => retryDelayMs(policy, attempt))).toEqual([100, 200, 400, 500, 500]);
    expect(retryDelayMs({ ...retry, backoffCoefficient: 10 }, 1000)).toBeLessThan(Number.MAX_SAFE_INTEGER);
  });

  test('R3 codes and failures that are not to be retried fail at once', () => {
    const listed = new InstanceFixture(one({ retry: { ...retry, nonRetryableErrors: ['Declined'] } })).start();
    listed.fail('a#1', 'Declined');
    expect(listed.state.status).toBe('Completed');
    const told = new InstanceFixture(one({ retry })).start();
    told.fail('a#1', 'Boom', 1, false);
    expect(told.all('TaskFailed')).toMatchObject([{ retry: false }]);
  });

  test('R4 no attempt starts after the retry timeout, its wait included', () => {
    const run = new InstanceFixture(one({ retry: { ...retry, retryTimeoutMs: 150 } })).start();
    run.fail('a#1');
    run.at += 100;
    run.fire('a#1!retry1');
    run.fail('a#1', 'Boom', 2);
    expect(run.all('TaskFailed').map((failed) => failed.retry)).toEqual([true, false]);
  });

  test('F1 without an error port the instance fails and everything open is stopped', () => {
    const plan = planOf({ start, a: activity(), t: timer(literal('1h')), h: humanTask(), s: subWorkflow(), v: event('e') }, [
      'start>a',
      'start>t',
      'start>h',
      'start>s',
      'start>v',
    ]);
    const run = new InstanceFixture(plan).start();
    const child = [...run.state.steps.values()].find((step) => step.kind === 'subWorkflow')?.child;
    run.fail('a#1');
    expect(run.types()).toEqual(['TaskFailed', 'TokenCancelled', 'ExecutionCompleted']);
    expect(run.effectTypes()).toEqual(['ClearTimer', 'CloseHumanTask', 'CancelChild']);
    expect(run.last.effects[2]).toMatchObject({ child });
    expect(run.state).toMatchObject({ status: 'Failed', failure: { code: 'Boom', node: 'a', step: 'a#1' } });
    expect(run.open()).toEqual([]);
  });

  test('F2 a fail node raises its code and message', () => {
    const run = new InstanceFixture(planOf({ start, f: fail('Declined', 'no money') }, ['start>f'])).start();
    expect(run.state).toMatchObject({ status: 'Failed', failure: { code: 'Declined', message: 'no money', node: 'f', step: 'f#1' } });
  });

  test('D6 error stays readable downstream of the catch', () => {
    const plan = planOf(
      {
        start,
        a: activity(),
        t: transform(),
        b: activity(),
        v: setVariables({ code: expr(({ error }) => (error as { code: string }).code) }),
        e: end(expr(({ vars }) => vars)),
      },
      ['start>a', 'a:error>t', 't>b', 'b>v', 'v>e'],
    );
    const run = new InstanceFixture(plan).start();
    run.fail('a#1');
    run.complete('b#1');
    expect(run.state.output).toEqual({ code: 'Boom' });
  });

  test('D6 a cycle that keeps catching failures does not grow the state without end', () => {
    const plan = planOf({ start, a: activity() }, ['start>a', 'a:error>a']);
    const run = new InstanceFixture(plan).start();
    for (let visit = 1; visit <= 500; visit++) run.fail(`a#${visit}`);
    expect(run.state.frames.get('' as never)?.failures.size).toBeLessThan(200);
    expect(run.open()).toEqual(['a#501']);
  });
});

describe('timers and events', () => {
  const timed = (value: Parameters<typeof timer>[0], mode: 'for' | 'until' = 'for') =>
    new InstanceFixture(planOf({ start, t: timer(value, mode), e: end(literal('done')) }, ['start>t', 't>e'])).start();

  test('E3 a timer waits for a duration or until a moment', () => {
    expect(timed(literal('1m 30s')).last.effects).toEqual([{ type: 'SetTimer', timer: 't#1!timer1', fireAt: 91_001 }]);
    expect(timed(literal(500)).last.effects).toEqual([{ type: 'SetTimer', timer: 't#1!timer1', fireAt: 1501 }]);
    expect(timed(literal('1970-01-01T01:01:00+01:00'), 'until').last.effects).toEqual([
      { type: 'SetTimer', timer: 't#1!timer1', fireAt: 60_000 },
    ]);
    expect(timed(literal('1969-01-01T00:00:00Z'), 'until').last.effects).toEqual([{ type: 'SetTimer', timer: 't#1!timer1', fireAt: 1001 }]);
    expect(timed(literal('2026-05-01'), 'until').state.failure).toMatchObject({ code: 'InvalidValue' });
    expect(timed(literal('soon')).state.failure).toMatchObject({ code: 'InvalidValue' });
  });

  test('E2 a timer fires once', () => {
    const run = timed(literal('1s'));
    expect(run.fire('t#1!timer1')).toEqual({ ok: true });
    expect(run.types()).toEqual(['TimerFired', 'EndReached', 'ExecutionCompleted']);
    const two = new InstanceFixture(planOf({ start, t: timer(literal(1)), a: activity() }, ['start>t', 'start>a'])).start();
    two.fire('t#1!timer1');
    expect(two.fire('t#1!timer1')).toMatchObject({ ok: false, code: 'stale' });
  });

  test('E4 an event is waited for by name, whatever its case', () => {
    const run = new InstanceFixture(
      planOf({ start, v: event('Paid'), e: end(expr(({ steps }) => steps.v?.output)) }, ['start>v', 'v>e']),
    ).start();
    run.raise('other', 1);
    expect(run.types()).toEqual(['EventRaised']);
    run.raise('PAID', { sum: 5 });
    expect(run.types()).toEqual(['EventRaised', 'EventReceived', 'EndReached', 'ExecutionCompleted']);
    expect(run.state.output).toEqual({ sum: 5 });
  });

  test('E5 an early event is kept for the step that waits later', () => {
    const run = new InstanceFixture(
      planOf({ start, a: activity(), v: event('paid', literal('1h')), e: end(expr(({ steps }) => steps.v?.output)) }, [
        'start>a',
        'a>v',
        'v>e',
      ]),
    ).start();
    run.raise('paid', 'first');
    run.raise('paid', 'second');
    run.complete('a#1');
    expect(run.types()).toEqual(['TaskCompleted', 'EventAwaited', 'EventReceived', 'EndReached', 'ExecutionCompleted']);
    expect(run.state.output).toBe('first');
  });

  test('E6 the step that has waited longest gets the event', () => {
    const plan = planOf(
      {
        start,
        l: forEach(literal([1, 2, 3])),
        v: inside('l', event('go')),
        i: inside('l', end(expr(({ steps }) => steps.v?.output))),
        e: end(expr(({ steps }) => steps.l?.output)),
      },
      ['start>l', 'l:body>v', 'v>i', 'l>e'],
    );
    const run = new InstanceFixture(plan).start();
    run.raise('go', 'a');
    run.raise('go', 'b');
    run.raise('go', 'c');
    expect(run.state.output).toEqual(['a', 'b', 'c']);
  });

  test('E7 the timeout of an event leaves by its port, or raises', () => {
    const nodes = { start, v: event('paid', literal('1h')), e: end(literal('late')) };
    const caught = new InstanceFixture(planOf(nodes, ['start>v', 'v:timeout>e'])).start();
    caught.fire('v#1!timeout1');
    expect(caught.state.output).toBe('late');
    const raised = new InstanceFixture(planOf(nodes, ['start>v', 'v>e'])).start();
    raised.fire('v#1!timeout1');
    expect(raised.state).toMatchObject({ status: 'Failed', failure: { code: 'Timeout', node: 'v', step: 'v#1' } });
    const received = new InstanceFixture(planOf(nodes, ['start>v', 'v>e'])).start();
    received.raise('paid');
    expect(received.effectTypes()).toEqual(['ClearTimer']);
  });
});

describe('human tasks', () => {
  const task = (own: Parameters<typeof humanTask>[0] = {}) =>
    new InstanceFixture(
      planOf(
        { start, h: humanTask(own), yes: end(expr(({ steps }) => steps.h?.output)), no: end(literal('no')), late: end(literal('late')) },
        ['start>h', 'h:approve>yes', 'h:reject>no', 'h:overdue>late'],
      ),
    ).start();
  const h = stepKey('h#1');
  const decide = (run: InstanceFixture, outcome: string, by = 'ann') =>
    run.send({ type: 'DecideHumanTask', step: h, outcome: portId(outcome), data: { n: 1 }, comment: null, by });

  test('H1 a task is created from its evaluated fields', () => {
    const run = task({ candidates: literal('ann'), due: literal('1h'), deadline: literal('1970-01-02T00:00:00Z'), priority: literal(80) });
    expect(run.all('HumanTaskCreated')[0]?.task).toMatchObject({
      title: 'Approve',
      candidates: ['ann'],
      priority: 80,
      dueAt: 3_601_001,
      deadlineAt: 86_400_000,
    });
    expect(run.last.effects).toMatchObject([
      { type: 'OpenHumanTask', step: 'h#1', node: 'h' },
      { type: 'SetTimer', timer: 'h#1!deadline1', fireAt: 86_400_000 },
    ]);
    expect(task({ priority: literal(101) }).state.failure).toMatchObject({ code: 'InvalidValue' });
  });

  test('H3 H4 one person holds the claim', () => {
    const run = task();
    expect(run.send({ type: 'ClaimHumanTask', step: h, by: 'ann' })).toEqual({ ok: true });
    expect(run.last.effects).toMatchObject([
      { type: 'ChangeHumanTask', change: { holders: [{ by: 'ann', how: 'claimed' }], freeSeats: 0 } },
    ]);
    expect(run.send({ type: 'ClaimHumanTask', step: h, by: 'ann' })).toEqual({ ok: true });
    expect(run.last.events).toEqual([]);
    expect(run.send({ type: 'ClaimHumanTask', step: h, by: 'bob' })).toMatchObject({
      code: 'task.already-claimed',
      message: expect.stringContaining('ann'),
    });
    expect(run.send({ type: 'ReleaseHumanTask', step: h, by: 'bob' })).toMatchObject({ code: 'task.not-claimant' });
    expect(decide(run, 'approve', 'bob')).toMatchObject({ code: 'task.already-claimed' });
    expect(run.send({ type: 'ReleaseHumanTask', step: h, by: 'ann' })).toEqual({ ok: true });
    expect(run.send({ type: 'ReleaseHumanTask', step: h, by: 'ann' })).toMatchObject({ code: 'task.not-claimant' });
  });

  test('H5 a decision leaves by its outcome', () => {
    const run = task();
    expect(decide(run, 'perhaps')).toMatchObject({ code: 'task.unknown-outcome', message: expect.stringContaining('“approve”') });
    expect(decide(run, 'approve')).toEqual({ ok: true });
    expect(run.last.effects).toMatchObject([{ type: 'CloseHumanTask', status: 'decided', outcome: 'approve', by: 'ann' }]);
    const vote = { outcome: 'approve', data: { n: 1 }, by: 'ann', comment: null };
    expect(run.state.output).toEqual({ ...vote, votes: [{ ...vote, at: 1_003 }] });
  });

  test('H6 a task is decided once', () => {
    const run = new InstanceFixture(planOf({ start, h: humanTask(), a: activity() }, ['start>h', 'start>a'])).start();
    expect(decide(run, 'approve')).toEqual({ ok: true });
    expect(decide(run, 'reject', 'bob')).toMatchObject({ code: 'task.already-decided' });
    expect(run.send({ type: 'ClaimHumanTask', step: stepKey('h#2'), by: 'bob' })).toMatchObject({ code: 'task.gone' });
  });

  test('H7 the deadline closes the task through overdue, or raises', () => {
    const run = task({ deadline: literal('1h') });
    run.fire('h#1!deadline1');
    expect(run.last.effects).toMatchObject([{ type: 'CloseHumanTask', status: 'expired' }]);
    expect(run.state.output).toBe('late');
    const raised = new InstanceFixture(planOf({ start, h: humanTask({ deadline: literal('1h') }) }, ['start>h'])).start();
    raised.fire('h#1!deadline1');
    expect(raised.state.failure).toMatchObject({ code: 'Overdue', node: 'h' });
  });
});

describe('sub-workflows', () => {
  const s = stepKey('s#1');
  const made = (own: Parameters<typeof subWorkflow>[0] = {}, started: Parameters<InstanceFixture['start']>[1] = {}) =>
    new InstanceFixture(
      planOf({ start, s: subWorkflow(own), e: end(expr(({ steps }) => steps.s?.output)), c: end(expr(({ error }) => error)) }, [
        'start>s',
        's>e',
        's:error>c',
      ]),
    ).start(null, started);
  const childOf = (run: InstanceFixture) => run.all('SubOrchestrationInstanceCreated').at(-1)?.instanceId ?? instanceId('');

  test('S1 S4 a child is started with its parent link, and its output is the step’s', () => {
    const run = made({ input: literal({ a: 1 }), version: 4 });
    expect(run.last.effects).toEqual([
      {
        type: 'StartChild',
        child: childOf(run),
        workflow: 'child',
        version: 4,
        input: { a: 1 },
        parent: { instanceId: 'inst', executionId: 'x1', step: 's#1' },
        tags: [],
        requester: 'api',
      },
    ]);
    expect(run.send({ type: 'CompleteChild', step: s, child: instanceId('another'), output: 1 })).toMatchObject({ code: 'stale' });
    run.send({ type: 'CompleteChild', step: s, child: childOf(run), output: { ok: 1 } });
    expect(run.state.output).toEqual({ ok: 1 });
  });

  test('H10 a child runs for whom its parent runs for', () => {
    const run = made({ input: literal({ a: 1 }), version: 4 }, { requester: 'ann', coRequesters: ['bob'] });
    expect(run.last.effects).toMatchObject([{ type: 'StartChild', requester: 'ann', coRequesters: ['bob'] }]);
  });

  test('S1 one that is not waited for completes at once', () => {
    const run = made({ wait: false });
    expect(run.state).toMatchObject({ status: 'Completed', output: { instanceId: childOf(run) } });
    expect(run.last.effects).toMatchObject([{ type: 'StartChild', parent: null }]);
  });

  test('S2 S3 S5 each attempt is an instance of its own', () => {
    const run = made({ retry: { ...NO_RETRY, maxNumberOfAttempts: 2, firstRetryIntervalMs: 10 } });
    const first = childOf(run);
    run.send({ type: 'FailChild', step: s, child: first, failure: { code: 'Boom', message: 'x' } });
    expect(run.types()).toEqual(['SubOrchestrationInstanceFailed', 'TimerCreated']);
    run.fire('s#1!retry1');
    const second = childOf(run);
    expect(second).not.toBe(first);
    expect(second).toMatch(/^inst:s:[0-9a-f]{16}$/);
    expect(run.send({ type: 'CompleteChild', step: s, child: first, output: 1 })).toMatchObject({ code: 'stale' });
    run.send({ type: 'FailChild', step: s, child: second, failure: { code: 'Boom', message: 'x' } });
    expect(run.state.output).toMatchObject({ code: 'Boom', step: 's#1' });
  });

  test('S6 a child that takes too long is cancelled', () => {
    const run = made({ timeoutMs: 500 });
    run.fire('s#1!timeout1');
    expect(run.types()).toEqual(['TimerFired', 'SubOrchestrationInstanceFailed', 'EndReached', 'ExecutionCompleted']);
    expect(run.last.effects).toMatchObject([{ type: 'CancelChild', child: childOf(run) }]);
    expect(run.state.output).toMatchObject({ code: 'Timeout', node: 's' });
  });

  test('S4 S7 the parent is told how its child ended', () => {
    const parent = { instanceId: instanceId('p'), executionId: executionId('px'), step: s };
    const plan = planOf({ start, a: activity(), e: end(literal(1)) }, ['start>a', 'a>e']);
    const done = new InstanceFixture(plan).start(null, { parent });
    done.complete('a#1');
    expect(done.last.effects).toEqual([{ type: 'NotifyParent', parent, result: { ok: true, output: 1 } }]);
    const failed = new InstanceFixture(plan).start(null, { parent });
    failed.fail('a#1');
    expect(failed.last.effects).toMatchObject([{ type: 'NotifyParent', result: { ok: false, failure: { code: 'Boom' } } }]);
    const cancelled = new InstanceFixture(plan).start(null, { parent });
    cancelled.send({ type: 'Cancel', reason: 'the parent went on' });
    expect(cancelled.state.status).toBe('Canceled');
    expect(cancelled.last.effects).toMatchObject([
      { type: 'AbortActivity' },
      { type: 'NotifyParent', result: { failure: { code: 'Canceled' } } },
    ]);
    const terminated = new InstanceFixture(plan).start(null, { parent });
    terminated.send({ type: 'Terminate', reason: 'enough', by: 'ann', recursive: false });
    expect(terminated.last.effects).toMatchObject([
      { type: 'AbortActivity' },
      { type: 'NotifyParent', result: { failure: { code: 'Terminated', message: 'enough' } } },
    ]);
  });
});
