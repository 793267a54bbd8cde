import { drawWorkflow } from '@perdure/testing';
import type { Load } from '../load.ts';
import { drillStep } from './drill-step.ts';

/** Three steps in a row, the second fails once; about 100 ms. */
export const chain: Load = {
  name: 'chain',
  workflows: {
    chain: drawWorkflow(
      {
        start: { type: 'start' },
        first: drillStep('echo/30/a'),
        second: drillStep('flaky/1/b', { attempts: 4 }),
        third: drillStep('echo/30/c'),
        done: { type: 'end', config: { value: { expr: 'steps.first.output.body & steps.second.output.body & steps.third.output.body' } } },
      },
      ['start -> first', 'first -> second', 'second -> third', 'third -> done'],
    ),
  },
  async drive(scene, i) {
    await scene.start('chain', `chain-${i}`);
    await scene.ended(`chain-${i}`);
  },
};
