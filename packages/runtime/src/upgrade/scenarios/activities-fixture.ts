/** Activities: waiting for their turn, running, between attempts, held. */
import { stepKey, type CommandBody } from '@perdure/engine';
import { drawWorkflow } from '@perdure/testing';
import { start, end, call } from '../drawn-nodes-fixture.ts';
import type { Scenario } from '../scenario-fixture.ts';

export const activities: readonly Scenario[] = [
  {
    name: 'finished-chain',
    workflows: {
      'finished-chain': drawWorkflow(
        {
          start,
          a: call('answer/a'),
          b: call('fail/1/b', { retry: { firstRetryInterval: '10ms', maxNumberOfAttempts: 3 } }),
          done: end('steps.a.output.body & steps.b.output.body'),
        },
        ['start -> a', 'a -> b', 'b -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('finished-chain', 'finished-chain', { tag: 'ü' });
      await stage.happened('finished-chain', 'ExecutionCompleted');
    },
    ends: { status: 'Completed', output: 'ab' },
  },
  {
    name: 'between-attempts',
    workflows: {
      'between-attempts': drawWorkflow(
        {
          start,
          a: call('fail/1/later', { retry: { firstRetryInterval: '1h', maxNumberOfAttempts: 2, backoffCoefficient: 2 }, timeout: '1m' }),
          done: end('steps.a.output.body'),
        },
        ['start -> a', 'a -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('between-attempts', 'between-attempts');
      await stage.happened('between-attempts', 'TimerCreated');
    },
    finish: (stage) => stage.hurry('between-attempts'),
    ends: { status: 'Completed', output: 'later' },
  },
  {
    name: 'activity-running',
    workflows: {
      'activity-running': drawWorkflow(
        {
          start,
          a: call('hold/now'),
          b: call('hold/queued', { config: { queue: 'slow' } }),
          both: { type: 'join', config: { mode: 'all' } },
          done: end('steps.a.output.body & steps.b.output.body'),
        },
        ['start -> a', 'start -> b', 'a -> both', 'b -> both', 'both -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('activity-running', 'activity-running');
      await stage.happened('activity-running', 'TaskScheduled', 2);
    },
    finish: async () => undefined,
    ends: { status: 'Completed', output: 'nowqueued' },
  },
  {
    name: 'accepted-only',
    unattended: true,
    workflows: {
      'accepted-only': drawWorkflow({ start, a: call('answer/x'), done: end('steps.a.output.body & input.more') }, [
        'start -> a',
        'a -> done',
      ]),
    },
    begin: (stage) => stage.start('accepted-only', 'accepted-only', { more: 'y' }),
    finish: async () => undefined,
    ends: { status: 'Completed', output: 'xy' },
  },
  // Since writer format 2.
  {
    name: 'held-work',
    workflows: { 'held-work': drawWorkflow({ start, a: call('hold/a'), done: end('steps.a.output.body') }, ['start -> a', 'a -> done']) },
    begin: async (stage) => {
      const held: CommandBody = { type: 'QuarantineTask', step: stepKey('a#1'), attempt: 1, claims: 5 };
      await stage.start('held-work', 'held-work');
      await stage.happened('held-work', 'TaskScheduled');
      await stage.send('held-work', held);
      await stage.send('held-work', { type: 'ReleaseTask', step: stepKey('a#1'), by: 'ada', reason: 'again' });
      await stage.send('held-work', held);
    },
    finish: (stage) => stage.send('held-work', { type: 'ReleaseTask', step: stepKey('a#1'), by: 'ada', reason: 'once more' }),
    ends: { status: 'Completed', output: 'a' },
  },
];
