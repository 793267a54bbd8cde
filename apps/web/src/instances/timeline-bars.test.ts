import type { EventBody, HistoryEvent } from '@perdure/engine';
import { nodeId } from '@perdure/graph';
import { describe, expect, it } from 'vitest';
import { StepFold } from './fold-steps.ts';
import { timeScale, timeShape } from './time-scale.ts';
import { timelineBars } from './timeline-bars.ts';

const scale = timeScale(timeShape([0, 1_000], []), 1_000);

function visits(...bodies: [at: number, body: object][]) {
  const steps = new StepFold(nodeId('start'));
  steps.apply(bodies.map(([at, body], i): HistoryEvent => ({ seq: i + 1, at, ...(body as EventBody) }))); // plain objects stand for the branded ids
  return steps.byNode.get(nodeId('pay')) ?? [];
}

const task = (visit: number, attempt = 1) => ({
  type: 'TaskScheduled',
  activity: 'http',
  attempt,
  input: null,
  queue: null,
  step: `pay#${visit}`,
  node: 'pay',
  frame: '',
  via: null,
});
const done = (visit: number, attempt = 1) => ({ type: 'TaskCompleted', step: `pay#${visit}`, attempt, output: null });

describe('timelineBars', () => {
  it('draws attempts as bars and the wait between them as a line', () => {
    const bars = timelineBars(
      visits(
        [100, task(1)],
        [200, { type: 'TaskFailed', step: 'pay#1', attempt: 1, failure: { code: 'x', message: 'x' }, retry: true }],
        [200, { type: 'TimerCreated', timer: 't', step: 'pay#1', purpose: 'retry', fireAt: 400 }],
        [400, { type: 'TimerFired', timer: 't', step: 'pay#1', purpose: 'retry' }],
        [400, task(1, 2)],
        [450, done(1, 2)],
      ),
      scale,
      1_000,
      1_000,
    );
    expect(bars.map(({ look, x, width }) => [look, x, width])).toEqual([
      ['wait', 200, 200],
      ['fail', 100, 100],
      ['ok', 400, 50],
    ]);
  });

  it('draws ten thousand visits that touch as one bar that counts them, and leaves the gaps', () => {
    const events: [number, object][] = [];
    for (let visit = 1; visit <= 10_000; visit += 1) {
      const at = visit <= 5_000 ? visit / 25 : 600 + visit / 50;
      events.push([at, task(visit)], [at + 0.5, done(visit)]);
    }
    const bars = timelineBars(visits(...events), scale, 1_000, 1_000);
    expect(bars.map(({ look, steps }) => [look, steps])).toEqual([
      ['ok', 5_000],
      ['ok', 5_000],
    ]);
  });

  it('leaves out what is not in sight and draws the very end inside', () => {
    const near = timeScale(timeShape([0, 1_000], []), 1_000, { zoom: 10, pan: 9_000 });
    const bars = timelineBars(visits([100, task(1)], [200, done(1)], [1_000, task(2)], [1_000, done(2)]), near, 1_000, 1_000);
    expect(bars.map(({ x, width }) => [x, width])).toEqual([[997, 3]]);
  });
});
