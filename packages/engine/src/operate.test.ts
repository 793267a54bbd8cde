import { describe, expect, test } from 'vitest';
import { edgeId, nodeId, portId } from '@perdure/graph';
import type { CommandBody } from './command.ts';
import { evolve } from './evolve.ts';
import { stepKey } from './ids.ts';
import { initialState } from './initial-state.ts';
import { InstanceFixture } from './instance-fixture.ts';
import {
  NO_RETRY,
  activity,
  end,
  entityOperation,
  event,
  expr,
  fail,
  forEach,
  humanTask,
  inside,
  join,
  literal,
  loop,
  planOf,
  renamedPlan,
  scope,
  setVariables,
  start,
  subWorkflow,
  timer,
  transform,
} from './plan-fixture.ts';

const said = { reason: 'mended', by: 'ann' };
const rewind: CommandBody = { type: 'Rewind', ...said };
const skip = (step: string, output = 'by hand', port: string | null = null): CommandBody => ({
  type: 'SkipStep',
  step: stepKey(step),
  output,
  port: port === null ? null : portId(port),
  ...said,
});
const retry = (step: string): CommandBody => ({ type: 'RetryStep', step: stepKey(step), ...said });

const chain = planOf({ start, a: activity(), b: activity(), end: end(expr(({ steps }) => steps.b?.output ?? null)) }, [
  'start>a',
  'a>b',
  'b>end',
]);

describe('O1 rewind', () => {
  test('O1 only what failed is rewound', () => {
    const run = new InstanceFixture(chain).start();
    expect(run.send(rewind)).toMatchObject({ ok: false, code: 'instance.not-failed' });
    run.complete('a#1');
    run.complete('b#1', 'done');
    expect(run.send(rewind)).toMatchObject({ ok: false, code: 'instance.not-failed' });
    expect(run.state.status).toBe('Completed');
  });

  test('O1 a rewind that names the failure it means does nothing to a later one', () => {
    const run = new InstanceFixture(chain).start();
    run.fail('a#1');
    const meant = { ...rewind, seq: run.state.seq };
    expect(run.send(meant)).toEqual({ ok: true });
    run.fail('a#1', 'Boom', 2);
    expect(run.state.status).toBe('Failed');
    expect(run.send(meant)).toMatchObject({ ok: false, code: 'instance.changed' });
    expect(run.state.status).toBe('Failed');
  });

  test('O1 O3 the failed step has another attempt under its key, what had completed is kept, and it ends once more', () => {
    const run = new InstanceFixture(chain).start();
    run.complete('a#1');
    run.fail('b#1');
    expect(run.state.status).toBe('Failed');
    expect(run.send(rewind)).toEqual({ ok: true });
    expect(run.types()).toEqual(['ExecutionRewound', 'TaskScheduled']);
    expect(run.last.effects).toEqual([{ type: 'RunActivity', step: 'b#1' }]);
    expect(run.state).toMatchObject({ status: 'Running', failure: null, output: null, fallen: null });
    run.complete('b#1', 'late', 1);
    expect(run.last.outcome).toMatchObject({ code: 'stale' });
    run.complete('b#1', 'well', 2);
    expect(run.state).toMatchObject({ status: 'Completed', output: 'well' });
    expect(run.all('TaskCompleted').map(({ step }) => step)).toEqual(['a#1', 'b#1']);
  });

  test('O3 retries count anew', () => {
    const policy = { ...NO_RETRY, maxNumberOfAttempts: 2, firstRetryIntervalMs: 10 };
    const run = new InstanceFixture(planOf({ start, a: activity({ retry: policy }) }, ['start>a'])).start();
    run.fail('a#1');
    run.fire('a#1!retry1');
    run.fail('a#1', 'Boom', 2);
    expect(run.state.status).toBe('Failed');
    run.send(rewind);
    run.fail('a#1', 'Boom', 3);
    expect(run.last.events[0]).toMatchObject({ type: 'TaskFailed', retry: true });
    run.fire('a#1!retry3');
    run.fail('a#1', 'Boom', 4);
    expect(run.state.status).toBe('Failed');
  });

  test('O2 everything the failure had closed is open again: activities run, timers are set, tasks are in the inbox, limits go on where they stopped', () => {
    const plan = planOf(
      {
        start,
        weak: activity(),
        busy: activity(),
        nap: timer(literal('1h')),
        ask: humanTask({ deadline: literal('1h') }),
        wait: event('go', literal('1h')),
      },
      ['start>weak', 'start>busy', 'start>nap', 'start>ask', 'start>wait'],
    );
    const run = new InstanceFixture(plan).start();
    run.raise('other', 1);
    const before = run.open();
    run.fail('weak#1');
    run.at += 10_000;
    run.send(rewind);
    expect(new Set(run.open())).toEqual(new Set(before));
    expect(run.effectTypes().toSorted()).toEqual(['OpenHumanTask', 'RunActivity', 'RunActivity', 'SetTimer', 'SetTimer', 'SetTimer']);
    const moment = (id: string) => [...run.state.timers].find(([timerId]) => timerId === id)?.[1].fireAt;
    expect(moment('nap#1!timer1')).toBe(1_001 + 3_600_000);
    // 10,001 ms lay between the failure and the rewind.
    expect(moment('ask#1!deadline1')).toBe(1_001 + 3_600_000 + 10_001);
    expect(moment('wait#1!timeout1')).toBe(1_001 + 3_600_000 + 10_001);
    expect([...run.state.buffered.keys()]).toEqual(['other']);
  });

  test('O2 tokens that were on their way go on', () => {
    const plan = planOf({ start, bad: fail('Broken'), b: activity(), c: activity() }, ['start>bad', 'start>b', 'start>c']);
    const run = new InstanceFixture(plan).start();
    expect(run.open()).toEqual([]);
    expect(run.history.at(-1)).toMatchObject({ left: { tokens: [{ node: 'b' }, { node: 'c' }] } });
    // The node that failed fails again, and nothing of the others is lost by that either.
    run.send(rewind);
    expect(run.state.status).toBe('Failed');
    expect(run.send(skip('bad#1'))).toMatchObject({ code: 'step.not-open' });
    expect(run.send(skip('bad#2'))).toMatchObject({ code: 'step.unknown-port' });
  });

  test('O2 an item of a for each fails with it: items, results and counters are as they were', () => {
    const plan = planOf(
      {
        start,
        each: forEach(literal([0, 1, 2]), { concurrency: 2 }),
        a: { ...activity(), parent: 'each' },
        done: { ...end(expr(({ steps }) => steps.a?.output ?? null)), parent: 'each' },
        end: end(expr(({ steps }) => steps.each?.output ?? null)),
      },
      ['start>each', 'each:body>a', 'a>done', 'each>end'],
    );
    const run = new InstanceFixture(plan).start();
    run.complete('each#1[0]/a#1', 'first');
    run.fail('each#1[1]/a#1');
    expect(run.state.status).toBe('Failed');
    run.send(rewind);
    expect(new Set(run.open())).toEqual(new Set(['each#1', 'each#1[1]/a#1', 'each#1[2]/a#1']));
    run.complete('each#1[1]/a#1', 'second', 2);
    run.complete('each#1[2]/a#1', 'third');
    expect(run.state).toMatchObject({ status: 'Completed', output: ['first', 'second', 'third'] });
  });

  test('O2 a pass of a loop', () => {
    const plan = planOf(
      {
        start,
        again: loop('until', ({ index }) => Number(index) >= 1),
        a: { ...activity(), parent: 'again' },
        done: { ...end(expr(({ index }) => index ?? null)), parent: 'again' },
        end: end(expr(({ steps }) => steps.again?.output ?? null)),
      },
      ['start>again', 'again:body>a', 'a>done', 'again>end'],
    );
    const run = new InstanceFixture(plan).start();
    run.complete('again#1[0]/a#1');
    run.fail('again#1[1]/a#1');
    run.send(rewind);
    run.complete('again#1[1]/a#1', null, 2);
    expect(run.state).toMatchObject({ status: 'Completed', output: 1 });
  });

  test('O2 what came to nothing while it was suspended is open again', () => {
    const run = new InstanceFixture(planOf({ start, a: activity(), b: activity() }, ['start>a', 'a>b'])).start();
    run.send({ type: 'Suspend', ...said });
    run.fail('a#1');
    run.send({ type: 'Resume', ...said });
    expect(run.state.status).toBe('Failed');
    run.send(rewind);
    run.complete('a#1', null, 2);
    expect(run.open()).toEqual(['b#1']);
  });

  test('O3 a timeout that failed the instance begins anew', () => {
    const run = new InstanceFixture(planOf({ start, wait: event('go', literal('1h')) }, ['start>wait'])).start();
    run.fire('wait#1!timeout1');
    expect(run.state).toMatchObject({ status: 'Failed', failure: { code: 'Timeout' } });
    run.send(rewind);
    expect([...run.state.timers.values()].map(({ fireAt }) => fireAt)).toEqual([run.at + 3_600_000]);
    run.raise('go');
    expect(run.state.status).toBe('Completed');
  });

  test('O2 of several outcomes that fail with the resumption, only what failed the instance is taken back', () => {
    const plan = planOf(
      {
        start,
        each: forEach(literal([1, 2, 3]), { errorTolerance: 1 }),
        h: inside('each', humanTask({ deadline: literal('1h') })),
      },
      ['start>each', 'each:body>h'],
    );
    const run = new InstanceFixture(plan).start();
    run.send({ type: 'Suspend', ...said });
    run.at += 3_600_000;
    for (const i of [0, 1, 2]) run.fire(`each#1[${i}]/h#1!deadline1`);
    run.send({ type: 'Resume', ...said });
    expect(run.state.status).toBe('Failed');
    expect(run.all('PassEnded').map(({ index, taken }) => [index, taken])).toEqual([
      [0, true],
      [1, undefined],
    ]);
    run.send(rewind);
    expect(run.open()).toEqual(['each#1', 'each#1[1]/h#1', 'each#1[2]/h#1']);
    run.at += 3_600_000;
    run.fire('each#1[1]/h#1!deadline1');
    expect(run.state.failure).toMatchObject({ code: 'Overdue', step: 'each#1[1]/h#1' });
  });

  test('O2 a container whose error port took its failure stays closed, and its token goes on once', () => {
    const plan = planOf(
      {
        start,
        each: forEach(literal([1, 2])),
        h: inside('each', humanTask({ deadline: literal('1h') })),
        mend: activity(),
        last: humanTask({ deadline: literal('1h') }),
      },
      ['start>each', 'start>last', 'each:body>h', 'each:error>mend'],
    );
    const run = new InstanceFixture(plan).start();
    run.send({ type: 'Suspend', ...said });
    run.at += 3_600_000;
    for (const step of ['each#1[0]/h#1', 'last#1']) run.fire(`${step}!deadline1`);
    run.send({ type: 'Resume', ...said });
    expect(run.state.failure).toMatchObject({ code: 'Overdue', step: 'last#1' });
    expect(run.all('StepFailed')).toMatchObject([{ step: 'each#1', taken: true }]);
    run.send(rewind);
    expect(run.open().toSorted()).toEqual(['last#1', 'mend#1']);
  });

  test('O3 a sub-workflow’s timeout that failed the instance begins anew, and one of a scope that fired while it was suspended', () => {
    const child = new InstanceFixture(planOf({ start, sub: { ...subWorkflow(), timeoutMs: 1_000 } }, ['start>sub'])).start();
    child.fire('sub#1!timeout1');
    expect(child.state).toMatchObject({ status: 'Failed', failure: { code: 'Timeout' } });
    child.send(rewind);
    expect([...child.state.timers]).toEqual([['sub#1!timeout1', { step: 'sub#1', purpose: 'timeout', fireAt: child.at + 1_000 }]]);
    expect(child.last.effects).toContainEqual({ type: 'SetTimer', timer: 'sub#1!timeout1', fireAt: child.at + 1_000 });

    const box = planOf({ start, weak: activity(), box: scope([], 1_000), a: { ...activity(), parent: 'box' } }, [
      'start>weak',
      'start>box',
      'box:body>a',
    ]);
    const run = new InstanceFixture(box).start();
    run.send({ type: 'Suspend', ...said });
    run.fail('weak#1');
    run.fire('box#1!timeout1');
    run.send({ type: 'Resume', ...said });
    expect(run.state.status).toBe('Failed');
    run.send(rewind);
    expect([...run.state.timers.keys()]).toEqual(['box#1!timeout1']);
  });

  test('O2 an outcome that came while it was suspended, of a frame that was gone before the failure, comes to nothing', () => {
    const plan = planOf(
      {
        start,
        box: scope([['any', null]]),
        a: { ...activity(), parent: 'box' },
        b: { ...activity(), parent: 'box' },
        weak: activity(),
        mended: activity(),
      },
      ['start>box', 'start>weak', 'box:body>a', 'box:body>b', 'box:any>mended'],
    );
    const run = new InstanceFixture(plan).start();
    run.send({ type: 'Suspend', ...said });
    for (const step of ['box#1[0]/a#1', 'weak#1', 'box#1[0]/b#1']) run.fail(step);
    run.send({ type: 'Resume', ...said });
    expect(run.state.status).toBe('Failed');
    run.send(rewind);
    expect(run.open()).toEqual(['weak#1', 'mended#1']);
    run.complete('weak#1', null, 2);
    run.complete('mended#1');
    expect(run.state.status).toBe('Completed');
  });

  test('O2 in a test run of one step nothing leaves the step after a rewind either', () => {
    const plan = planOf({ start, only: activity(), after: activity() }, ['start>only', 'only>after']);
    const from = { node: nodeId('only'), only: true, outputs: {}, vars: {} };
    const run = new InstanceFixture(plan).start(null, { test: { pins: {}, fastForward: false, from } });
    run.fail('only#1');
    run.send(rewind);
    run.complete('only#1', 'well', 2);
    expect(run.state).toMatchObject({ status: 'Completed', output: 'well' });
  });

  test('O4 a starved join is not rewound: it would starve again', () => {
    const inside = { ...join(2), parent: 'box' };
    for (const plan of [
      planOf({ start, both: join(2) }, ['start>both']),
      planOf({ start, box: scope(), both: inside }, ['start>box', 'box:body>both']),
    ]) {
      const run = new InstanceFixture(plan).start();
      expect(run.state.failure).toMatchObject({ code: 'JoinStarved' });
      expect(run.send(rewind)).toMatchObject({ ok: false, code: 'instance.not-rewindable' });
      expect(run.state.status).toBe('Failed');
    }
  });

  test('O4 of a history that does not tell what was on its way, a failure between steps is not rewound', () => {
    const run = new InstanceFixture(planOf({ start, bad: fail('Broken') }, ['start>bad'])).start();
    const old = initialState(run.state.instanceId);
    for (const { seq, at, ...body } of run.history) {
      if (body.type === 'ExecutionCompleted') delete body.left;
      evolve(old, { seq, at, ...body });
    }
    run.state = old;
    expect(run.send(rewind)).toMatchObject({ code: 'instance.not-rewindable' });
  });

  test('O5 a critical section and a call begin anew', () => {
    const plan = planOf(
      {
        start,
        weak: activity(),
        both: scope([], null, [{ entity: 'till', key: literal('a') }]),
        a: { ...activity(), parent: 'both' },
        call: entityOperation({ entity: 'till', key: literal('b'), mode: 'call' }),
      },
      ['start>weak', 'start>both', 'both:body>a', 'start>call'],
    );
    const run = new InstanceFixture(plan).start();
    run.fail('weak#1');
    run.send(rewind);
    expect(run.last.events[1]).toMatchObject({ type: 'TokenCancelled', reason: 'rewind', steps: ['both#1'] });
    expect(new Set(run.open())).toEqual(new Set(['weak#1', 'both#2', 'call#2']));
  });

  test('O6 the sub-workflow that failed is asked, one that was stopped is replaced', () => {
    const plan = planOf({ start, one: subWorkflow(), other: subWorkflow() }, ['start>one', 'start>other']);
    const run = new InstanceFixture(plan).start();
    const child = run.state.steps.get(stepKey('one#1'));
    if (child?.kind !== 'subWorkflow') throw new Error('No child.');
    run.send({ type: 'FailChild', step: stepKey('one#1'), child: child.child, failure: { code: 'Boom', message: 'no' } });
    expect(run.state.status).toBe('Failed');
    run.send(rewind);
    expect(run.last.events).toMatchObject([
      { type: 'ExecutionRewound' },
      { type: 'SubOrchestrationInstanceCreated', step: 'other#1', attempt: 2 },
    ]);
    expect(run.last.effects).toContainEqual(
      expect.objectContaining({
        type: 'SendToInstance',
        instanceId: child.child,
        command: expect.objectContaining({ type: 'Rewind', asked: expect.anything() }),
      }),
    );
    run.send({ type: 'ReplaceChild', step: stepKey('one#1'), child: child.child });
    expect(run.last.events).toMatchObject([{ type: 'SubOrchestrationInstanceCreated', step: 'one#1', attempt: 2 }]);
  });

  test('O6 a rewound sub-workflow is its first attempt, and one whose place another takes costs none', () => {
    const policy = { ...NO_RETRY, maxNumberOfAttempts: 2, firstRetryIntervalMs: 10 };
    for (const replaced of [false, true]) {
      const run = new InstanceFixture(planOf({ start, sub: { ...subWorkflow(), retry: policy } }, ['start>sub'])).start();
      const step = stepKey('sub#1');
      const childNow = () => {
        const open = run.state.steps.get(step);
        if (open?.kind !== 'subWorkflow') throw new Error('No child.');
        return open.child;
      };
      const failure = { code: 'Boom', message: 'no' };
      const failed = (): string[] => {
        run.send({ type: 'FailChild', step, child: childNow(), failure });
        return run.types();
      };
      expect(failed()).toContain('TimerCreated');
      run.fire('sub#1!retry1');
      expect(failed()).toContain('ExecutionCompleted');
      run.send(rewind);
      if (replaced) run.send({ type: 'ReplaceChild', step, child: childNow() });
      expect(failed()).toContain('TimerCreated');
      run.fire(`sub#1!retry${replaced ? 3 : 2}`);
      expect(failed()).toContain('ExecutionCompleted');
    }
  });

  test('O6 one that did not fail answers who asks for it', () => {
    const parent = { instanceId: 'p' as never, executionId: 'x' as never, step: stepKey('sub#1') };
    const asked: CommandBody = { type: 'Rewind', ...said, asked: parent };
    const ended = new InstanceFixture(planOf({ start, end: end(literal('well')) }, ['start>end'])).start(null, { parent });
    ended.send(asked);
    expect(ended.last).toMatchObject({ events: [], effects: [{ type: 'NotifyParent', parent, result: { ok: true, output: 'well' } }] });
    const stopped = new InstanceFixture(chain).start(null, { parent });
    stopped.send({ type: 'Cancel', reason: 'no' });
    stopped.send(asked);
    expect(stopped.last.effects).toMatchObject([
      { type: 'SendToInstance', instanceId: 'p', command: { type: 'ReplaceChild', child: 'inst' } },
    ]);
    const busy = new InstanceFixture(chain).start(null, { parent });
    busy.send(asked);
    expect(busy.last.effects).toEqual([]);
  });
});

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

describe('O10 migration', () => {
  const old = planOf({ start, a: activity(), b: activity(), both: join(2), after: activity() }, [
    'start>a',
    'start>b',
    'a>both',
    'b>both',
    'both>after',
  ]);
  const migrate = (run: InstanceFixture, more: Partial<CommandBody & { type: 'Migrate' }> = {}): CommandBody => ({
    type: 'Migrate',
    version: 2,
    seq: run.state.seq,
    nodes: {},
    edges: {},
    joins: [],
    ...said,
    ...more,
  });

  test('O10 open steps and waiting tokens go on under their new names, with their keys', () => {
    const { plan, nodes, edges } = renamedPlan(old);
    const run = new InstanceFixture(old).start();
    run.complete('a#1', 'kept');
    const joins = [{ node: nodeId('both_'), incoming: [edgeId('e3_'), edgeId('e4_')] }];
    expect(run.send(migrate(run, { nodes, edges, joins }), plan)).toEqual({ ok: true });
    expect(run.state.version).toBe(2);
    expect(run.open()).toEqual(['b#1']);
    run.complete('b#1');
    expect(run.open()).toEqual(['after_#1']);
  });

  test('O10 what steps gave is found by their new names', () => {
    const from = planOf({ start, a: activity(), b: activity(), end: end(literal('old')) }, ['start>a', 'a>b', 'b>end']);
    const to = planOf({ start, a_: activity(), b: activity(), end: end(expr(({ steps }) => steps.a_?.output ?? null)) }, [
      'start>a_',
      'a_>b',
      'b>end',
    ]);
    const run = new InstanceFixture(from).start();
    run.complete('a#1', 'kept');
    run.send(migrate(run, { nodes: { [nodeId('a')]: nodeId('a_') } }), to);
    run.complete('b#1');
    expect(run.state).toMatchObject({ status: 'Completed', output: 'kept' });
  });

  test('O10 a join that needs fewer tokens now fires, also after it was suspended', () => {
    const fewer = planOf({ start, a: activity(), b: activity(), both: join(1), after: activity() }, [
      'start>a',
      'start>b',
      'a>both',
      'b>both',
      'both>after',
    ]);
    for (const suspended of [false, true]) {
      const run = new InstanceFixture(old).start();
      run.complete('a#1');
      if (suspended) run.send({ type: 'Suspend', ...said });
      run.send(migrate(run, { joins: [{ node: nodeId('both'), incoming: [edgeId('e3'), edgeId('e4')] }] }), fewer);
      if (suspended) run.send({ type: 'Resume', ...said });
      expect(run.open()).toEqual(['b#1', 'after#1']);
    }
  });

  test('O10 a join that fires with it and cancels the rest takes frames along in which other joins wait', () => {
    const version = (needed: number) =>
      planOf(
        {
          start,
          a: activity(),
          b: activity(),
          each: forEach(literal([0])),
          x: { ...activity(), parent: 'each' },
          y: { ...activity(), parent: 'each' },
          inner: { ...join(needed), parent: 'each' },
          first: join(needed, ['a', 'b', 'each']),
          after: activity(),
        },
        [
          'start>a',
          'start>b',
          'start>each',
          'each:body>x',
          'each:body>y',
          'x>inner',
          'y>inner',
          'a>first',
          'b>first',
          'each>first',
          'first>after',
        ],
      );
    const run = new InstanceFixture(version(2)).start();
    run.complete('a#1');
    run.complete('each#1[0]/x#1');
    const target = version(1);
    const joins = [...target.nodes.values()].flatMap((node) =>
      node.kind === 'join' ? [{ node: node.id, incoming: node.incoming.map(({ id }) => id) }] : [],
    );
    expect(run.send(migrate(run, { joins }), target)).toEqual({ ok: true });
    expect(run.open()).toEqual(['after#1']);
  });

  test('O10 the rows of open tasks stand at the nodes of the new version', () => {
    const asks = planOf({ start, ask: humanTask() }, ['start>ask']);
    const { plan, nodes, edges } = renamedPlan(asks);
    const run = new InstanceFixture(asks).start();
    run.send(migrate(run, { nodes, edges }), plan);
    expect(run.last.effects).toMatchObject([{ type: 'ChangeHumanTask', step: 'ask#1', change: { node: 'ask_', holders: [] } }]);
  });

  test('O10 a failed instance is rewound with it, and fails no more where the new version does better', () => {
    const wrong = planOf({ start, a: activity(), bad: fail('Wrong') }, ['start>a', 'a>bad']);
    const right = planOf({ start, a: activity(), bad: fail('Wrong'), good: end(literal('well')) }, ['start>a', 'a>good']);
    const run = new InstanceFixture(wrong).start();
    run.fail('a#1');
    run.send(migrate(run), right);
    expect(run.types()).toEqual(['ExecutionRewound', 'VersionMigrated', 'TaskScheduled']);
    run.complete('a#1', null, 2);
    expect(run.state).toMatchObject({ status: 'Completed', output: 'well', version: 2 });
  });

  test('O10 a failed activity has its next attempt with what the new version gives it, under its key', () => {
    const before = planOf({ start, a: activity({ input: { to: expr(({ input }) => input) } }), b: activity() }, ['start>a', 'a>b']);
    const after = planOf({ start, a: activity({ activity: 'other', input: { to: literal('here') } }), b: activity() }, ['start>a', 'a>b']);
    const run = new InstanceFixture(before).start('nowhere');
    run.fail('a#1');
    run.send(migrate(run), after);
    expect(run.types()).toEqual(['ExecutionRewound', 'VersionMigrated', 'TaskScheduled']);
    expect(run.state.steps.get(stepKey('a#1'))).toMatchObject({ attempt: 2, activity: 'other', input: { to: 'here' } });
    expect(run.state.runningActivities).toBe(1);
    run.complete('a#1', null, 2);
    expect(run.open()).toEqual(['b#1']);
  });

  test('O10 one whose new input cannot be had fails, as any step does', () => {
    const before = planOf({ start, a: activity() }, ['start>a']);
    const broken = expr(() => {
      throw new Error('No such thing');
    });
    const after = planOf({ start, a: activity({ input: { to: broken } }), saved: activity() }, ['start>a', 'a:error>saved']);
    const run = new InstanceFixture(before).start();
    run.fail('a#1');
    run.send(migrate(run), after);
    expect(run.types()).toEqual(['ExecutionRewound', 'VersionMigrated', 'TaskFailed', 'TaskScheduled']);
    expect(run.open()).toEqual(['saved#1']);
  });

  test('O11 not when it has gone on since it was checked, nor where a step has no place of its kind', () => {
    const other = planOf({ start, a: timer(literal('1h')), b: activity() }, ['start>a', 'start>b']);
    const run = new InstanceFixture(old).start();
    expect(run.send(migrate(run, { seq: run.state.seq - 1 }), old)).toMatchObject({ code: 'instance.changed' });
    expect(run.send(migrate(run), other)).toMatchObject({ code: 'migration.problems' });
    expect(run.send(migrate(run, { joins: [{ node: nodeId('a'), incoming: [] }] }), old)).toMatchObject({ code: 'migration.problems' });
    expect(run.state.version).toBe(1);
  });

  test('O11 a test run stays with its draft', () => {
    const run = new InstanceFixture(old).start(null, { test: { pins: {}, fastForward: false } });
    expect(run.send(migrate(run), old)).toMatchObject({ code: 'migration.problems' });
  });
});
