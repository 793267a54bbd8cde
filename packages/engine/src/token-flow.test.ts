import { describe, expect, test } from 'vitest';
import { InstanceFixture } from './instance-fixture.ts';
import { activity, condition, end, expr, join, literal, planOf, setStatus, setVariables, start, transform } from './plan-fixture.ts';

describe('tokens', () => {
  test('T1 T7 a straight workflow of pure nodes completes in its first turn', () => {
    const plan = planOf({ start, t: transform(expr(({ input }) => ({ got: input }))), end: end(expr(({ steps }) => steps.t?.output)) }, [
      'start>t',
      't>end',
    ]);
    const run = new InstanceFixture(plan).start(7);
    expect(run.types()).toEqual(['ExecutionStarted', 'TransformCompleted', 'EndReached', 'ExecutionCompleted']);
    expect(run.state).toMatchObject({ status: 'Completed', output: { got: 7 } });
  });

  test('T2 every edge of a port gets a token, in document order', () => {
    const plan = planOf({ start, b: activity(), a: activity(), c: activity() }, ['start>b', 'start>a', 'start>c']);
    expect(new InstanceFixture(plan).start().open()).toEqual(['b#1', 'a#1', 'c#1']);
  });

  test('T2 a normal port without edges ends its token; T7 without an end the output is null', () => {
    const run = new InstanceFixture(planOf({ start, t: transform() }, ['start>t'])).start();
    expect(run.state).toMatchObject({ status: 'Completed', output: null });
  });

  test('T1 T3 a node with two incoming edges runs once per token, under keys counted by visit', () => {
    const plan = planOf({ start, a: transform(), b: transform(), m: activity() }, ['start>a', 'start>b', 'a>m', 'b>m']);
    const run = new InstanceFixture(plan).start();
    expect(run.open()).toEqual(['m#1', 'm#2']);
    run.complete('m#2', 'second');
    expect(run.state.status).toBe('Running');
    run.complete('m#1', 'first');
    expect(run.state.status).toBe('Completed');
  });

  test('T3 a cycle visits a node again under the next key', () => {
    const plan = planOf({ start, a: activity(), more: condition(['again', ({ steps }) => steps.a?.output === 'again']), end: end() }, [
      'start>a',
      'a>more',
      'more:again>a',
      'more:otherwise>end',
    ]);
    const run = new InstanceFixture(plan).start();
    run.complete('a#1', 'again');
    expect(run.open()).toEqual(['a#2']);
    run.complete('a#2', 'enough');
    expect(run.state.status).toBe('Completed');
  });

  test('T4 an opening names the edge its token came by', () => {
    const run = new InstanceFixture(planOf({ start, a: activity() }, ['start>a'])).start();
    expect(run.all('TaskScheduled')[0]).toMatchObject({ node: 'a', frame: '', via: 'e1', step: 'a#1' });
  });

  test('T5 a disabled node is skipped by its first normal port', () => {
    const plan = planOf(
      {
        start,
        a: { ...activity(), disabled: true },
        c: { ...condition(['yes', () => false]), disabled: true },
        y: setStatus(literal('y')),
        n: setStatus(literal('n')),
      },
      ['start>a', 'a>c', 'a:error>n', 'c:otherwise>n', 'c:yes>y'],
    );
    const run = new InstanceFixture(plan).start();
    expect(run.types()).toEqual(['ExecutionStarted', 'StepSkipped', 'StepSkipped', 'CustomStatusSet', 'ExecutionCompleted']);
    expect(run.state.customStatus).toBe('y');
  });

  test('T6 the instance goes on while another token is still in flight in the turn', () => {
    const plan = planOf({ start, e: end(literal('early')), t: transform(), a: activity() }, ['start>e', 'start>t', 't>a']);
    const run = new InstanceFixture(plan).start();
    expect(run.state.status).toBe('Running');
    run.complete('a#1');
    expect(run.state).toMatchObject({ status: 'Completed', output: 'early' });
  });

  test('T7 the last end reached gives the output', () => {
    const plan = planOf({ start, a: activity(), b: activity(), ea: end(literal('a')), eb: end(literal('b')) }, [
      'start>a',
      'start>b',
      'a>ea',
      'b>eb',
    ]);
    const run = new InstanceFixture(plan).start();
    run.complete('b#1');
    run.complete('a#1');
    expect(run.state.output).toBe('a');
    expect(run.types()).toEqual(['TaskCompleted', 'EndReached', 'ExecutionCompleted']);
  });
});

describe('data', () => {
  test('D1 an expression that matches nothing gives null', () => {
    const run = new InstanceFixture(
      planOf({ start, t: transform(expr(() => undefined)), end: end(expr(({ steps }) => steps)) }, ['start>t', 't>end']),
    ).start();
    expect(run.state.output).toEqual({ t: { output: null } });
  });

  test('D5 the first truthy case is taken, later ones are not evaluated', () => {
    const plan = planOf(
      {
        start,
        c: condition(
          ['empty', () => [0, '']],
          ['yes', () => ({ a: 1 })],
          [
            'never',
            () => {
              throw new Error('evaluated');
            },
          ],
        ),
        e: end(literal('yes')),
      },
      ['start>c', 'c:yes>e'],
    );
    expect(new InstanceFixture(plan).start().state.output).toBe('yes');
  });

  test('D7 an evaluation failure names its field and raises', () => {
    const broken = expr(() => {
      throw new Error('no such thing');
    });
    const run = new InstanceFixture(planOf({ start, a: activity({ input: { url: broken } }) }, ['start>a'])).start();
    expect(run.state).toMatchObject({
      status: 'Failed',
      failure: { code: 'Expression', message: 'url: no such thing', node: 'a', step: 'a#1' },
    });
    expect(run.types()).toEqual(['ExecutionStarted', 'StepFailed', 'ExecutionCompleted']);
  });

  test('D8 evaluations of one command get the command time and distinct seeds', () => {
    const seed = expr((_scope, clock) => `${clock.at}/${clock.seed}`);
    const run = new InstanceFixture(planOf({ start, s: setVariables({ a: seed, b: seed }) }, ['start>s'])).start();
    expect(run.state.vars).toEqual({ a: '1001/s0:0', b: '1001/s0:1' });
  });

  test('D9 all variables are evaluated before any is written', () => {
    const plan = planOf(
      {
        start,
        s1: setVariables({ x: literal(1), y: literal(2) }),
        s2: setVariables({ x: expr(({ vars }) => vars.y), y: expr(({ vars }) => vars.x) }),
      },
      ['start>s1', 's1>s2'],
    );
    expect(new InstanceFixture(plan).start().state.vars).toEqual({ x: 2, y: 1 });
  });

  test('D10 an expression sees only the steps it reads', () => {
    let seen: unknown;
    const look = expr(
      ({ steps }) => {
        seen = steps;
        return null;
      },
      [['steps', 'b', 'output']],
    );
    const plan = planOf({ start, a: transform(literal('A')), b: transform(literal('B')), e: end(look) }, ['start>a', 'a>b', 'b>e']);
    new InstanceFixture(plan).start();
    expect(seen).toEqual({ b: { output: 'B' } });
  });

  test('D11 the instance facts', () => {
    const run = new InstanceFixture(planOf({ start, e: end(expr(({ instance }) => instance, [['instance']])) }, ['start>e'])).start();
    expect(run.state.output).toEqual({ id: 'inst', executionId: 'x1', workflow: 'wf', version: 1, startedAt: '1970-01-01T00:00:01.001Z' });
  });
});

describe('joins', () => {
  const fork = (needed: number, region?: string[]) =>
    planOf({ start, a: activity(), b: activity(), c: activity(), j: join(needed, region), after: activity() }, [
      'start>a',
      'start>b',
      'start>c',
      'a>j',
      'b>j',
      'c>j',
      'j>after',
    ]);

  test('J1 J2 all: one token leaves when every edge has delivered', () => {
    const run = new InstanceFixture(fork(0)).start();
    run.complete('a#1');
    run.complete('b#1');
    expect(run.types()).toEqual(['TaskCompleted', 'JoinReached']);
    run.complete('c#1');
    expect(run.types()).toEqual(['TaskCompleted', 'JoinReached', 'JoinFired', 'TaskScheduled']);
    run.complete('after#1');
    expect(run.state.status).toBe('Completed');
  });

  test('J2 J3 any: the first token goes on, the rest of the pass is swallowed', () => {
    const run = new InstanceFixture(fork(1)).start();
    run.complete('b#1');
    expect(run.types()).toContain('JoinFired');
    run.complete('a#1');
    run.complete('c#1');
    expect(run.types()).toEqual(['TaskCompleted', 'JoinReached']);
    expect(run.all('JoinFired')).toHaveLength(1);
    run.complete('after#1');
    expect(run.state.status).toBe('Completed');
  });

  test('J2 two of three', () => {
    const run = new InstanceFixture(fork(2)).start();
    run.complete('a#1');
    expect(run.all('JoinFired')).toHaveLength(0);
    run.complete('c#1');
    expect(run.all('JoinFired')).toMatchObject([{ pass: 1, step: 'j#1' }]);
  });

  test('J4 a join that can never fire fails the frame and names what is missing', () => {
    const plan = planOf({ start, c: condition(['x', () => true]), a: transform(), b: transform(), j: join() }, [
      'start>c',
      'c:x>a',
      'c:otherwise>b',
      'a>j',
      'b>j',
    ]);
    const { failure, status } = new InstanceFixture(plan).start().state;
    expect(status).toBe('Failed');
    expect(failure).toEqual({
      code: 'JoinStarved',
      message: '“j” waits for all of 2, but no token can come any more from “b”.',
      node: 'j',
    });
  });

  test('J5 cancel the rest: open steps of the region are cancelled, later tokens count for the next pass', () => {
    const run = new InstanceFixture(fork(1, ['a', 'b', 'c'])).start();
    run.complete('b#1');
    expect(run.types()).toEqual(['TaskCompleted', 'JoinReached', 'TokenCancelled', 'JoinFired', 'TaskScheduled']);
    expect(run.last.effects).toEqual([
      { type: 'AbortActivity', step: 'a#1' },
      { type: 'AbortActivity', step: 'c#1' },
      { type: 'RunActivity', step: 'after#1' },
    ]);
    expect(run.complete('a#1')).toMatchObject({ ok: false, code: 'stale' });
    run.complete('after#1');
    expect(run.state.status).toBe('Completed');
  });

  test('J5 cancel the rest takes tokens in flight with it', () => {
    const plan = planOf({ start, a: transform(), b: transform(), b2: activity(), j: join(1, ['a', 'b', 'b2']), after: end() }, [
      'start>a',
      'start>b',
      'start>j',
      'a>j',
      'b>b2',
      'b2>j',
      'j>after',
    ]);
    const run = new InstanceFixture(plan).start();
    expect(run.state.status).toBe('Completed');
    expect(run.all('JoinFired')).toHaveLength(1);
    expect(run.all('EndReached')).toHaveLength(1);
  });

  test('J6 the token that leaves carries what the first of its pass was caught with', () => {
    const plan = planOf({ start, a: activity(), b: activity(), j: join(), e: end(expr(({ error }) => error)) }, [
      'start>a',
      'start>b',
      'a:error>j',
      'b:error>j',
      'j>e',
    ]);
    const run = new InstanceFixture(plan).start();
    run.fail('b#1', 'First');
    run.fail('a#1', 'Second');
    expect(run.state.output).toMatchObject({ code: 'First', node: 'b' });
  });

  test('J6 of each pass, even when the first token of a later pass comes before the pass before has fired', () => {
    const plan = planOf({ start, x: activity(), y: activity(), a: activity(), b: activity(), j: join(), e: end() }, [
      'start>a',
      'start>b',
      'start>x',
      'start>y',
      'x>a',
      'y>b',
      'a:error>j',
      'b>j',
      'j>e',
    ]);
    const run = new InstanceFixture(plan).start();
    run.fail('a#1', 'First');
    run.complete('x#1');
    run.fail('a#2', 'Second');
    run.complete('b#1');
    run.complete('y#1');
    run.complete('b#2');
    expect(run.all('JoinFired')).toMatchObject([
      { pass: 1, caughtFrom: 'a#1' },
      { pass: 2, caughtFrom: 'a#2' },
    ]);
  });

  test('J7 a join in a cycle arms again, pass by pass', () => {
    const plan = planOf(
      {
        start,
        m: activity(),
        a: activity(),
        b: activity(),
        j: join(1, ['a', 'b']),
        again: condition(['yes', ({ vars }) => vars.n !== 2]),
        count: setVariables({ n: expr(({ vars }) => Number(vars.n ?? 0) + 1) }),
        e: end(),
      },
      ['start>m', 'm>a', 'm>b', 'a>j', 'b>j', 'j>count', 'count>again', 'again:yes>m', 'again:otherwise>e'],
    );
    const run = new InstanceFixture(plan).start();
    run.complete('m#1');
    run.complete('a#1');
    run.complete('m#2');
    expect(run.open()).toEqual(['a#2', 'b#2']);
    run.complete('b#2');
    expect(run.state.status).toBe('Completed');
    expect(run.all('JoinFired').map((fired) => fired.pass)).toEqual([1, 2]);
  });
});
