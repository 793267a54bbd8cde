import { drawWorkflow } from '@perdure/testing';
import type { Load } from '../load.ts';
import { drillStep } from './drill-step.ts';

/** An external event, raised before or while the instance waits for it. An acknowledged one must be in the history. */
export const event: Load = {
  name: 'event',
  workflows: {
    event: drawWorkflow(
      {
        start: { type: 'start' },
        work: drillStep('echo/20/a'),
        wait: { type: 'event', config: { name: 'go' } },
        done: { type: 'end', config: { value: { expr: 'steps.wait.output' } } },
      },
      ['start -> work', 'work -> wait', 'wait -> done'],
    ),
  },
  async drive(scene, i) {
    const id = `event-${i}`;
    await scene.start('event', id);
    const result = await scene.send(id, { type: 'RaiseEvent', id: `go-${i}`, name: 'go', data: { i }, by: 'drill' });
    if (result.ok) scene.acknowledged.push({ instanceId: id, event: `go-${i}` });
    await scene.ended(id);
  },
};
