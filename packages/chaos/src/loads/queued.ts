import { drawWorkflow } from '@perdure/testing';
import type { Load } from '../load.ts';
import { drillStep } from './drill-step.ts';

/** Two steps on a named queue, which Redis carries and any worker serves. */
export const queued: Load = {
  name: 'queued',
  workflows: {
    queued: drawWorkflow(
      {
        start: { type: 'start' },
        first: drillStep('echo/30/a', { queue: 'drill' }),
        second: drillStep('echo/10/b', { queue: 'drill' }),
        done: { type: 'end', config: { value: { expr: 'steps.first.output.body & steps.second.output.body' } } },
      },
      ['start -> first', 'first -> second', 'second -> done'],
    ),
  },
  async drive(scene, i) {
    await scene.start('queued', `queued-${i}`);
    await scene.ended(`queued-${i}`);
  },
};
