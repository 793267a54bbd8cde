import { describe, expect, test } from 'vitest';
import { InstanceFixture } from './instance-fixture.ts';
import {
  activity,
  condition,
  end,
  event,
  expr,
  fail,
  forEach,
  humanTask,
  inside,
  join,
  keepingEvaluator,
  literal,
  loop,
  planOf,
  scope,
  setVariables,
  start,
  subWorkflow,
  timer,
  transform,
} from './plan-fixture.ts';

describe('for each', () => {
  const each = (items: Parameters<typeof forEach>[0], own: Parameters<typeof forEach>[1] = {}, edges: string[] = []) =>
    planOf(
      {
        start,
        l: forEach(items, own),
        a: inside('l', activity({ input: { item: expr(({ item }) => item), index: expr(({ index }) => index) } })),
        r: inside('l', end(expr(({ steps }) => steps.a?.output))),
        e: end(expr(({ steps }) => steps.l?.output)),
        c: end(expr(({ error }) => error)),
      },
      ['start>l', 'l:body>a', 'a>r', 'l>e', ...edges],
    );

  test('C1 C2 each item runs in its own frame and sees item and index', () => {
    const run = new InstanceFixture(each(literal(['x', 'y']))).start();
    expect(run.open()).toEqual(['l#1', 'l#1[0]/a#1', 'l#1[1]/a#1']);
    expect(run.all('TaskScheduled').map((scheduled) => scheduled.input)).toEqual([
      { item: 'x', index: 0 },
      { item: 'y', index: 1 },
    ]);
  });

  test('C3 results come in input order, whatever order the items end in', () => {
    const run = new InstanceFixture(each(literal(['x', 'y', 'z']))).start();
    run.complete('l#1[2]/a#1', 'Z');
    run.complete('l#1[0]/a#1', 'X');
    expect(run.types()).toEqual(['TaskCompleted', 'EndReached', 'PassEnded']);
    run.complete('l#1[1]/a#1', 'Y');
    expect(run.types()).toEqual(['TaskCompleted', 'EndReached', 'PassEnded', 'ContainerExited', 'EndReached', 'ExecutionCompleted']);
    expect(run.state.output).toEqual(['X', 'Y', 'Z']);
  });

  test('C3 no more than the limit run at once', () => {
    const run = new InstanceFixture(each(literal([1, 2, 3, 4]), { concurrency: 2 })).start();
    expect(run.open()).toEqual(['l#1', 'l#1[0]/a#1', 'l#1[1]/a#1']);
    run.complete('l#1[1]/a#1', 2);
    expect(run.open()).toEqual(['l#1', 'l#1[0]/a#1', 'l#1[2]/a#1']);
    for (const index of [0, 2, 3]) run.complete(`l#1[${index}]/a#1`, index + 1);
    expect(run.state.output).toEqual([1, 2, 3, 4]);
  });

  test('C2 nothing is an empty list, one bare value a list of one', () => {
    const empty = new InstanceFixture(each(expr(() => undefined))).start();
    expect(empty.types()).toEqual(['ExecutionStarted', 'ContainerEntered', 'ContainerExited', 'EndReached', 'ExecutionCompleted']);
    expect(empty.state.output).toEqual([]);
    expect(new InstanceFixture(each(literal('solo'))).start().open()).toEqual(['l#1', 'l#1[0]/a#1']);
  });

  test('C4 tolerated failures give null', () => {
    const run = new InstanceFixture(each(literal([1, 2, 3]), { errorTolerance: 1 })).start();
    run.fail('l#1[1]/a#1');
    expect(run.types()).toEqual(['TaskFailed', 'PassEnded']);
    run.complete('l#1[0]/a#1', 'a');
    run.complete('l#1[2]/a#1', 'c');
    expect(run.state.output).toEqual(['a', null, 'c']);
  });

  test('F4 one failure too many cancels the other items and fails the container', () => {
    const run = new InstanceFixture(each(literal([1, 2, 3]))).start();
    run.fail('l#1[1]/a#1');
    expect(run.types()).toEqual(['TaskFailed', 'PassEnded', 'TokenCancelled', 'StepFailed', 'ExecutionCompleted']);
    expect(run.last.effects).toEqual([
      { type: 'AbortActivity', step: 'l#1[0]/a#1' },
      { type: 'AbortActivity', step: 'l#1[2]/a#1' },
    ]);
    expect(run.state.failure).toEqual({ code: 'Boom', message: 'Boom happened', node: 'a', step: 'l#1[1]/a#1' });
  });

  test('F5 F7 a connected error port takes the failure, which keeps its origin', () => {
    const run = new InstanceFixture(each(literal([1, 2]), {}, ['l:error>c'])).start();
    run.fail('l#1[0]/a#1');
    expect(run.state).toMatchObject({ status: 'Completed', output: { code: 'Boom', node: 'a', step: 'l#1[0]/a#1' } });
  });

  test('D2 D4 inner frames see outer steps; item is the innermost', () => {
    const plan = planOf(
      {
        start,
        t: transform(literal('outer')),
        l: forEach(literal([10, 20])),
        m: inside('l', forEach(expr(({ item }) => [Number(item) + 1]))),
        r: inside('m', end(expr(({ item, index, steps }) => [item ?? null, index ?? null, steps.t?.output ?? null]))),
        q: inside('l', end(expr(({ steps, item }) => [item ?? null, steps.m?.output ?? null]))),
        e: end(expr(({ steps }) => steps.l?.output)),
      },
      ['start>t', 't>l', 'l:body>m', 'm:body>r', 'm>q', 'l>e'],
    );
    expect(new InstanceFixture(plan).start().state.output).toEqual([
      [10, [[11, 0, 'outer']]],
      [20, [[21, 0, 'outer']]],
    ]);
  });

  test('D3 large lists, items and results travel as references', () => {
    const keeping = keepingEvaluator(60);
    const big = 'x'.repeat(100);
    const run = new InstanceFixture(each(expr(() => [big, 'small'])), keeping).start();
    expect(run.all('ContainerEntered')[0]).toMatchObject({ items: { $payload: expect.any(String) }, count: 2 });
    expect(run.all('PassStarted').map((pass) => pass.item)).toMatchObject([{ $payload: expect.any(String) }, 'small']);
    run.complete('l#1[0]/a#1', keeping.keep(big));
    run.complete('l#1[1]/a#1', 'b');
    expect(keeping.load(run.all('ContainerExited')[0]?.output ?? null)).toEqual([keeping.keep(big), 'b']);
  });

  test('C11 10,000 items cost linear time', () => {
    const count = 10_000;
    const run = new InstanceFixture(each(literal(Array.from({ length: count }, (_, index) => index)), { concurrency: count })).start();
    expect(run.state.runningActivities).toBe(count);
    for (let index = count - 1; index >= 0; index--) run.complete(`l#1[${index}]/a#1`, index);
    expect(run.state.status).toBe('Completed');
    expect(run.state.output).toHaveLength(count);
    const pure = planOf(
      {
        start,
        l: forEach(literal(Array.from({ length: count }, () => 1)), { concurrency: 1 }),
        t: inside('l', transform()),
        r: inside('l', end(literal(2))),
      },
      ['start>l', 'l:body>t', 't>r'],
    );
    expect(new InstanceFixture(pure).start().state.status).toBe('Completed');
  });
});

describe('loops', () => {
  test('C6 while asks before each pass', () => {
    const never = planOf(
      { start, l: loop('while', () => false), a: inside('l', activity()), e: end(expr(({ steps }) => steps.l?.output)) },
      ['start>l', 'l:body>a', 'l>e'],
    );
    expect(new InstanceFixture(never).start().types()).toEqual([
      'ExecutionStarted',
      'ContainerEntered',
      'ContainerExited',
      'EndReached',
      'ExecutionCompleted',
    ]);
    const twice = planOf({ start, l: loop('while', ({ index }) => Number(index) < 2), a: inside('l', activity()) }, [
      'start>l',
      'l:body>a',
    ]);
    const run = new InstanceFixture(twice).start();
    run.complete('l#1[0]/a#1');
    run.complete('l#1[1]/a#1');
    expect(run.state.status).toBe('Completed');
  });

  test('C7 until asks after each pass and reads its result', () => {
    const plan = planOf(
      {
        start,
        l: loop('until', ({ steps }) => steps.l?.output === 'good'),
        a: inside('l', activity()),
        r: inside('l', end(expr(({ steps }) => steps.a?.output))),
        e: end(expr(({ steps }) => steps.l?.output)),
      },
      ['start>l', 'l:body>a', 'a>r', 'l>e'],
    );
    const run = new InstanceFixture(plan).start();
    run.complete('l#1[0]/a#1', 'bad');
    expect(run.types()).toEqual(['TaskCompleted', 'EndReached', 'PassEnded', 'PassStarted', 'TaskScheduled']);
    run.complete('l#1[1]/a#1', 'good');
    expect(run.state).toMatchObject({ status: 'Completed', output: 'good' });
  });

  test('C7 passes without a wait repeat inside the turn', () => {
    const plan = planOf(
      {
        start,
        l: loop('while', ({ vars }) => Number(vars.n ?? 0) < 50),
        s: inside('l', setVariables({ n: expr(({ vars }) => Number(vars.n ?? 0) + 1) })),
        e: end(expr(({ vars }) => vars.n)),
      },
      ['start>l', 'l:body>s', 'l>e'],
    );
    expect(new InstanceFixture(plan).start().state.output).toBe(50);
  });

  test('C7 a loop visited again does not see what its last visit gave', () => {
    const seen: unknown[] = [];
    const plan = planOf(
      {
        start,
        a: transform(),
        b: transform(),
        l: loop('while', ({ steps, index }) => {
          seen.push(steps.l?.output);
          return index === 0;
        }),
        r: inside('l', end(literal('pass'))),
      },
      ['start>a', 'start>b', 'a>l', 'b>l', 'l:body>r'],
    );
    expect(new InstanceFixture(plan).start().all('ContainerExited')).toHaveLength(2);
    expect(seen).toEqual([undefined, undefined, 'pass', 'pass']);
  });

  test('C10 one pass too many fails the loop', () => {
    const plan = planOf({ start, l: loop('while', () => true, 3), s: inside('l', transform()), c: end(expr(({ error }) => error)) }, [
      'start>l',
      'l:body>s',
      'l:error>c',
    ]);
    const run = new InstanceFixture(plan).start();
    expect(run.all('PassStarted')).toHaveLength(3);
    expect(run.state.output).toMatchObject({ code: 'LoopLimit', node: 'l', step: 'l#1' });
  });

  test('L8 a loop that never waits and never ends fails the instance, past every catch', () => {
    const plan = planOf(
      {
        start,
        s: scope([['any', null]]),
        l: inside(
          's',
          loop('while', () => true),
        ),
        x: inside('l', forEach(literal([1]))),
        t: inside('x', transform()),
        c: end(),
      },
      ['start>s', 's:body>l', 'l:body>x', 'x:body>t', 's:any>c'],
    );
    const run = new InstanceFixture(plan).start();
    expect(run.state).toMatchObject({ status: 'Failed', failure: { code: 'TurnLimit' } });
    expect(run.history.length).toBeLessThan(10_200);
  });

  test('F4 a failure inside fails the loop', () => {
    const plan = planOf({ start, l: loop('while', () => true), a: inside('l', activity()), c: end(expr(({ error }) => error)) }, [
      'start>l',
      'l:body>a',
      'l:error>c',
    ]);
    const run = new InstanceFixture(plan).start();
    run.fail('l#1[0]/a#1');
    expect(run.types()).toEqual(['TaskFailed', 'PassEnded', 'StepFailed', 'EndReached', 'ExecutionCompleted']);
  });
});

describe('scopes', () => {
  const caught = (catches: Parameters<typeof scope>[0], edges: string[], timeoutMs: number | null = null) =>
    planOf(
      {
        start,
        s: scope(catches, timeoutMs),
        a: inside('s', activity()),
        b: inside('s', activity()),
        r: inside('s', end(literal('in'))),
        e: end(expr(({ steps }) => steps.s?.output)),
        c: end(expr(({ error }) => error)),
        d: end(literal('other')),
      },
      ['start>s', 's:body>a', 's:body>b', 'a>r', 's>e', ...edges],
    );

  test('C8 a scope gives what its end gave', () => {
    const run = new InstanceFixture(caught([], [])).start();
    run.complete('s#1[0]/a#1');
    run.complete('s#1[0]/b#1');
    expect(run.state).toMatchObject({ status: 'Completed', output: 'in' });
  });

  test('F6 the first connected catch that takes the code gets the error, all else in the scope is cancelled', () => {
    const run = new InstanceFixture(
      caught(
        [
          ['unconnected', null],
          ['declined', ['Declined']],
          ['any', null],
        ],
        ['s:declined>d', 's:any>c'],
      ),
    ).start();
    run.fail('s#1[0]/a#1');
    expect(run.types()).toEqual(['TaskFailed', 'TokenCancelled', 'PassEnded', 'ContainerExited', 'EndReached', 'ExecutionCompleted']);
    expect(run.all('TokenCancelled')[0]).toMatchObject({ steps: ['s#1[0]/b#1'], reason: 'scope' });
    expect(run.state.output).toEqual({ code: 'Boom', message: 'Boom happened', node: 'a', step: 's#1[0]/a#1' });
  });

  test('F6 what no catch takes goes outwards', () => {
    const run = new InstanceFixture(caught([['declined', ['Declined']]], ['s:declined>d'])).start();
    run.fail('s#1[0]/a#1');
    expect(run.types()).toEqual(['TaskFailed', 'TokenCancelled', 'PassEnded', 'StepFailed', 'ExecutionCompleted']);
    expect(run.state).toMatchObject({ status: 'Failed', failure: { code: 'Boom' } });
  });

  test('C8 the timeout is caught by its own scope', () => {
    const run = new InstanceFixture(caught([['late', ['Timeout']]], ['s:late>c'], 5_000)).start();
    expect(run.last.effects).toContainEqual({ type: 'SetTimer', timer: 's#1!timeout1', fireAt: 6_001 });
    run.fire('s#1!timeout1');
    expect(run.state).toMatchObject({ status: 'Completed', output: { code: 'Timeout', node: 's', step: 's#1' } });
  });

  test('E2 a scope that ends in time clears its timer', () => {
    const run = new InstanceFixture(caught([], [], 5_000)).start();
    run.complete('s#1[0]/a#1');
    run.complete('s#1[0]/b#1');
    expect(run.last.effects).toEqual([{ type: 'ClearTimer', timer: 's#1!timeout1' }]);
  });

  test('J4 a starved join inside a scope can be caught', () => {
    const plan = planOf(
      {
        start,
        s: scope([['any', null]]),
        c: inside('s', condition(['x', () => true])),
        a: inside('s', transform()),
        b: inside('s', transform()),
        j: inside('s', join()),
        e: end(expr(({ error }) => error)),
      },
      ['start>s', 's:body>c', 'c:x>a', 'c:otherwise>b', 'a>j', 'b>j', 's:any>e'],
    );
    expect(new InstanceFixture(plan).start().state.output).toMatchObject({ code: 'JoinStarved', node: 'j' });
  });

  test('C9 cancelling a container stops everything inside it', () => {
    const plan = planOf(
      {
        start,
        q: activity(),
        l: forEach(literal([1, 2])),
        s: inside('l', scope([], 60_000)),
        t: inside('s', timer(literal('1h'))),
        h: inside('s', humanTask({ deadline: literal('1h') })),
        w: inside('s', subWorkflow()),
        v: inside('s', event('go', literal('1h'))),
        j: join(1, ['q', 'l', 's', 't', 'h', 'w', 'v']),
        e: end(),
      },
      ['start>q', 'start>l', 'l:body>s', 's:body>t', 's:body>h', 's:body>w', 's:body>v', 'q>j', 'l>j', 'j>e'],
    );
    const run = new InstanceFixture(plan).start();
    expect(run.state.steps.size).toBe(1 + 1 + 2 * 5);
    run.complete('q#1');
    expect(run.all('TokenCancelled')[0]).toMatchObject({ steps: ['l#1'], reason: 'join' });
    const stopped = run.effectTypes();
    expect(stopped.filter((type) => type === 'ClearTimer')).toHaveLength(2 * 4);
    expect(stopped.filter((type) => type === 'CancelChild')).toHaveLength(2);
    expect(stopped.filter((type) => type === 'CloseHumanTask')).toHaveLength(2);
    expect(run.state.status).toBe('Completed');
  });

  test('F6 a failure in a nested for each reaches the scope around it', () => {
    const plan = planOf(
      {
        start,
        s: scope([['any', ['Declined']]]),
        l: inside('s', forEach(literal([1, 2]))),
        f: inside('l', fail('Declined')),
        e: end(expr(({ error }) => error)),
      },
      ['start>s', 's:body>l', 'l:body>f', 's:any>e'],
    );
    expect(new InstanceFixture(plan).start().state.output).toMatchObject({ code: 'Declined', step: 's#1[0]/l#1[0]/f#1' });
  });
});
