/** Values: what steps compute, large ones, long histories, pinned ones. */
import { nodeId } from '@perdure/graph';
import { drawWorkflow } from '@perdure/testing';
import { start, end, event, call, inside } from '../drawn-nodes-fixture.ts';
import type { Scenario } from '../scenario-fixture.ts';

export const data: readonly Scenario[] = [
  {
    name: 'pure-steps',
    workflows: {
      'pure-steps': drawWorkflow(
        {
          start,
          make: { type: 'transform', config: { value: { expr: '{ "sum": input.a + input.b, "at": $type($now()) }' } } },
          off: { type: 'transform', disabled: true, config: { value: 1 } },
          note: { type: 'setStatus', config: { value: { expr: '"sum " & steps.make.output.sum' } } },
          which: { type: 'condition', config: { cases: [{ key: 'big', label: 'Big', when: 'steps.make.output.sum > 10' }] } },
          wait: event('go'),
          done: end('steps.make.output'),
          small: end('"small"'),
        },
        ['start -> make', 'make -> off', 'off -> note', 'note -> which', 'which.big -> wait', 'which.otherwise -> small', 'wait -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('pure-steps', 'pure-steps', { a: 5, b: 6 });
      await stage.happened('pure-steps', 'EventAwaited');
    },
    finish: (stage) => stage.raise('pure-steps', 'go'),
    ends: { status: 'Completed', output: { sum: 11, at: 'string' } },
  },
  {
    name: 'large-value',
    workflows: {
      'large-value': drawWorkflow({ start, a: call('answer/large'), wait: event('go'), done: end('$length(steps.a.output.body)') }, [
        'start -> a',
        'a -> wait',
        'wait -> done',
      ]),
    },
    begin: async (stage) => {
      await stage.start('large-value', 'large-value');
      await stage.happened('large-value', 'EventAwaited');
    },
    finish: (stage) => stage.raise('large-value', 'go'),
    ends: { status: 'Completed', output: 100_000 },
  },
  {
    name: 'long-history',
    workflows: {
      'long-history': drawWorkflow(
        {
          start,
          each: { type: 'forEach', config: { items: { expr: '[1..250]' }, mode: 'sequential' } },
          a: inside('each', call('answer/x')),
          b: inside('each', end('index')),
          wait: event('go'),
          done: end('$count(steps.each.output)'),
        },
        ['start -> each', 'each.body -> a', 'a -> b', 'each -> wait', 'wait -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('long-history', 'long-history');
      await stage.happened('long-history', 'EventAwaited');
    },
    finish: (stage) => stage.raise('long-history', 'go'),
    ends: { status: 'Completed', output: 250 },
  },
  // Since writer format 3.
  {
    name: 'test-run',
    workflows: {
      'test-run': drawWorkflow(
        {
          start,
          a: call('answer/a'),
          b: call('answer/b'),
          nap: { type: 'timer', config: { mode: 'for', value: '30d' } },
          wait: event('go'),
          done: end("steps.a.output.body & ' ' & steps.b.output.body"),
        },
        ['start -> a', 'a -> b', 'b -> nap', 'nap -> wait', 'wait -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start(
        'test-run',
        'test-run',
        {},
        {
          pins: { [nodeId('b')]: { output: { body: 'pinned' } } },
          fastForward: true,
          from: { node: nodeId('b'), only: false, outputs: { [nodeId('a')]: { body: 'past' } }, vars: { v: 1 } },
        },
      );
      await stage.happened('test-run', 'EventAwaited');
    },
    finish: (stage) => stage.raise('test-run', 'go'),
    ends: { status: 'Completed', output: 'past pinned' },
  },
];
