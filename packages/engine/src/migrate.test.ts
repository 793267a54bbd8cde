import { edgeId, nodeId } from '@perdure/graph';
import { describe, expect, test } from 'vitest';
import type { CommandBody } from './command.ts';
import { stepKey } from './ids.ts';
import { InstanceFixture } from './instance-fixture.ts';
import { said } from './operate-fixture.ts';
import { activity, end, expr, fail, forEach, humanTask, join, literal, planOf, renamedPlan, start, timer } from './plan-fixture.ts';

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
