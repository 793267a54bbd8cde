import type { Json, Pin } from '@perdure/graph';
import { nodeId, portId } from '@perdure/graph';
import { describe, expect, test } from 'vitest';
import { encodeState } from './encode-state.ts';
import { InstanceFixture } from './instance-fixture.ts';
import {
  NO_RETRY,
  activity,
  condition,
  end,
  event,
  expr,
  forEach,
  humanTask,
  inside,
  join,
  literal,
  planOf,
  scope,
  setVariables,
  start,
  subWorkflow,
  timer,
  transform,
} from './plan-fixture.ts';
import type { Beginning, TestRun } from './test-run.ts';

const testing = (more: Partial<TestRun> = {}): { test: TestRun } => ({ test: { pins: {}, fastForward: false, ...more } });
const pin = (node: string, output: Json, port?: string): Partial<TestRun> => {
  const one: Pin = port === undefined ? { output } : { output, port: portId(port) };
  return { pins: { [nodeId(node)]: one } };
};
const at = (node: string, more: Partial<Beginning> = {}): Partial<TestRun> => ({
  from: { node: nodeId(node), only: false, outputs: {}, vars: {}, ...more },
});
const outputOf = (node: string) => expr(({ steps }) => steps[node]?.output);

describe('pins', () => {
  const one = planOf({ start, a: activity(), e: end(outputOf('a')), c: end(expr(({ error }) => error)) }, ['start>a', 'a>e', 'a:error>c']);

  test('P1 without a test run nothing is pinned', () => {
    const run = new InstanceFixture(one).start();
    expect(run.effectTypes()).toEqual(['RunActivity']);
    expect(run.state.test).toBeUndefined();
  });

  test('P2 a pinned node is not executed and gives what is pinned', () => {
    const run = new InstanceFixture(one).start(null, testing(pin('a', { n: 7 })));
    expect(run.types()).toEqual(['ExecutionStarted', 'StepPinned', 'EndReached', 'ExecutionCompleted']);
    expect(run.effects).toEqual([]);
    expect(run.state.output).toEqual({ n: 7 });
  });

  test('P2 nothing of a pinned node is evaluated', () => {
    const broken = expr(() => {
      throw new Error('must not be asked');
    });
    const plan = planOf({ start, a: activity({ input: { url: broken } }), t: transform(broken), e: end(outputOf('t')) }, [
      'start>a',
      'a>t',
      't>e',
    ]);
    const run = new InstanceFixture(plan).start(null, testing({ pins: { [nodeId('a')]: { output: 1 }, [nodeId('t')]: { output: 2 } } }));
    expect(run.state).toMatchObject({ status: 'Completed', output: 2 });
  });

  test('P2 it leaves by the port that is pinned, else by the first normal one', () => {
    const plan = planOf(
      { start, h: humanTask(), yes: end(outputOf('h')), no: end(literal('no')), q: condition(['a', () => true], ['b', () => true]) },
      ['start>h', 'h:approve>yes', 'h:reject>q', 'q:b>no'],
    );
    expect(new InstanceFixture(plan).start(null, testing(pin('h', { outcome: 'approve' }))).state.output).toEqual({ outcome: 'approve' });
    const other = testing({
      pins: { [nodeId('h')]: { output: null, port: portId('reject') }, [nodeId('q')]: { output: null, port: portId('b') } },
    });
    expect(new InstanceFixture(plan).start(null, other).state.output).toBe('no');
  });

  test('P2 in every frame, at every visit; a disabled node is skipped all the same', () => {
    const plan = planOf(
      { start, f: forEach(literal([1, 2, 3])), a: inside('f', activity()), r: inside('f', end(outputOf('a'))), e: end(outputOf('f')) },
      ['start>f', 'f:body>a', 'a>r', 'f>e'],
    );
    const run = new InstanceFixture(plan).start(null, testing(pin('a', 'p')));
    expect(run.state.output).toEqual(['p', 'p', 'p']);
    const disabled = planOf({ start, a: { ...activity(), disabled: true }, e: end(outputOf('a')) }, ['start>a', 'a>e']);
    expect(new InstanceFixture(disabled).start(null, testing(pin('a', 'p'))).types()).toContain('StepSkipped');
  });

  test('P2 F3 an event pinned to its timeout raises when nothing is connected to it', () => {
    const plan = planOf({ start, w: event('go', literal('1h')), e: end() }, ['start>w', 'w>e']);
    const run = new InstanceFixture(plan).start(null, testing(pin('w', null, 'timeout')));
    expect(run.state).toMatchObject({ status: 'Failed', failure: { code: 'Timeout', step: 'w#1' } });
  });

  test('P3 an error is caught where it would be, and blames the node', () => {
    const caught = new InstanceFixture(one).start(null, testing(pin('a', { code: 'HttpStatus.503', message: 'busy' }, 'error')));
    expect(caught.state.output).toMatchObject({ code: 'HttpStatus.503', message: 'busy', step: 'a#1' });
    const lonely = planOf({ start, a: activity(), e: end() }, ['start>a', 'a>e']);
    const failed = new InstanceFixture(lonely).start(null, testing(pin('a', { code: 'Boom' }, 'error')));
    expect(failed.state).toMatchObject({ status: 'Failed', failure: { code: 'Boom', node: 'a', step: 'a#1' } });
  });

  test('P3 F6 a scope pinned to a catch', () => {
    const nodes = { start, s: scope([['oops', null]]), a: inside('s', activity()), c: end(expr(({ error }) => error)) };
    const connected = planOf(nodes, ['start>s', 's:body>a', 's:oops>c']);
    const given = testing(pin('s', { code: 'Boom' }, 'oops'));
    expect(new InstanceFixture(connected).start(null, given).state).toMatchObject({ status: 'Completed', output: { code: 'Boom' } });
    const open = planOf(nodes, ['start>s', 's:body>a']);
    expect(new InstanceFixture(open).start(null, given).state).toMatchObject({ status: 'Failed', failure: { code: 'Boom' } });
  });
});

describe('only pinned', () => {
  const plan = planOf({ start, a: activity(), e: end(outputOf('a')), c: end(expr(({ error }) => error)) }, ['start>a', 'a>e', 'a:error>c']);

  test('P10 what would do something outside is not begun; its failure is caught as any is', () => {
    const run = new InstanceFixture(plan).start(null, testing({ pinnedOnly: true }));
    expect(run.effects).toEqual([]);
    expect(run.types()).toEqual(['ExecutionStarted', 'StepFailed', 'EndReached', 'ExecutionCompleted']);
    expect(run.state.output).toMatchObject({ code: 'NotPinned' });
    const open = planOf({ start, s: subWorkflow() }, ['start>s']);
    expect(new InstanceFixture(open).start(null, testing({ pinnedOnly: true })).state).toMatchObject({
      status: 'Failed',
      failure: { code: 'NotPinned' },
    });
  });

  test('P10 what is pinned, waits or computes goes on', () => {
    const run = new InstanceFixture(plan).start(null, testing({ pinnedOnly: true, ...pin('a', 1) }));
    expect(run.state).toMatchObject({ status: 'Completed', output: 1 });
    const waits = planOf({ start, t: transform(literal(1)), w: event('go') }, ['start>t', 't>w']);
    expect(new InstanceFixture(waits).start(null, testing({ pinnedOnly: true })).state.status).toBe('Running');
  });
});

describe('fast-forward', () => {
  test('P5 E3 a timer is due at once, through its row', () => {
    const plan = planOf({ start, t: timer(literal('30d')), e: end() }, ['start>t', 't>e']);
    const run = new InstanceFixture(plan).start(null, testing({ fastForward: true }));
    expect(run.last.effects).toEqual([{ type: 'SetTimer', timer: 't#1!timer1', fireAt: run.at }]);
    run.fire('t#1!timer1');
    expect(run.state.status).toBe('Completed');
  });

  test('P5 R2 R4 waits before a retry are over at once, and as many attempts are made', () => {
    const retry = { ...NO_RETRY, firstRetryIntervalMs: 60_000, maxNumberOfAttempts: 3, backoffCoefficient: 3, retryTimeoutMs: 100_000 };
    const plan = planOf({ start, a: activity({ retry }), e: end() }, ['start>a', 'a>e']);
    const run = new InstanceFixture(plan).start(null, testing({ fastForward: true }));
    run.fail('a#1');
    expect(run.last.effects).toContainEqual({ type: 'SetTimer', timer: 'a#1!retry1', fireAt: run.at });
    run.fire('a#1!retry1');
    // The second wait, of three minutes, would end after the retry timeout.
    run.fail('a#1', 'Boom', 2);
    expect(run.state.status).toBe('Failed');
  });

  test('P5 deadlines and timeouts run as ever', () => {
    const plan = planOf(
      { start, w: event('go', literal(1_000)), h: humanTask({ deadline: literal(1_000) }), s: subWorkflow({ timeoutMs: 1_000 }) },
      ['start>w', 'start>h', 'start>s'],
    );
    const run = new InstanceFixture(plan).start(null, testing({ fastForward: true }));
    const set = run.effects.filter((effect) => effect.type === 'SetTimer');
    expect(set.map(({ fireAt }) => fireAt)).toEqual([run.at + 1_000, run.at + 1_000, run.at + 1_000]);
  });

  test('P6 sub-workflows are test runs without pins', () => {
    const plan = planOf({ start, s: subWorkflow() }, ['start>s']);
    const child = (more: Parameters<InstanceFixture['start']>[1]) =>
      new InstanceFixture(plan).start(null, more).effects.find(({ type }) => type === 'StartChild');
    expect(child(testing({ fastForward: true, ...pin('x', 1) }))).toMatchObject({ test: { pins: {}, fastForward: true } });
    expect(child({})).not.toHaveProperty('test');
  });
});

describe('beginning somewhere else', () => {
  const chain = planOf(
    { start, a: activity(), b: activity({ input: { from: outputOf('a'), v: expr(({ vars }) => vars.v) } }), e: end(outputOf('b')) },
    ['start>a', 'a>b', 'b>e'],
  );

  test('P7 the step sees the given outputs and variables; what is before it does not run', () => {
    const run = new InstanceFixture(chain).start(null, testing(at('b', { outputs: { [nodeId('a')]: 'past' }, vars: { v: 4 } })));
    expect(run.all('TaskScheduled').map(({ step, input, via }) => [step, input, via])).toEqual([['b#1', { from: 'past', v: 4 }, null]]);
    run.complete('b#1', 'new');
    expect(run.state).toMatchObject({ status: 'Completed', output: 'new' });
    expect(run.folded()).toEqual(encodeState(run.state));
  });

  test('P7 T6 at an end the instance is over at once; at the start it is a run like any other', () => {
    expect(new InstanceFixture(chain).start(null, testing(at('e', { outputs: { [nodeId('b')]: 1 } }))).state.output).toBe(1);
    expect(new InstanceFixture(chain).start(null, testing(at('start'))).open()).toEqual(['a#1']);
  });

  const diamond = (needed: number) =>
    planOf({ start, a: activity(), b: activity(), c: activity(), j: join(needed), e: end(literal('done')) }, [
      'start>a',
      'start>b',
      'start>c',
      'a>j',
      'b>j',
      'c>j',
      'j>e',
    ]);

  test('P8 a join ahead does not wait for branches that this run does not have', () => {
    const run = new InstanceFixture(diamond(3)).start(null, testing(at('a')));
    expect(run.open()).toEqual(['a#1']);
    run.complete('a#1');
    expect(run.state).toMatchObject({ status: 'Completed', output: 'done' });
  });

  test('P8 but never fires without a token of this run', () => {
    const run = new InstanceFixture(diamond(2)).start(null, testing(at('a')));
    expect(run.all('JoinReached')).toHaveLength(1);
    expect(run.all('JoinFired')).toHaveLength(0);
    run.complete('a#1');
    expect(run.all('JoinFired')).toHaveLength(1);
  });

  test('P7 a join gets the tokens of one pass', () => {
    expect(new InstanceFixture(diamond(3)).start(null, testing(at('j'))).state).toMatchObject({ status: 'Completed', output: 'done' });
  });

  test('P9 one step and nothing after it; its output is the run’s', () => {
    const run = new InstanceFixture(chain).start(null, testing(at('a', { only: true })));
    run.complete('a#1', { n: 1 });
    expect(run.state).toMatchObject({ status: 'Completed', output: { n: 1 } });
    expect(run.all('TaskScheduled')).toHaveLength(1);
  });

  test('P9 a container runs whole', () => {
    const plan = planOf(
      { start, f: forEach(literal([1, 2])), r: inside('f', end(expr(({ item }) => item))), x: setVariables({ v: literal(1) }) },
      ['start>f', 'f:body>r', 'f>x'],
    );
    const run = new InstanceFixture(plan).start(null, testing(at('f', { only: true })));
    expect(run.state.output).toEqual([1, 2]);
    expect(run.all('VariablesSet')).toHaveLength(0);
  });

  test('P9 a failure is not caught', () => {
    const plan = planOf({ start, a: activity(), c: end(literal('caught')) }, ['start>a', 'a:error>c']);
    const run = new InstanceFixture(plan).start(null, testing(at('a', { only: true })));
    run.fail('a#1');
    expect(run.state).toMatchObject({ status: 'Failed', failure: { code: 'Boom', node: 'a' } });
  });
});
