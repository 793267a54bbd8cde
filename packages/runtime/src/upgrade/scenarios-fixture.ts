/**
 * Instances caught in the middle of their lives, and how each goes on: what an upgrade must not break. Together they have events of every type.
 * Recorded once per writer format (see recorded-installations.test.ts); a scenario that recordings name must not change any more: add others.
 */
import { stepKey, type CommandBody, type EntityEvent, type EventType, type TestRun } from '@perdure/engine';
import { nodeId, portId, type EntityTypeDocument, type Json, type WorkflowDocument } from '@perdure/graph';
import { drawWorkflow, type DrawnNode } from '@perdure/testing';
import type { ActivityResult } from '../activity-runner.ts';

/** What a scenario can do to the recorded instances, and wait for. */
export interface Stage {
  start(workflow: string, id: string, input?: Json, test?: TestRun): Promise<void>;
  send(id: string, command: CommandBody): Promise<void>;
  raise(id: string, name: string, data?: Json): Promise<void>;
  decide(id: string, node: string, outcome: string): Promise<void>;
  claim(id: string, node: string): Promise<void>;
  release(id: string, node: string): Promise<void>;
  /** Waits for the nth event of this type in the history of the instance. */
  happened(id: string, type: EventType | EntityEvent['type'], times?: number): Promise<void>;
  /** The sub-workflow's instance this one started. */
  child(id: string): Promise<string>;
  /** Makes all timers of the instance due. */
  hurry(id: string): Promise<void>;
}

export interface Scenario {
  /** Also the id of its instance. */
  readonly name: string;
  /** Of a list, each is a version; the last one is the latest. */
  readonly workflows: Readonly<Record<string, WorkflowDocument | readonly WorkflowDocument[]>>;
  readonly entityTypes?: Readonly<Record<string, EntityTypeDocument>>;
  /** Up to where it is recorded. */
  begin(stage: Stage): Promise<void>;
  /** From there to its end; absent when it has ended before. */
  finish?(stage: Stage): Promise<void>;
  readonly ends: { readonly status: string; readonly output?: Json };
  /** Accepted while no worker runs. */
  readonly unattended?: true;
}

const start: DrawnNode = { type: 'start' };
const end = (expr?: string): DrawnNode => ({ type: 'end', config: expr === undefined ? {} : { value: { expr } } });
const event = (name: string, timeout?: string): DrawnNode => ({
  type: 'event',
  config: { name, ...(timeout === undefined ? {} : { timeout }) },
});
/** `answer/<text>`; `fail/<n>/<text>` fails n times first; `hold/<text>` does not answer while it is recorded. */
const call = (path: string, more: Partial<DrawnNode> = {}): DrawnNode => ({
  type: 'http',
  ...more,
  config: { method: 'GET', url: `https://recorded/${path}`, ...more.config },
});
const inside = (parent: string, node: DrawnNode): DrawnNode => ({ ...node, parent: nodeId(parent) });
const outcomes = [
  { key: 'approved', label: 'Approve', tone: 'primary' },
  { key: 'rejected', label: 'Reject', tone: 'danger' },
];
const form = { type: 'object', properties: { note: { type: 'string' } } };

const till: EntityTypeDocument = {
  formatVersion: 1,
  kind: 'custom',
  initialState: 0,
  operations: [
    { name: 'add', state: 'state + input', result: 'state' },
    { name: 'get', result: 'state' },
  ],
};
const locking = (keys: readonly string[]): DrawnNode => ({
  type: 'scope',
  config: { catches: [], locks: keys.map((key) => ({ entity: 'till', key })) },
});
const entityStep = (key: string, operation: string, input: Json, mode: 'call' | 'signal'): DrawnNode & { config: object } => ({
  type: 'entity',
  config: { entity: 'till', key, operation, input, mode },
});
const deposit = (amount: number): DrawnNode => entityStep('a', 'add', amount, 'call');
const endsOfSection = { gave: inside('both', end('steps.add.output')), done: end('steps.both.output') };

/** The activity behind `call`. */
export async function answer(path: string, attempt: number, holding: boolean, signal: AbortSignal): Promise<ActivityResult> {
  const [what, ...rest] = path.split('/');
  if (what === 'hold' && holding) await new Promise((_, fail) => signal.addEventListener('abort', () => fail(new Error('aborted'))));
  if (what === 'fail' && attempt <= Number(rest[0]))
    return { ok: false, failure: { code: 'HttpStatus.503', message: 'not yet', details: { attempt } } };
  const text = rest.at(-1) ?? '';
  return { ok: true, output: { status: 200, body: text === 'large' ? 'x'.repeat(100_000) : text } };
}

const waiter = drawWorkflow({ start, wait: event('go'), done: end('steps.wait.output') }, ['start -> wait', 'wait -> done']);
const failer = drawWorkflow({ start, no: { type: 'fail', config: { code: 'Refused', message: 'It says no' } } }, ['start -> no']);

export const scenarios: readonly Scenario[] = [
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
  {
    name: 'sleeping',
    workflows: {
      sleeping: drawWorkflow({ start, nap: { type: 'timer', config: { mode: 'for', value: '30d' } }, done: end('"awake"') }, [
        'start -> nap',
        'nap -> done',
      ]),
    },
    begin: async (stage) => {
      await stage.start('sleeping', 'sleeping');
      await stage.happened('sleeping', 'TimerCreated');
    },
    finish: (stage) => stage.hurry('sleeping'),
    ends: { status: 'Completed', output: 'awake' },
  },
  {
    name: 'slept',
    workflows: {
      slept: drawWorkflow(
        { start, nap: { type: 'timer', config: { mode: 'for', value: '20ms' } }, wait: event('go'), done: end('steps.wait.output') },
        ['start -> nap', 'nap -> wait', 'wait -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('slept', 'slept');
      await stage.happened('slept', 'EventAwaited');
    },
    finish: (stage) => stage.raise('slept', 'GO', { z: 1, a: 2 }),
    ends: { status: 'Completed', output: { z: 1, a: 2 } },
  },
  {
    name: 'early-events',
    workflows: {
      'early-events': drawWorkflow(
        {
          start,
          first: event('first', '30d'),
          second: event('second'),
          third: event('second'),
          done: end('[steps.first.output, steps.second.output, steps.third.output]'),
        },
        ['start -> first', 'first -> second', 'second -> third', 'third -> done'],
      ),
    },
    begin: async (stage) => {
      await stage.start('early-events', 'early-events');
      await stage.raise('early-events', 'second', 2);
      await stage.raise('early-events', 'second', 3);
    },
    finish: (stage) => stage.raise('early-events', 'first', 1),
    ends: { status: 'Completed', output: [1, 2, 3] },
  },
  {
    name: 'event-times-out',
    workflows: {
      'event-times-out': drawWorkflow({ start, wait: event('never', '30d'), done: end(), late: end('"late"') }, [
        'start -> wait',
        'wait -> done',
        'wait.timeout -> late',
      ]),
    },
    begin: async (stage) => {
      await stage.start('event-times-out', 'event-times-out');
      await stage.happened('event-times-out', 'TimerCreated');
    },
    finish: (stage) => stage.hurry('event-times-out'),
    ends: { status: 'Completed', output: 'late' },
  },
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
  {
    name: 'holds-lock',
    workflows: {
      'holds-lock': drawWorkflow(
        { start, both: locking(['a', 'b']), wait: inside('both', event('go')), add: inside('both', deposit(1)), ...endsOfSection },
        ['start -> both', 'both.body -> wait', 'wait -> add', 'add -> gave', 'both -> done'],
      ),
    },
    entityTypes: { till },
    begin: async (stage) => {
      await stage.start('holds-lock', 'holds-lock');
      await stage.happened('holds-lock', 'EntityLockGranted');
    },
    finish: (stage) => stage.raise('holds-lock', 'go'),
    ends: { status: 'Completed', output: 1 },
  },
  {
    name: 'waits-for-lock',
    workflows: {
      'waits-for-lock': drawWorkflow({ start, both: locking(['a']), add: inside('both', deposit(10)), ...endsOfSection }, [
        'start -> both',
        'both.body -> add',
        'add -> gave',
        'both -> done',
      ]),
    },
    entityTypes: { till },
    begin: async (stage) => {
      await stage.happened('holds-lock', 'EntityLockGranted');
      await stage.start('waits-for-lock', 'waits-for-lock');
      await stage.happened('@till@a', 'EntityRequestQueued');
    },
    ends: { status: 'Completed', output: 11 },
  },
  {
    name: 'signals',
    workflows: {
      signals: drawWorkflow(
        {
          start,
          first: locking(['e']),
          book: inside('first', entityStep('e', 'add', 1, 'call')),
          booked: inside('first', end()),
          now: entityStep('c', 'add', 5, 'signal'),
          later: { ...entityStep('c', 'add', 7, 'signal'), config: { ...entityStep('c', 'add', 7, 'signal').config, delay: '1h' } },
          wrong: entityStep('c', 'unheard-of', null, 'call'),
          gone: entityStep('d', 'delete', null, 'call'),
          wait: event('go'),
          read: entityStep('c', 'get', null, 'call'),
          done: end('steps.read.output'),
        },
        [
          'start -> first',
          'first.body -> book',
          'book -> booked',
          'first -> now',
          'now -> later',
          'later -> wrong',
          'wrong -> done',
          'wrong.error -> gone',
          'gone -> wait',
          'wait -> read',
          'read -> done',
        ],
      ),
    },
    entityTypes: { till },
    begin: async (stage) => {
      await stage.start('signals', 'signals');
      await stage.happened('signals', 'EventAwaited');
      await stage.happened('@till@c', 'EntitySignalDelayed');
    },
    finish: async (stage) => {
      await stage.hurry('@till@c');
      await stage.happened('@till@c', 'EntitySignalDue');
      await stage.raise('signals', 'go');
    },
    ends: { status: 'Completed', output: 12 },
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
