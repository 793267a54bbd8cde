import { describe, expect, it, test } from 'vitest';
import { nodeId } from '@perdure/graph';
import type { Json } from '@perdure/graph';
import type { LockRequest } from './entity/entity-request.ts';
import { decodeState, encodeState } from './encode-state.ts';
import { InstanceFixture } from './instance-fixture.ts';
import { instanceId, stepKey } from './ids.ts';
import {
  activity,
  end,
  entityOperation,
  expr,
  forEach,
  inside,
  join,
  literal,
  planOf,
  scope,
  start,
  subWorkflow,
  transform,
} from './plan-fixture.ts';
import type { NodeSpec } from './plan-fixture.ts';
import { waitsFor } from './waits-for.ts';

const a = instanceId('@counter@a');
const b = instanceId('@counter@b');

/** A scope that locks counters a and b, with `body` behind its body port. */
function section(body: Record<string, NodeSpec>, edges: string[], locks: Json = ['b', 'a', 'b'], timeoutMs: number | null = null) {
  const nodes: Record<string, NodeSpec> = {
    start,
    section: scope([['caught', null]], timeoutMs, [{ entity: 'counter', key: literal(locks) }]),
    done: end(literal('done')),
    caught: end(expr(({ error }) => (error as { code: string }).code)),
  };
  for (const [name, node] of Object.entries(body)) nodes[name] = inside('section', node);
  return planOf(nodes, ['start>section', 'section>done', 'section:caught>caught', ...edges]);
}

function grant(run: InstanceFixture, more: Partial<LockRequest> = {}) {
  const lock = { id: 'inst/x1/section#1', instanceId: instanceId('inst'), step: stepKey('section#1'), entities: [a, b], next: 2, ...more };
  return run.send({ type: 'GrantLock', step: stepKey('section#1'), lock });
}

function answer(run: InstanceFixture, step: string, output: Json = 1) {
  return run.send({ type: 'CompleteEntityCall', step: stepKey(step), request: `inst/x1/${step}`, output });
}

/** The entities given back in the last turn, each with the message's name. */
function released(run: InstanceFixture): string[] {
  return run.last.effects.flatMap((effect) =>
    effect.type === 'SendToEntity' && effect.command.type === 'ReleaseLock' ? [effect.messageId] : [],
  );
}

const unlocked = ['unlock:inst/x1/section#1:@counter@a', 'unlock:inst/x1/section#1:@counter@b'];
const work = section({ call: entityOperation(), work: activity() }, ['section:body>call', 'call>work']);

describe('K critical sections', () => {
  test('K1 K2 K3 entities are sorted, asked for in order, and the pass waits for the grant', () => {
    const run = new InstanceFixture(work).start();
    expect(run.types()).toEqual(['ExecutionStarted', 'ContainerEntered', 'EntityLockRequested']);
    expect(run.last.effects).toEqual([
      {
        type: 'SendToEntity',
        entity: a,
        messageId: 'lock:inst/x1/section#1:0',
        command: {
          type: 'RequestLock',
          lock: { id: 'inst/x1/section#1', instanceId: 'inst', step: 'section#1', entities: [a, b], next: 0 },
        },
      },
    ]);
    expect(run.state.frames.size).toBe(1);
    expect(waitsFor(work, run.state)).toMatchObject({ kind: 'lock', detail: 'Waits to lock counter@a, counter@b' });
    grant(run);
    expect(run.types()).toEqual(['EntityLockGranted', 'PassStarted', 'EntityOperationCalled']);
    expect(run.last.effects).toMatchObject([
      { type: 'SendToEntity', entity: a, command: { request: { lock: 'inst/x1/section#1', mode: 'call', operation: 'add' } } },
    ]);
    expect(grant(run)).toMatchObject({ ok: false, code: 'stale' });
    expect(run.last.effects).toEqual([]);
    answer(run, 'section#1[0]/call#1');
    run.complete('section#1[0]/work#1');
    expect(released(run)).toEqual(unlocked);
    expect(run.state).toMatchObject({ status: 'Completed', output: 'done' });
  });

  test('K1 nothing to lock: the pass starts at once, and nothing can be called', () => {
    const run = new InstanceFixture(section({ call: entityOperation() }, ['section:body>call'], [])).start();
    expect(run.state).toMatchObject({ status: 'Completed', output: 'CriticalSection' });
    expect(run.effects).toEqual([]);
  });

  it.each([
    ['a failure inside', (run: InstanceFixture) => run.fail('section#1[0]/work#1'), 'Completed'],
    ['termination', (run: InstanceFixture) => run.send({ type: 'Terminate', reason: '', by: 'ann', recursive: false }), 'Terminated'],
    ['cancellation', (run: InstanceFixture) => run.send({ type: 'Cancel', reason: '' }), 'Canceled'],
  ])('K5 %s gives the entities back', (_name, leave, status) => {
    const run = new InstanceFixture(work).start();
    grant(run);
    answer(run, 'section#1[0]/call#1');
    leave(run);
    expect(run.state.status).toBe(status);
    expect(released(run)).toEqual(unlocked);
  });

  test('K5 so does being cancelled by a join or a failure elsewhere, also while it waits', () => {
    const plan = planOf(
      {
        start,
        section: scope([], null, [{ entity: 'counter', key: literal(['a', 'b']) }]),
        work: inside('section', activity()),
        other: activity(),
        any: join(1, ['section', 'other']),
      },
      ['start>section', 'start>other', 'section:body>work', 'section>any', 'other>any'],
    );
    for (const held of [true, false]) {
      const joined = new InstanceFixture(plan).start();
      if (held) grant(joined);
      joined.complete('other#1');
      expect(released(joined)).toEqual(unlocked);
      const failed = new InstanceFixture(plan).start();
      if (held) grant(failed);
      failed.fail('other#1');
      expect(failed.state.status).toBe('Failed');
      expect(released(failed)).toEqual(unlocked);
    }
  });

  test('K4 the timeout counts from entering: its own catch takes it while the section waits', () => {
    const plan = section({ work: activity() }, ['section:body>work'], ['a', 'b'], 5_000);
    const run = new InstanceFixture(plan).start();
    expect(run.all('TimerCreated')).toMatchObject([{ timer: 'section#1!timeout1', fireAt: run.at + 5_000 }]);
    run.fire('section#1!timeout1');
    expect(run.types()).toEqual(['TimerFired', 'ContainerExited', 'EndReached', 'ExecutionCompleted']);
    expect(run.state.output).toBe('Timeout');
    expect(released(run)).toEqual(unlocked);
    const later = new InstanceFixture(plan).start();
    grant(later);
    expect(later.effectTypes()).toEqual(['RunActivity']);
    later.fire('section#1!timeout1');
    expect(later.state.output).toBe('Timeout');
    expect(released(later)).toEqual(unlocked);
  });

  test('K6 a grant that nobody waits for gives the entities back', () => {
    const returned = ['return:inst/x1/section#1:@counter@a', 'return:inst/x1/section#1:@counter@b'];
    const ended = new InstanceFixture(work).start();
    ended.send({ type: 'Terminate', reason: '', by: 'ann', recursive: false });
    expect(grant(ended)).toMatchObject({ ok: false, code: 'instance.finished' });
    expect(ended.last.events).toEqual([]);
    expect(released(ended)).toEqual(returned);
    const unknown = new InstanceFixture(work);
    expect(grant(unknown)).toMatchObject({ ok: false, code: 'stale' });
    expect(released(unknown)).toEqual(returned);
    const other = new InstanceFixture(work).start();
    expect(grant(other, { id: 'inst/x0/section#1' })).toMatchObject({ ok: false, code: 'stale' });
    expect(released(other)).toEqual(['return:inst/x0/section#1:@counter@a', 'return:inst/x0/section#1:@counter@b']);
  });

  test('L3 L4 a grant while suspended is kept, and the pass starts when it is resumed', () => {
    const run = new InstanceFixture(work).start();
    run.send({ type: 'Suspend', reason: '', by: 'ann' });
    grant(run);
    expect(run.types()).toEqual(['EntityLockGranted']);
    run.send({ type: 'Resume', reason: '', by: 'ann' });
    expect(run.types()).toEqual(['ExecutionResumed', 'PassStarted', 'EntityOperationCalled']);
  });

  test('L3 L4 a timeout and a grant while suspended: the first one counts', () => {
    const plan = section({ work: activity() }, ['section:body>work'], ['a'], 5_000);
    const run = new InstanceFixture(plan).start();
    run.send({ type: 'Suspend', reason: '', by: 'ann' });
    run.fire('section#1!timeout1');
    grant(run);
    run.send({ type: 'Resume', reason: '', by: 'ann' });
    expect(run.state).toMatchObject({ status: 'Completed', output: 'Timeout' });
    expect(released(run)).toEqual(unlocked.slice(0, 1));
  });
});

describe('K7 rules inside', () => {
  const codeOf = (body: Record<string, NodeSpec>, edges: string[]): Json => {
    const run = new InstanceFixture(section(body, edges)).start();
    grant(run);
    return run.state.output;
  };

  it.each<[string, NodeSpec]>([
    ['calls to entities that are not locked', entityOperation({ key: literal('c') })],
    ['signals to locked ones', entityOperation({ mode: 'signal' })],
    ['sub-workflows', subWorkflow()],
    ['critical sections', scope([], null, [{ entity: 'counter', key: literal('c') }])],
  ])('K7 refuses %s', (_name, node) => {
    expect(codeOf({ node }, ['section:body>node'])).toBe('CriticalSection');
  });

  test('K7 refuses a second call to an entity that is being called, also from nested containers', () => {
    const plan = section({ each: forEach(literal([1, 2])) }, ['section:body>each', 'each:body>call']);
    const call = { ...entityOperation(), parent: 'each' };
    const nested = planOfBoth(plan, 'call', call);
    const run = new InstanceFixture(nested).start();
    grant(run);
    expect(run.state).toMatchObject({ status: 'Completed', output: 'CriticalSection' });
    expect(released(run)).toEqual(unlocked);
  });

  test('K7 V4 a call under way is known after a checkpoint', () => {
    const plan = section({ one: entityOperation(), work: activity(), two: entityOperation() }, [
      'section:body>one',
      'section:body>work',
      'work>two',
    ]);
    const run = new InstanceFixture(plan).start();
    grant(run);
    run.state = decodeState(JSON.parse(JSON.stringify(encodeState(run.state))));
    run.complete('section#1[0]/work#1');
    expect(run.state.output).toBe('CriticalSection');
  });

  test('K7 allows signals to others, and calls one after another', () => {
    const plan = section({ one: entityOperation(), two: entityOperation(), tell: entityOperation({ key: literal('c'), mode: 'signal' }) }, [
      'section:body>one',
      'one>two',
      'two>tell',
    ]);
    const run = new InstanceFixture(plan).start();
    grant(run);
    answer(run, 'section#1[0]/one#1');
    answer(run, 'section#1[0]/two#1');
    expect(run.all('EntityOperationSignaled')).toHaveLength(1);
    expect(run.state).toMatchObject({ status: 'Completed', output: 'done' });
  });
});

/** Adds a node that sits deeper than the fixture's `section` can put it. */
function planOfBoth(plan: ReturnType<typeof section>, name: string, node: NodeSpec) {
  const edges = [...plan.nodes.values()].flatMap(({ outputs }) =>
    [...outputs].flatMap(([port, list]) => list.map(({ source, target }) => `${source}:${port}>${target}`)),
  );
  const nodes: Record<string, NodeSpec> = {};
  for (const [id, { id: _id, type: _type, title: _title, outputs: _outputs, incoming: _incoming, parent, ...own }] of plan.nodes) {
    nodes[id] = { ...own, ...(parent !== null && { parent }) } as NodeSpec;
  }
  return planOf({ ...nodes, [nodeId(name)]: node }, edges);
}

describe('N12 entity operations of a workflow', () => {
  const one = (own: Parameters<typeof entityOperation>[0]) =>
    planOf({ start, op: entityOperation(own), done: end(expr(({ steps }) => steps.op?.output ?? null)) }, ['start>op', 'op>done']);

  test('N12 a call opens a step that the answer closes', () => {
    const plan = one({ input: expr(({ input }) => input) });
    const run = new InstanceFixture(plan).start(7);
    expect(run.last.events.at(-1)).toMatchObject({
      type: 'EntityOperationCalled',
      step: 'op#1',
      request: 'inst/x1/op#1',
      entity: a,
      operation: 'add',
      input: 7,
    });
    expect(waitsFor(plan, run.state)).toMatchObject({ kind: 'entity', detail: 'Waits for counter@a, add' });
    expect(run.send({ type: 'CompleteEntityCall', step: stepKey('op#1'), request: 'other', output: 1 })).toMatchObject({ code: 'stale' });
    answer(run, 'op#1', 42);
    expect(run.state).toMatchObject({ status: 'Completed', output: 42 });
    expect(answer(run, 'op#1')).toMatchObject({ ok: false });
  });

  test('N12 a failed call leaves by its error port, or fails the instance with the entity’s code', () => {
    const failure = { code: 'Insufficient', message: 'there is too little' };
    const run = new InstanceFixture(one({})).start();
    run.send({ type: 'FailEntityCall', step: stepKey('op#1'), request: 'inst/x1/op#1', failure });
    expect(run.state).toMatchObject({ status: 'Failed', failure: { ...failure, node: 'op', step: 'op#1' } });
    const plan = planOf({ start, op: entityOperation(), sorry: transform(expr(({ error }) => error ?? null)) }, [
      'start>op',
      'op:error>sorry',
    ]);
    const caught = new InstanceFixture(plan).start();
    caught.send({ type: 'FailEntityCall', step: stepKey('op#1'), request: 'inst/x1/op#1', failure });
    expect(caught.all('TransformCompleted')).toMatchObject([{ output: { code: 'Insufficient' } }]);
  });

  test('N12 a signal goes on at once; a delay becomes the moment it is delivered', () => {
    const run = new InstanceFixture(one({ mode: 'signal', delay: literal('3s'), key: literal(5) })).start();
    expect(run.state).toMatchObject({ status: 'Completed', output: null });
    const at = run.at + 3_000;
    expect(run.all('EntityOperationSignaled')).toMatchObject([{ entity: '@counter@5', fireAt: at }]);
    expect(run.effects).toMatchObject([
      { type: 'SendToEntity', messageId: 'op:inst/x1/op#1', command: { request: { mode: 'signal', at, lock: null } } },
    ]);
  });

  it.each([
    [{ key: literal('') }, 'InvalidValue'],
    [{ key: expr(() => null) }, 'InvalidValue'],
    [{ mode: 'signal' as const, delay: literal('soon') }, 'InvalidValue'],
  ])('N12 refuses %j', (own, code) => {
    expect(new InstanceFixture(one(own)).start().state.failure).toMatchObject({ code });
  });
});
