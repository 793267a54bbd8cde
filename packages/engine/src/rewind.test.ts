import { nodeId } from '@perdure/graph';
import { describe, expect, test } from 'vitest';
import type { CommandBody } from './command.ts';
import { evolve } from './evolve.ts';
import { stepKey } from './ids.ts';
import { initialState } from './initial-state.ts';
import { InstanceFixture } from './instance-fixture.ts';
import { chain, rewind, said, skip } from './operate-fixture.ts';
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
  scope,
  start,
  subWorkflow,
  timer,
} from './plan-fixture.ts';

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
