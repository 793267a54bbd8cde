import { drawWorkflow } from '@perdure/testing';
import type { Load } from '../load.ts';
import { drillStep } from './drill-step.ts';

/** Two parallel branches, one a short timer and one a step, that meet in a join. */
export const nap: Load = {
  name: 'nap',
  workflows: {
    nap: drawWorkflow(
      {
        start: { type: 'start' },
        sleep: { type: 'timer', config: { mode: 'for', value: '150ms' } },
        work: drillStep('echo/60/a'),
        both: { type: 'join', config: { mode: 'all' } },
        after: drillStep('echo/10/b'),
        done: { type: 'end', config: { value: { expr: 'steps.work.output.body & steps.after.output.body' } } },
      },
      ['start -> sleep', 'start -> work', 'sleep -> both', 'work -> both', 'both -> after', 'after -> done'],
    ),
  },
  async drive(scene, i) {
    await scene.start('nap', `nap-${i}`);
    await scene.ended(`nap-${i}`);
  },
};
