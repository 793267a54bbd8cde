import { describe, expect, test } from 'vitest';
import { stepKey } from './ids.ts';
import { InstanceFixture } from './instance-fixture.ts';
import { chain, retry, said, skip } from './operate-fixture.ts';
import {
  NO_RETRY,
  activity,
  end,
  event,
  expr,
  forEach,
  humanTask,
  literal,
  planOf,
  setVariables,
  start,
  subWorkflow,
  timer,
  transform,
} from './plan-fixture.ts';

describe('O7 retry of one step', () => {
  const policy = { ...NO_RETRY, maxNumberOfAttempts: 3, firstRetryIntervalMs: 60_000 };
  test('O7 the next attempt comes at once, and the timer is gone', () => {
    const run = new InstanceFixture(planOf({ start, a: activity({ retry: policy }) }, ['start>a'])).start();
    expect(run.send(retry('a#1'))).toMatchObject({ code: 'step.not-waiting' });
    run.fail('a#1');
    run.send(retry('a#1'));
    expect(run.types()).toEqual(['StepRetried', 'TaskScheduled']);
    expect(run.effectTypes()).toEqual(['ClearTimer', 'RunActivity']);
    expect(run.state.timers.size).toBe(0);
    expect(run.fire('a#1!retry1')).toMatchObject({ code: 'stale' });
  });

  test('O7 L3 while suspended it is recorded, once', () => {
    const run = new InstanceFixture(planOf({ start, a: activity({ retry: policy }) }, ['start>a'])).start();
    run.fail('a#1');
    run.send({ type: 'Suspend', ...said });
    expect(run.send(retry('a#1'))).toEqual({ ok: true });
    expect(run.send(retry('a#1'))).toMatchObject({ code: 'step.not-waiting' });
    run.send({ type: 'Resume', ...said });
    expect(run.types()).toEqual(['ExecutionResumed', 'TaskScheduled']);
  });

  test('O7 a held step is released, a failed instance rewound', () => {
    const run = new InstanceFixture(planOf({ start, a: activity() }, ['start>a'])).start();
    run.send({ type: 'QuarantineTask', step: stepKey('a#1'), attempt: 1, claims: 5 });
    run.send(retry('a#1'));
    expect(run.types()).toEqual(['TaskReleased']);
    run.fail('a#1');
    expect(run.send(retry('b#1'))).toMatchObject({ code: 'step.not-open' });
    run.send(retry('a#1'));
    expect(run.types()).toEqual(['ExecutionRewound', 'TaskScheduled']);
  });
});

describe('O8 skip', () => {
  test.each([
    ['activity', activity()],
    ['event', event('go')],
    ['timer', timer(literal('1h'))],
    ['humanTask', humanTask()],
    ['subWorkflow', subWorkflow()],
  ])('O8 %s: the step is stopped and gives what a person gave; what comes late is stale', (kind, node) => {
    const plan = planOf({ start, x: node, end: end(expr(({ steps }) => steps.x?.output ?? null)) }, [
      'start>x',
      kind === 'humanTask' ? 'x:approve>end' : 'x>end',
    ]);
    const run = new InstanceFixture(plan).start();
    expect(run.send(skip('x#1', 'mine'))).toEqual({ ok: true });
    expect(run.state).toMatchObject({ status: 'Completed', output: 'mine' });
    expect(run.all('StepSkippedByHand')).toMatchObject([{ step: 'x#1', output: 'mine', by: 'ann', reason: 'mended' }]);
    if (kind === 'activity') expect(run.effectTypes()).toEqual(['AbortActivity']);
    if (kind === 'humanTask') expect(run.last.effects).toMatchObject([{ type: 'CloseHumanTask', status: 'cancelled' }]);
    if (kind === 'subWorkflow') expect(run.effectTypes()).toEqual(['CancelChild']);
  });

  test('O8 by another port, and never by one that carries an error', () => {
    const plan = planOf({ start, x: humanTask(), yes: activity(), no: activity() }, ['start>x', 'x:approve>yes', 'x:reject>no']);
    const run = new InstanceFixture(plan).start();
    expect(run.send(skip('x#1', 'mine', 'maybe'))).toMatchObject({ code: 'step.unknown-port' });
    expect(run.send(skip('y#1'))).toMatchObject({ code: 'step.not-open' });
    run.send(skip('x#1', 'mine', 'reject'));
    expect(run.open()).toEqual(['no#1']);
  });

  test('O8 L4 while suspended the token leaves with the resumption', () => {
    const run = new InstanceFixture(chain).start();
    run.send({ type: 'Suspend', ...said });
    run.send(skip('a#1'));
    expect(run.open()).toEqual([]);
    run.send({ type: 'Resume', ...said });
    expect(run.open()).toEqual(['b#1']);
  });

  test('O8 a container with all that is inside', () => {
    const plan = planOf({ start, each: forEach(literal([0, 1])), a: { ...activity(), parent: 'each' }, after: activity() }, [
      'start>each',
      'each:body>a',
      'each>after',
    ]);
    const run = new InstanceFixture(plan).start();
    run.send(skip('each#1'));
    expect(run.open()).toEqual(['after#1']);
    expect(run.effectTypes()).toContain('AbortActivity');
  });

  test('O8 the failed step of a failed instance, whether it had opened or not', () => {
    const opened = new InstanceFixture(chain).start();
    opened.fail('a#1');
    opened.send(skip('a#1'));
    expect(opened.types()).toEqual(['ExecutionRewound', 'StepSkippedByHand', 'TaskScheduled']);
    expect(opened.open()).toEqual(['b#1']);
    const broken = transform(
      expr(() => {
        throw new Error('broken');
      }),
    );
    const never = new InstanceFixture(
      planOf({ start, bad: broken, b: activity(), end: end(expr(({ steps }) => steps.bad?.output ?? null)) }, [
        'start>bad',
        'bad>b',
        'b>end',
      ]),
    ).start();
    expect(never.state.status).toBe('Failed');
    never.send(skip('bad#1', 'by hand'));
    expect(never.open()).toEqual(['b#1']);
    never.complete('b#1');
    expect(never.state).toMatchObject({ status: 'Completed', output: 'by hand' });
  });
});

test('O9 variables are edited between turns, all at once, also while suspended, and not when it has ended', () => {
  const plan = planOf({ start, set: setVariables({ n: literal(1) }), a: activity(), end: end(expr(({ vars }) => vars)) }, [
    'start>set',
    'set>a',
    'a>end',
  ]);
  const run = new InstanceFixture(plan).start();
  run.send({ type: 'Suspend', ...said });
  expect(run.send({ type: 'EditVariables', values: { n: 2, m: [3] }, ...said })).toEqual({ ok: true });
  run.send({ type: 'Resume', ...said });
  run.complete('a#1');
  expect(run.state.output).toEqual({ n: 2, m: [3] });
  expect(run.send({ type: 'EditVariables', values: { n: 3 }, ...said })).toMatchObject({ code: 'instance.finished' });
});
