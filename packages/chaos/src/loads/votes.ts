import { stepKey } from '@perdure/engine';
import { portId } from '@perdure/graph';
import { drawWorkflow, eventually } from '@perdure/testing';
import type { Load } from '../load.ts';

/** I11: two of three who vote at the same moment count, once each, after a reminder; whoever is told that they did must be in the history. */
export const votes: Load = {
  name: 'votes',
  workflows: {
    votes: drawWorkflow(
      {
        start: { type: 'start' },
        ask: {
          type: 'humanTask',
          config: {
            title: 'Approve?',
            quorum: 2,
            reminders: ['100ms', '1h'],
            escalateAfter: '2h',
            escalateTo: ['boss'],
            deadline: '3h',
            outcomes: [
              { key: 'approved', label: 'Approve', tone: 'primary' },
              { key: 'rejected', label: 'Reject', tone: 'danger' },
            ],
          },
        },
        done: { type: 'end', config: { value: { expr: '$count(steps.ask.output.votes)' } } },
        other: { type: 'end', config: { value: 'nobody rejects' } },
      },
      ['start -> ask', 'ask.approved -> done', 'ask.rejected -> other', 'ask.overdue -> other'],
    ),
  },
  async drive(scene, i) {
    const id = `votes-${i}`;
    await scene.start('votes', id);
    await eventually(
      `${id} is reminded`,
      async () =>
        (await scene.rows(`SELECT 1 FROM history_event WHERE instance_id = $1 AND type = 'TimerFired'`, [id])).length > 0 || undefined,
      120_000,
    );
    const vote = async (by: string): Promise<void> => {
      const choice = { step: stepKey('ask#1'), outcome: portId('approved'), data: null, comment: null, by };
      const result = await scene.send(id, { type: 'DecideHumanTask', ...choice });
      if (result.ok) scene.acknowledged.push({ instanceId: id, decidedBy: by });
    };
    await Promise.all(['ann', 'bob', 'cleo'].map(vote));
    await scene.ended(id);
  },
};
