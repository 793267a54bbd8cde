import type { EventBody, HistoryEvent } from '@perdure/engine';
import { nodeId } from '@perdure/graph';
import { describe, expect, it } from 'vitest';
import { StepFold, type StepRecord } from './fold-steps.ts';
import { stepAt, visitsAt } from './step-at.ts';

/** Events at 100 ms, 200 ms, … Plain objects stand for the branded ids. */
function history(...bodies: object[]): HistoryEvent[] {
  return bodies.map((body, at) => ({ seq: at + 1, at: (at + 1) * 100, ...(body as EventBody) }));
}

const opening = (node: string, step = `${node}#1`, frame = '') => ({ node, step, frame, via: null });
const failure = { code: 'HttpStatus.503', message: '503' };

const events = history(
  { type: 'ExecutionStarted', executionId: 'x', workflow: 'w', version: 1, input: { a: 1 }, tags: [], startedBy: 'api', parent: null },
  { type: 'ContainerEntered', container: 'forEach', items: [1, 2], count: 2, ...opening('each') },
  { type: 'PassStarted', frame: 'each#1[0]/', step: 'each#1', index: 0, item: 1 },
  { type: 'TaskScheduled', activity: 'http', attempt: 1, input: 1, queue: null, ...opening('pay', 'each#1[0]/pay#1', 'each#1[0]/') },
  { type: 'PassStarted', frame: 'each#1[1]/', step: 'each#1', index: 1, item: 2 },
  { type: 'TaskScheduled', activity: 'http', attempt: 1, input: 2, queue: null, ...opening('pay', 'each#1[1]/pay#1', 'each#1[1]/') },
  { type: 'TaskFailed', step: 'each#1[0]/pay#1', attempt: 1, failure, retry: true },
  { type: 'TimerCreated', timer: 't', step: 'each#1[0]/pay#1', purpose: 'retry', fireAt: 9_000 },
  { type: 'TaskCompleted', step: 'each#1[1]/pay#1', attempt: 1, output: 'two' },
  { type: 'PassEnded', frame: 'each#1[1]/', step: 'each#1', index: 1, output: 'two' },
  { type: 'TimerFired', timer: 't', step: 'each#1[0]/pay#1', purpose: 'retry' },
  { type: 'TaskScheduled', activity: 'http', attempt: 2, queue: null, ...opening('pay', 'each#1[0]/pay#1', 'each#1[0]/') },
  { type: 'TaskCompleted', step: 'each#1[0]/pay#1', attempt: 2, output: 'one' },
  { type: 'PassEnded', frame: 'each#1[0]/', step: 'each#1', index: 0, output: 'one' },
  { type: 'ContainerExited', step: 'each#1', port: 'out', output: ['one', 'two'] },
  { type: 'EventAwaited', name: 'go', ...opening('wait') },
  { type: 'EventRaised', id: 'r', name: 'go', data: 7, by: 'api' },
  { type: 'EventReceived', step: 'wait#1', raised: 17 },
  { type: 'ExecutionCompleted', status: 'Completed', output: null },
);

function fold(to: number): StepFold {
  const steps = new StepFold(nodeId('start'));
  steps.apply(events.slice(0, to));
  return steps;
}

describe('stepAt', () => {
  const whole = fold(events.length);

  it.each(events.map(({ seq, type }) => [seq, type]))('after event %i (%s) every step is as it was then', (seq) => {
    const then = fold(seq);
    const shown = [...whole.steps.values()].map((step) => stepAt(step, seq)).filter((step): step is StepRecord => step !== null);
    expect(shown.map(({ key }) => key)).toEqual([...then.steps.keys()]);
    for (const step of shown) expect(step).toEqual(then.steps.get(step.key));
  });

  it('gives a step that has not changed since as it is', () => {
    const wait = whole.steps.get('wait#1' as StepRecord['key']);
    expect(wait && stepAt(wait, events.length)).toBe(wait);
  });
});

it('visitsAt gives the visits there were, without copying when all of them are there', () => {
  const visits = fold(events.length).byNode.get(nodeId('pay')) ?? [];
  expect(visitsAt(visits, 3)).toHaveLength(0);
  expect(visitsAt(visits, 4)).toHaveLength(1);
  expect(visitsAt(visits, 5)).toHaveLength(1);
  expect(visitsAt(visits, 6)).toBe(visits);
});
