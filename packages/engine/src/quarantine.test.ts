import { describe, expect, test } from 'vitest';
import { decodeState, encodeState } from './encode-state.ts';
import { stepKey } from './ids.ts';
import { InstanceFixture } from './instance-fixture.ts';
import { openWork } from './open-work.ts';
import { NO_RETRY, activity, end, expr, literal, planOf, start } from './plan-fixture.ts';
import { waitsFor } from './waits-for.ts';

const retry = { ...NO_RETRY, firstRetryIntervalMs: 100, maxNumberOfAttempts: 3 };
const plan = planOf({ start, b: activity(), a: activity({ retry }), e: end(literal('ok')), c: end(expr(({ error }) => error)) }, [
  'start>b',
  'start>a',
  'a>e',
  'a:error>c',
]);

function held(): InstanceFixture {
  const run = new InstanceFixture(plan).start();
  expect(run.send({ type: 'QuarantineTask', step: stepKey('a#1'), attempt: 1, claims: 5 })).toEqual({ ok: true });
  return run;
}

const release = { type: 'ReleaseTask', step: stepKey('a#1'), reason: 'mended', by: 'ann' } as const;

describe('quarantine', () => {
  test('Q1 the step is held and stays open; others are not touched', () => {
    const run = held();
    expect(run.last.events).toEqual([{ seq: 4, at: run.at, type: 'TaskQuarantined', step: 'a#1', attempt: 1, claims: 5 }]);
    expect(run.last.effects).toEqual([{ type: 'AbortActivity', step: 'a#1' }]);
    expect(run.state).toMatchObject({ status: 'Running', runningActivities: 1 });
    expect(openWork(run.state)).toEqual([{ type: 'RunActivity', step: 'b#1' }]);
    expect(run.send({ type: 'QuarantineTask', step: stepKey('a#1'), attempt: 1, claims: 6 })).toMatchObject({ code: 'stale' });
    expect(run.send({ type: 'QuarantineTask', step: stepKey('b#1'), attempt: 2, claims: 5 })).toMatchObject({ code: 'stale' });
  });

  test('Q1 V4 a checkpoint keeps what is held', () => {
    const run = held();
    const again = decodeState(JSON.parse(JSON.stringify(encodeState(run.state))));
    expect(again).toEqual(run.state);
    expect(again.quarantined.get(stepKey('a#1'))).toBe(5);
  });

  test('Q2 the held step is named before one that was opened earlier', () => {
    const run = held();
    expect(waitsFor(plan, run.state)).toMatchObject({ node: 'a', kind: 'quarantined', detail: expect.stringContaining('begun 5 times') });
    run.send(release);
    expect(waitsFor(plan, run.state)).toMatchObject({ node: 'b', kind: 'activity' });
  });

  test('Q3 a late outcome counts; a late failure is retried as ever', () => {
    const late = held();
    expect(late.complete('a#1')).toEqual({ ok: true });
    expect(late.state.quarantined.size).toBe(0);
    const failed = held();
    failed.fail('a#1');
    expect(failed.types()).toEqual(['TaskFailed', 'TimerCreated']);
    expect(failed.state).toMatchObject({ runningActivities: 1, quarantined: new Map() });
    failed.fire('a#1!retry1');
    expect(failed.state.runningActivities).toBe(2);
  });

  test('Q4 released, the same attempt runs again, and may be held again', () => {
    const run = held();
    expect(run.send(release)).toEqual({ ok: true });
    expect(run.last.events).toMatchObject([{ type: 'TaskReleased', step: 'a#1', attempt: 1, reason: 'mended', by: 'ann' }]);
    expect(run.last.effects).toEqual([{ type: 'RunActivity', step: 'a#1' }]);
    expect(run.state.steps.get(stepKey('a#1'))).toMatchObject({ phase: 'scheduled', attempt: 1, releases: 1 });
    expect(run.state.runningActivities).toBe(2);
    run.send({ type: 'QuarantineTask', step: stepKey('a#1'), attempt: 1, claims: 5 });
    run.send(release);
    expect(run.state.steps.get(stepKey('a#1'))).toMatchObject({ releases: 2 });
    run.fail('a#1');
    run.fire('a#1!retry1');
    expect(run.state.steps.get(stepKey('a#1'))).not.toHaveProperty('releases');
  });

  test('Q4 in a suspended instance as well', () => {
    const run = held();
    run.send({ type: 'Suspend', reason: '', by: 'ann' });
    run.send(release);
    expect(run.effectTypes()).toEqual(['RunActivity']);
  });

  test('Q5 given up, it fails past its retries and takes the error port', () => {
    const run = held();
    expect(run.send({ type: 'GiveUpTask', step: stepKey('a#1'), reason: '', by: 'ann' })).toEqual({ ok: true });
    expect(run.last.events[0]).toMatchObject({
      type: 'TaskFailed',
      retry: false,
      by: 'ann',
      failure: { code: 'Quarantined', step: 'a#1' },
    });
    run.complete('b#1');
    expect(run.state).toMatchObject({
      status: 'Completed',
      output: { code: 'Quarantined', message: expect.stringContaining('begun 5 times') },
    });
  });

  test('Q5 L4 given up while suspended, it leaves when resumed', () => {
    const run = held();
    run.send({ type: 'Suspend', reason: '', by: 'ann' });
    run.send({ type: 'GiveUpTask', step: stepKey('a#1'), reason: 'enough', by: 'ann' });
    run.complete('b#1');
    expect(run.state.status).toBe('Suspended');
    run.send({ type: 'Resume', reason: '', by: 'ann' });
    expect(run.state).toMatchObject({ status: 'Completed', output: { message: 'enough' } });
  });

  test('Q6 what is not held can be neither released nor given up', () => {
    const run = new InstanceFixture(plan).start();
    expect(run.send(release)).toMatchObject({ ok: false, code: 'step.not-quarantined' });
    expect(run.send({ type: 'GiveUpTask', step: stepKey('zzz#1'), reason: '', by: 'ann' })).toMatchObject({ code: 'step.not-quarantined' });
  });

  test('Q1 C9 a held step is cancelled with its frame', () => {
    const run = held();
    run.send({ type: 'Terminate', reason: '', by: 'ann', recursive: false });
    expect(run.state).toMatchObject({ status: 'Terminated', quarantined: new Map() });
    expect(run.folded()).toEqual(encodeState(run.state));
  });
});
