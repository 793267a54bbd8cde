/** Timers and events that are waited for. */
import { drawWorkflow } from '@perdure/testing';
import { start, end, event } from '../drawn-nodes-fixture.ts';
import type { Scenario } from '../scenario-fixture.ts';

export const waits: readonly Scenario[] = [
  {
    name: 'sleeping',
    workflows: {
      sleeping: drawWorkflow({ start, nap: { type: 'timer', config: { mode: 'for', value: '30d' } }, done: end('"awake"') }, [
        'start -> nap',
        'nap -> done',
      ]),
    },
    begin: async (stage) => {
      await stage.start('sleeping', 'sleeping');
      await stage.happened('sleeping', 'TimerCreated');
    },
    finish: (stage) => stage.hurry('sleeping'),
    ends: { status: 'Completed', output: 'awake' },
  },
  {
    name: 'slept',
    workflows: {
      slept: drawWorkflow(
        { start, nap: { type: 'timer', config: { mode: 'for', value: '20ms' } }, wait: event('go'), done: end('steps.wait.output') },
        ['start -> nap', 'nap -> wait', 'wait -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('slept', 'slept');
      await stage.happened('slept', 'EventAwaited');
    },
    finish: (stage) => stage.raise('slept', 'GO', { z: 1, a: 2 }),
    ends: { status: 'Completed', output: { z: 1, a: 2 } },
  },
  {
    name: 'early-events',
    workflows: {
      'early-events': drawWorkflow(
        {
          start,
          first: event('first', '30d'),
          second: event('second'),
          third: event('second'),
          done: end('[steps.first.output, steps.second.output, steps.third.output]'),
        },
        ['start -> first', 'first -> second', 'second -> third', 'third -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('early-events', 'early-events');
      await stage.raise('early-events', 'second', 2);
      await stage.raise('early-events', 'second', 3);
    },
    finish: (stage) => stage.raise('early-events', 'first', 1),
    ends: { status: 'Completed', output: [1, 2, 3] },
  },
  {
    name: 'event-times-out',
    workflows: {
      'event-times-out': drawWorkflow({ start, wait: event('never', '30d'), done: end(), late: end('"late"') }, [
        'start -> wait',
        'wait -> done',
        'wait.timeout -> late',
      ]),
    },
    begin: async (stage) => {
      await stage.start('event-times-out', 'event-times-out');
      await stage.happened('event-times-out', 'TimerCreated');
    },
    finish: (stage) => stage.hurry('event-times-out'),
    ends: { status: 'Completed', output: 'late' },
  },
];
