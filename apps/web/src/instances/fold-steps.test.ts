import { describe, expect, it } from 'vitest';
import type { EventBody, HistoryEvent, StepKey } from '@perdure/engine';
import { nodeId } from '@perdure/graph';
import { frameWords, StepFold } from './fold-steps.ts';

/** Events at 100 ms, 200 ms, … Plain objects stand for the branded ids. */
function history(...bodies: object[]): HistoryEvent[] {
  return bodies.map((body, at) => ({ seq: at + 1, at: (at + 1) * 100, ...(body as EventBody) }));
}

const opening = (node: string, step = `${node}#1`, frame = '') => ({ node, step, frame, via: null });
const started = {
  type: 'ExecutionStarted',
  executionId: 'x',
  workflow: 'w',
  version: 1,
  input: { a: 1 },
  tags: [],
  startedBy: 'api',
  parent: null,
};
const failure = { code: 'HttpStatus.503', message: '503' };

function fold(...bodies: object[]): StepFold {
  const steps = new StepFold(nodeId('start'));
  steps.apply(history(started, ...bodies));
  return steps;
}

const step = (steps: StepFold, key: string) => steps.steps.get(key as StepKey);

describe('StepFold', () => {
  it('gives the start node a closed step with the input', () => {
    expect(step(fold(), 'start#1')).toMatchObject({ status: 'completed', output: { a: 1 }, closedAt: 100 });
  });

  it('keeps every attempt of a retried activity and the waits between them in one step', () => {
    const steps = fold(
      { type: 'TaskScheduled', activity: 'http', attempt: 1, input: { q: 1 }, queue: null, ...opening('pay') },
      { type: 'TaskFailed', step: 'pay#1', attempt: 1, failure, retry: true },
      { type: 'TimerCreated', timer: 't', step: 'pay#1', purpose: 'retry', fireAt: 500 },
      { type: 'TimerFired', timer: 't', step: 'pay#1', purpose: 'retry' },
      { type: 'TaskScheduled', activity: 'http', attempt: 2, queue: null, ...opening('pay') },
      { type: 'TaskCompleted', step: 'pay#1', attempt: 2, output: 'ok' },
    );
    const pay = step(steps, 'pay#1');
    expect(pay).toMatchObject({ status: 'completed', input: { q: 1 }, output: 'ok', openedAt: 200, closedAt: 700 });
    expect(pay?.attempts.map(({ number, outcome, startedAt, endedAt }) => [number, outcome, startedAt, endedAt])).toEqual([
      [1, 'failed', 200, 300],
      [2, 'completed', 600, 700],
    ]);
    expect(pay?.waits).toEqual([{ kind: 'retry', from: 400, fromSeq: 4, to: 500, toSeq: 5, until: 500 }]);
  });

  it('ends the attempt of a held step, and takes it up again when it is released or comes to an outcome after all', () => {
    const begun = { type: 'TaskScheduled', activity: 'http', attempt: 1, input: null, queue: null, ...opening('pay') };
    const held = { type: 'TaskQuarantined', step: 'pay#1', attempt: 1, claims: 5 };
    expect(step(fold(begun, held), 'pay#1')).toMatchObject({
      status: 'waiting',
      heldAfter: 5,
      attempts: [{ outcome: 'held', endedAt: 300 }],
      waits: [{ kind: 'quarantine', from: 300, to: null }],
    });
    expect(step(fold(begun, held, { type: 'ExecutionTerminated', reason: '', by: 'ann' }), 'pay#1')).toMatchObject({
      status: 'canceled',
      heldAfter: null,
      attempts: [{ outcome: 'canceled', endedAt: 400 }],
      waits: [{ kind: 'quarantine', from: 300, to: 400 }],
    });
    const released = { type: 'TaskReleased', step: 'pay#1', attempt: 1, reason: '', by: 'ann' };
    expect(step(fold(begun, held, released), 'pay#1')).toMatchObject({
      status: 'running',
      heldAfter: null,
      attempts: [{ outcome: 'running' }],
    });
    const late = { type: 'TaskCompleted', step: 'pay#1', attempt: 1, output: 'ok' };
    expect(step(fold(begun, held, late), 'pay#1')).toMatchObject({
      status: 'completed',
      heldAfter: null,
      attempts: [{ outcome: 'completed' }],
    });
  });

  it('shows a join from its first token to its firing, per pass', () => {
    const reached = { type: 'JoinReached', node: 'join', frame: '', via: 'e' };
    const steps = fold(reached, reached, { type: 'JoinFired', step: 'join#1', node: 'join', frame: '', pass: 1 }, reached);
    expect(steps.byNode.get(nodeId('join'))?.map(({ status, openedAt, closedAt }) => [status, openedAt, closedAt])).toEqual([
      ['completed', 200, 400],
      ['waiting', 500, null],
    ]);
  });

  it('follows the items of a container', () => {
    const steps = fold(
      { type: 'ContainerEntered', container: 'forEach', items: ['a', 'b'], count: 2, ...opening('each') },
      { type: 'PassStarted', frame: 'each#1[0]/', step: 'each#1', index: 0, item: 'a' },
      { type: 'PassStarted', frame: 'each#1[1]/', step: 'each#1', index: 1, item: 'b' },
      { type: 'PassEnded', frame: 'each#1[1]/', step: 'each#1', index: 1, output: null, failure },
    );
    expect(step(steps, 'each#1')).toMatchObject({
      itemCount: 2,
      passes: [
        { index: 0, endedAt: null },
        { index: 1, endedAt: 500, failure },
      ],
    });
  });

  it('hands a waiting step the data of the event it received', () => {
    const steps = fold(
      { type: 'EventRaised', id: 'm', name: 'go', data: { x: 1 }, by: 'api' },
      { type: 'EventAwaited', name: 'go', ...opening('wait') },
      { type: 'EventReceived', step: 'wait#1', raised: 2 },
    );
    expect(step(steps, 'wait#1')).toMatchObject({ status: 'completed', output: { x: 1 } });
  });

  it('cancels what is inside a cancelled container', () => {
    const steps = fold(
      { type: 'ContainerEntered', container: 'scope', ...opening('scope') },
      { type: 'TaskScheduled', activity: 'http', attempt: 1, input: 1, queue: null, ...opening('pay', 'scope#1[0]/pay#1', 'scope#1[0]/') },
      { type: 'TokenCancelled', steps: ['scope#1'], reason: 'join' },
    );
    expect(step(steps, 'scope#1/pay#1') ?? step(steps, 'scope#1[0]/pay#1')).toMatchObject({
      status: 'canceled',
      closedAt: 400,
      attempts: [{ outcome: 'canceled' }],
    });
  });

  it('passes over events it has seen, so overlapping batches do no harm', () => {
    const events = history(started, { type: 'TransformCompleted', output: 1, ...opening('t') });
    const steps = new StepFold(nodeId('start'));
    steps.apply(events);
    steps.apply(events);
    expect(steps.byNode.get(nodeId('t'))).toHaveLength(1);
  });
});

describe('frameWords', () => {
  it('counts items from one, outermost first', () => {
    expect(frameWords('')).toBe('');
    expect(frameWords('each#1[11]/')).toBe('item 12');
    expect(frameWords('each#1[11]/loop#2[0]/')).toBe('item 12, 1');
  });
});
