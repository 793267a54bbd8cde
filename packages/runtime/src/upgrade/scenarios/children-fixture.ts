/** Sub-workflows. */
import { drawWorkflow } from '@perdure/testing';
import { start, end, event, call, waiter } from '../drawn-nodes-fixture.ts';
import type { Scenario } from '../scenario-fixture.ts';

const failer = drawWorkflow({ start, no: { type: 'fail', config: { code: 'Refused', message: 'It says no' } } }, ['start -> no']);

export const children: readonly Scenario[] = [
  {
    name: 'parent',
    workflows: {
      waiter,
      parent: drawWorkflow(
        {
          start,
          sub: { type: 'subWorkflow', config: { workflow: 'waiter', input: { expr: 'input' } } },
          after: call('answer/z'),
          done: end('{ "child": steps.sub.output, "after": steps.after.output.body }'),
        },
        ['start -> sub', 'sub -> after', 'after -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('parent', 'parent', { deep: true });
      await stage.happened(await stage.child('parent'), 'EventAwaited');
    },
    finish: async (stage) => stage.raise(await stage.child('parent'), 'go', 'hello'),
    ends: { status: 'Completed', output: { child: 'hello', after: 'z' } },
  },
  {
    name: 'child-came-back',
    workflows: {
      instant: drawWorkflow({ start, done: end('"quick"') }, ['start -> done']),
      'child-came-back': drawWorkflow(
        { start, sub: { type: 'subWorkflow', config: { workflow: 'instant' } }, wait: event('go'), done: end('steps.sub.output') },
        ['start -> sub', 'sub -> wait', 'wait -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('child-came-back', 'child-came-back');
      await stage.happened('child-came-back', 'EventAwaited');
    },
    finish: (stage) => stage.raise('child-came-back', 'go'),
    ends: { status: 'Completed', output: 'quick' },
  },
  {
    name: 'child-failed',
    workflows: {
      failer,
      'child-failed': drawWorkflow(
        { start, sub: { type: 'subWorkflow', config: { workflow: 'failer' } }, done: end(), wait: event('go'), caught: end('error.code') },
        ['start -> sub', 'sub -> done', 'sub.error -> wait', 'wait -> caught'],
      ),
    },
    begin: async (stage) => {
      await stage.start('child-failed', 'child-failed');
      await stage.happened('child-failed', 'EventAwaited');
    },
    finish: (stage) => stage.raise('child-failed', 'go'),
    ends: { status: 'Completed', output: 'Refused' },
  },
];
