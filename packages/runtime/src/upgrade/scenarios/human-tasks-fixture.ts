/** Human tasks. */
import { stepKey } from '@perdure/engine';
import { portId } from '@perdure/graph';
import { drawWorkflow } from '@perdure/testing';
import { start, end, event, outcomes } from '../drawn-nodes-fixture.ts';
import type { Scenario } from '../scenario-fixture.ts';

const form = { type: 'object', properties: { note: { type: 'string' } } };

export const humanTasks: readonly Scenario[] = [
  {
    name: 'task-claimed',
    workflows: {
      'task-claimed': drawWorkflow(
        {
          start,
          ask: {
            type: 'humanTask',
            config: {
              title: { expr: '"Order " & input.id' },
              context: { expr: 'input' },
              candidates: ['finance'],
              formSchema: form,
              due: '2d',
              deadline: '30d',
              outcomes,
            },
          },
          // Named one by one: since writer format 5 there are votes besides.
          yes: end(
            '{ "outcome": steps.ask.output.outcome, "data": steps.ask.output.data, "by": steps.ask.output.by, "comment": steps.ask.output.comment }',
          ),
          no: end('"no"'),
          late: end('"late"'),
        },
        ['start -> ask', 'ask.approved -> yes', 'ask.rejected -> no', 'ask.overdue -> late'],
      ),
    },
    begin: async (stage) => {
      await stage.start('task-claimed', 'task-claimed', { id: 7 });
      await stage.claim('task-claimed', 'ask');
    },
    finish: (stage) => stage.decide('task-claimed', 'ask', 'approved'),
    ends: { status: 'Completed', output: { outcome: 'approved', data: { note: 'fine' }, by: 'ada', comment: 'ok' } },
  },
  {
    name: 'task-overdue',
    workflows: {
      'task-overdue': drawWorkflow(
        {
          start,
          ask: { type: 'humanTask', config: { title: 'Look at it', deadline: '30d', outcomes } },
          yes: end('"yes"'),
          late: end('"late"'),
        },
        ['start -> ask', 'ask.approved -> yes', 'ask.rejected -> yes', 'ask.overdue -> late'],
      ),
    },
    begin: async (stage) => {
      await stage.start('task-overdue', 'task-overdue');
      await stage.claim('task-overdue', 'ask');
      await stage.release('task-overdue', 'ask');
    },
    finish: (stage) => stage.hurry('task-overdue'),
    ends: { status: 'Completed', output: 'late' },
  },
  {
    name: 'task-decided',
    workflows: {
      'task-decided': drawWorkflow(
        {
          start,
          ask: { type: 'humanTask', config: { title: 'Look at it', outcomes } },
          wait: event('go'),
          done: end('steps.ask.output.outcome'),
        },
        ['start -> ask', 'ask.approved -> wait', 'ask.rejected -> wait', 'wait -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('task-decided', 'task-decided');
      await stage.decide('task-decided', 'ask', 'rejected');
    },
    finish: (stage) => stage.raise('task-decided', 'go'),
    ends: { status: 'Completed', output: 'rejected' },
  },
  // Since writer format 5.
  {
    name: 'task-votes',
    workflows: {
      'task-votes': drawWorkflow(
        {
          start,
          ask: {
            type: 'humanTask',
            config: {
              title: 'Look at it',
              candidates: ['finance'],
              quorum: 2,
              requesterMayNotDecide: true,
              due: '10d',
              reminders: ['-1d'],
              escalateAfter: '1d',
              escalateTo: ['heads'],
              escalatePriority: 90,
              outcomes,
            },
          },
          done: end('$join(steps.ask.output.votes.by, " ")'),
        },
        ['start -> ask', 'ask.approved -> done', 'ask.rejected -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('task-votes', 'task-votes');
      await stage.happened('task-votes', 'HumanTaskCreated');
      const step = stepKey('ask#1');
      await stage.send('task-votes', { type: 'DecideHumanTask', step, outcome: portId('approved'), data: null, comment: null, by: 'bob' });
      await stage.send('task-votes', {
        type: 'AssignHumanTask',
        step,
        to: 'cleo',
        aliases: [],
        from: null,
        kind: 'assigned',
        note: null,
        by: 'boss',
      });
      await stage.hurry('task-votes');
      await stage.happened('task-votes', 'HumanTaskEscalated');
    },
    finish: (stage) => stage.decide('task-votes', 'ask', 'approved'),
    ends: { status: 'Completed', output: 'bob ada' },
  },
];
