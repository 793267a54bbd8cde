import { stepKey, type InstanceStatus } from '@perdure/engine';
import { portId } from '@perdure/graph';
import { drawWorkflow, eventually } from '@perdure/testing';
import type { Load } from '../load.ts';
import { drillStep } from './drill-step.ts';

/** Fails while a task is open, and is rewound: the failed step tries again under its key, the task is there again, both are needed to end. */
export const mended: Load = {
  name: 'mended',
  workflows: {
    mended: drawWorkflow(
      {
        start: { type: 'start' },
        ask: { type: 'humanTask', config: { title: 'Approve?', outcomes: [{ key: 'approved', label: 'Approve', tone: 'primary' }] } },
        weak: drillStep('flaky/1/well'),
        both: { type: 'join', config: { mode: 'all' } },
        done: { type: 'end', config: { value: { expr: 'steps.weak.output.body & steps.ask.output.by' } } },
      },
      ['start -> ask', 'start -> weak', 'ask.approved -> both', 'weak -> both', 'both -> done'],
    ),
  },
  async drive(scene, i) {
    const id = `mended-${i}`;
    await scene.start('mended', id);
    const reaches = (wanted: InstanceStatus): Promise<boolean> =>
      eventually(
        `${id} is ${wanted}`,
        async () => (await scene.rows('SELECT 1 FROM instance WHERE id = $1 AND status = $2', [id, wanted])).length > 0 || undefined,
        120_000,
      );
    await reaches('Failed');
    // An answer that was lost had rewound it.
    await scene.send(id, { type: 'Rewind', reason: 'mended', by: 'ann' });
    const choice = { step: stepKey('ask#1'), outcome: portId('approved'), data: null, comment: null, by: 'ann' };
    const result = await scene.send(id, { type: 'DecideHumanTask', ...choice });
    if (result.ok) scene.acknowledged.push({ instanceId: id, decidedBy: 'ann' });
    await reaches('Completed');
  },
};
