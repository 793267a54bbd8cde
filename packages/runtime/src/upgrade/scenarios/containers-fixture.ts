/** Containers and joins. */
import { drawWorkflow } from '@perdure/testing';
import { start, end, event, call, inside } from '../drawn-nodes-fixture.ts';
import type { Scenario } from '../scenario-fixture.ts';

export const containers: readonly Scenario[] = [
  {
    name: 'for-each',
    workflows: {
      'for-each': drawWorkflow(
        {
          start,
          each: { type: 'forEach', config: { items: { expr: 'input.items' }, mode: 'parallel', concurrency: 2, errorTolerance: 1 } },
          wait: inside('each', { type: 'event', config: { name: { expr: '"go-" & item' } } }),
          check: inside('each', { type: 'condition', config: { cases: [{ key: 'bad', label: 'Bad', when: 'item = "b"' }] } }),
          bad: inside('each', { type: 'fail', config: { code: 'Bad', message: 'this one' } }),
          good: inside('each', end('item & index')),
          done: end('steps.each.output'),
        },
        ['start -> each', 'each.body -> wait', 'wait -> check', 'check.bad -> bad', 'check.otherwise -> good', 'each -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('for-each', 'for-each', { items: ['a', 'b', 'c', 'd', 'e'] });
      await stage.raise('for-each', 'go-b');
      await stage.raise('for-each', 'go-c');
    },
    finish: async (stage) => {
      for (const item of ['e', 'd', 'a']) await stage.raise('for-each', `go-${item}`);
    },
    ends: { status: 'Completed', output: ['a0', null, 'c2', 'd3', 'e4'] },
  },
  {
    name: 'loop',
    workflows: {
      loop: drawWorkflow(
        {
          start,
          zero: { type: 'setVariables', config: { variables: { n: 0 } } },
          again: { type: 'loop', config: { mode: 'while', condition: 'vars.n < 3', maxPasses: 10 } },
          wait: inside('again', event('tick')),
          add: inside('again', { type: 'setVariables', config: { variables: { n: { expr: 'vars.n + 1' } } } }),
          pass: inside('again', end('index')),
          done: end('{ "n": vars.n, "last": steps.again.output }'),
        },
        ['start -> zero', 'zero -> again', 'again.body -> wait', 'wait -> add', 'add -> pass', 'again -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('loop', 'loop');
      await stage.raise('loop', 'tick');
    },
    finish: async (stage) => {
      await stage.raise('loop', 'tick');
      await stage.raise('loop', 'tick');
    },
    ends: { status: 'Completed', output: { n: 3, last: 2 } },
  },
  {
    name: 'scope-timeout',
    workflows: {
      'scope-timeout': drawWorkflow(
        {
          start,
          scope: {
            type: 'scope',
            config: {
              catches: [
                { key: 'late', label: 'Late', codes: ['Timeout'] },
                { key: 'any', label: 'Any' },
              ],
              timeout: '30d',
            },
          },
          wait: inside('scope', event('go')),
          fine: inside('scope', end('"fine"')),
          done: end('steps.scope.output'),
          late: end('error.code'),
        },
        ['start -> scope', 'scope.body -> wait', 'wait -> fine', 'scope -> done', 'scope.late -> late'],
      ),
    },
    begin: async (stage) => {
      await stage.start('scope-timeout', 'scope-timeout');
      await stage.happened('scope-timeout', 'EventAwaited');
    },
    finish: (stage) => stage.hurry('scope-timeout'),
    ends: { status: 'Completed', output: 'Timeout' },
  },
  {
    name: 'scope-caught',
    workflows: {
      'scope-caught': drawWorkflow(
        {
          start,
          scope: { type: 'scope', config: { catches: [{ key: 'any', label: 'Any' }] } },
          call: inside('scope', call('fail/9/x')),
          other: inside('scope', event('never')),
          done: end(),
          wait: event('go'),
          caught: end('error.code'),
        },
        ['start -> scope', 'scope.body -> call', 'scope.body -> other', 'scope -> done', 'scope.any -> wait', 'wait -> caught'],
      ),
    },
    begin: async (stage) => {
      await stage.start('scope-caught', 'scope-caught');
      await stage.happened('scope-caught', 'ContainerExited');
    },
    finish: (stage) => stage.raise('scope-caught', 'go'),
    ends: { status: 'Completed', output: 'HttpStatus.503' },
  },
  {
    name: 'join-some',
    workflows: {
      'join-some': drawWorkflow(
        {
          start,
          a: event('a'),
          b: event('b'),
          c: event('c'),
          two: { type: 'join', config: { mode: 'count', count: 2, cancelRest: true } },
          done: end('"two"'),
        },
        ['start -> a', 'start -> b', 'start -> c', 'a -> two', 'b -> two', 'c -> two', 'two -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('join-some', 'join-some');
      await stage.raise('join-some', 'c');
    },
    finish: (stage) => stage.raise('join-some', 'a'),
    ends: { status: 'Completed', output: 'two' },
  },
  {
    name: 'join-fired',
    workflows: {
      'join-fired': drawWorkflow(
        {
          start,
          a: call('answer/a'),
          b: event('b'),
          one: { type: 'join', config: { mode: 'any', cancelRest: true } },
          wait: event('go'),
          done: end('"one"'),
        },
        ['start -> a', 'start -> b', 'a -> one', 'b -> one', 'one -> wait', 'wait -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('join-fired', 'join-fired');
      await stage.happened('join-fired', 'TokenCancelled');
    },
    finish: (stage) => stage.raise('join-fired', 'go'),
    ends: { status: 'Completed', output: 'one' },
  },
];
