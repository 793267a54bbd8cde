import { drawWorkflow } from '@perdure/testing';
import type { Load } from '../load.ts';
import { chain } from './chain.ts';
import { drillStep } from './drill-step.ts';

/** A parent, its child `chain`, and a step after it. */
export const family: Load = {
  name: 'family',
  workflows: {
    ...chain.workflows,
    family: drawWorkflow(
      {
        start: { type: 'start' },
        child: { type: 'subWorkflow', config: { workflow: 'chain' } },
        after: drillStep('echo/10/z'),
        done: { type: 'end', config: { value: { expr: 'steps.child.output & steps.after.output.body' } } },
      },
      ['start -> child', 'child -> after', 'after -> done'],
    ),
  },
  async drive(scene, i) {
    await scene.start('family', `family-${i}`);
    await scene.ended(`family-${i}`);
  },
};
