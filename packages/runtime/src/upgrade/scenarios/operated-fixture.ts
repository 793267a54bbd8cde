/** Instances that an operator acted on, or can. */
import { stepKey } from '@perdure/engine';
import { nodeId } from '@perdure/graph';
import { drawWorkflow } from '@perdure/testing';
import { start, end, event, call, inside, outcomes, waiter } from '../drawn-nodes-fixture.ts';
import type { Scenario } from '../scenario-fixture.ts';

export const operated: readonly Scenario[] = [
  {
    name: 'suspended',
    workflows: {
      suspended: drawWorkflow({ start, wait: event('go'), a: call('answer/on'), done: end('steps.a.output.body & steps.wait.output') }, [
        'start -> wait',
        'wait -> a',
        'a -> done',
      ]),
    },
    begin: async (stage) => {
      await stage.start('suspended', 'suspended');
      await stage.send('suspended', { type: 'Suspend', reason: 'for now', by: 'ada' });
      await stage.raise('suspended', 'go', '!');
    },
    finish: (stage) => stage.send('suspended', { type: 'Resume', reason: 'enough', by: 'ada' }),
    ends: { status: 'Completed', output: 'on!' },
  },
  {
    name: 'resumed',
    workflows: { resumed: waiter },
    begin: async (stage) => {
      await stage.start('resumed', 'resumed');
      await stage.send('resumed', { type: 'Suspend', reason: 'for now', by: 'ada' });
      await stage.send('resumed', { type: 'Resume', reason: 'enough', by: 'ada' });
    },
    finish: (stage) => stage.raise('resumed', 'go', 5),
    ends: { status: 'Completed', output: 5 },
  },
  {
    name: 'terminated',
    workflows: {
      waiter,
      terminated: drawWorkflow({ start, sub: { type: 'subWorkflow', config: { workflow: 'waiter' } }, done: end() }, [
        'start -> sub',
        'sub -> done',
      ]),
    },
    begin: async (stage) => {
      await stage.start('terminated', 'terminated');
      const child = await stage.child('terminated');
      await stage.happened(child, 'EventAwaited');
      await stage.send('terminated', { type: 'Terminate', reason: 'no longer wanted', by: 'ada', recursive: true });
      await stage.happened(child, 'ExecutionTerminated');
    },
    ends: { status: 'Terminated', output: 'no longer wanted' },
  },
  // Since writer format 5.
  {
    name: 'operated',
    workflows: {
      operated: drawWorkflow(
        {
          start,
          weak: call('fail/1/strong'),
          nap: { type: 'timer', config: { mode: 'for', value: '30d' } },
          late: call('fail/1/late', { retry: { firstRetryInterval: '1h', maxNumberOfAttempts: 2 } }),
          wait: event('go'),
          done: end("steps.weak.output.body & ' ' & steps.nap.output & ' ' & steps.late.output.body & ' ' & vars.v"),
        },
        ['start -> weak', 'weak -> nap', 'nap -> late', 'late -> wait', 'wait -> done'],
      ),
    },
    begin: async (stage) => {
      const said = { reason: 'recorded', by: 'ada' };
      await stage.start('operated', 'operated');
      await stage.happened('operated', 'ExecutionCompleted');
      await stage.send('operated', { type: 'Rewind', ...said });
      await stage.happened('operated', 'TimerCreated');
      await stage.send('operated', { type: 'SkipStep', step: stepKey('nap#1'), output: 'skipped', port: null, ...said });
      await stage.happened('operated', 'TimerCreated', 2);
      await stage.send('operated', { type: 'RetryStep', step: stepKey('late#1'), ...said });
      await stage.happened('operated', 'EventAwaited');
      await stage.send('operated', { type: 'EditVariables', values: { v: 'edited' }, ...said });
    },
    finish: (stage) => stage.raise('operated', 'go'),
    ends: { status: 'Completed', output: 'strong skipped late edited' },
  },
  {
    name: 'failed',
    workflows: {
      failed: drawWorkflow({ start, weak: call('fail/1/strong'), done: end('steps.weak.output.body') }, ['start -> weak', 'weak -> done']),
    },
    begin: async (stage) => {
      await stage.start('failed', 'failed');
      await stage.happened('failed', 'ExecutionCompleted');
    },
    finish: (stage) => stage.send('failed', { type: 'Rewind', reason: 'mended', by: 'ada' }),
    ends: { status: 'Completed', output: 'strong' },
  },
  {
    name: 'migrated',
    workflows: {
      migrated: [
        drawWorkflow({ start, patience: event('go'), done: end("'first'") }, ['start -> patience', 'patience -> done']),
        drawWorkflow({ start, wait: event('go'), done: end("'second'") }, ['start -> wait', 'wait -> done']),
      ],
    },
    begin: async (stage) => {
      await stage.start('migrated', 'migrated');
      await stage.happened('migrated', 'EventAwaited');
      const nodes = { [nodeId('wait')]: nodeId('patience') };
      await stage.send('migrated', { type: 'Migrate', version: 1, seq: 2, nodes, edges: {}, joins: [], reason: 'recorded', by: 'ada' });
    },
    finish: (stage) => stage.raise('migrated', 'go'),
    ends: { status: 'Completed', output: 'first' },
  },
  // Since writer format 6.
  {
    name: 'tolerated',
    workflows: {
      tolerated: drawWorkflow(
        {
          start,
          each: { type: 'forEach', config: { items: { expr: '[1, 2, 3]' }, mode: 'parallel', errorTolerance: 1 } },
          ask: inside('each', { type: 'humanTask', config: { title: 'Look at it', deadline: '30d', outcomes } }),
          said: inside('each', end('steps.ask.output.outcome')),
          done: end('$string(steps.each.output)'),
        },
        ['start -> each', 'each.body -> ask', 'ask.approved -> said', 'ask.rejected -> said', 'each -> done'],
      ),
    },
    begin: async (stage) => {
      const said = { reason: 'recorded', by: 'ada' };
      await stage.start('tolerated', 'tolerated');
      await stage.happened('tolerated', 'HumanTaskCreated', 3);
      await stage.send('tolerated', { type: 'Suspend', ...said });
      await stage.hurry('tolerated');
      await stage.happened('tolerated', 'TimerFired', 3);
      await stage.send('tolerated', { type: 'Resume', ...said });
      await stage.happened('tolerated', 'ExecutionCompleted');
    },
    async finish(stage) {
      await stage.send('tolerated', { type: 'Rewind', reason: 'mended', by: 'ada' });
      await stage.decide('tolerated', 'each#1[1]/ask', 'approved');
      await stage.decide('tolerated', 'each#1[2]/ask', 'rejected');
    },
    // The first had been taken as an answer; the second failed the instance.
    ends: { status: 'Completed', output: '[null,"approved","rejected"]' },
  },
];
