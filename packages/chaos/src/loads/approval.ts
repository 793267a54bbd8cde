import { stepKey } from '@perdure/engine';
import { portId } from '@perdure/graph';
import { drawWorkflow, eventually } from '@perdure/testing';
import type { Load } from '../load.ts';

const outcomes = [
  { key: 'approved', label: 'Approve', tone: 'primary' },
  { key: 'rejected', label: 'Reject', tone: 'danger' },
];

/** I11: two people decide at the same moment, one yes and one no; whoever is told that it was them must be in the history. */
export const approval: Load = {
  name: 'approval',
  workflows: {
    /** Two of them must approve. */
    'approval-by-two': drawWorkflow(
      {
        start: { type: 'start' },
        ask: { type: 'humanTask', config: { title: 'Approve?', quorum: 2, outcomes } },
        done: { type: 'end', config: { value: { expr: 'steps.ask.output' } } },
      },
      ['start -> ask', 'ask.approved -> done', 'ask.rejected -> done'],
    ),
    approval: drawWorkflow(
      {
        start: { type: 'start' },
        ask: { type: 'humanTask', config: { title: 'Approve?', outcomes } },
        done: { type: 'end', config: { value: { expr: 'steps.ask.output' } } },
      },
      ['start -> ask', 'ask.approved -> done', 'ask.rejected -> done'],
    ),
  },
  async drive(scene, i) {
    const id = `approval-${i}`;
    await scene.start('approval', id);
    await eventually(
      `${id} asks`,
      async () => (await scene.rows('SELECT 1 FROM human_task WHERE instance_id = $1', [id])).length > 0 || undefined,
      120_000,
    );
    const decide = async (by: string, outcome: string): Promise<void> => {
      const command = { type: 'DecideHumanTask' as const, step: stepKey('ask#1'), outcome: portId(outcome), data: null, comment: null, by };
      const result = await scene.send(id, command);
      if (result.ok) scene.acknowledged.push({ instanceId: id, decidedBy: by });
    };
    await Promise.all([decide('ann', 'approved'), decide('bob', 'rejected')]);
    await scene.ended(id);
  },
};
