/** Entities: locked, called, told. */
import type { EntityTypeDocument, Json } from '@perdure/graph';
import { drawWorkflow, type DrawnNode } from '@perdure/testing';
import { start, end, event, inside } from '../drawn-nodes-fixture.ts';
import type { Scenario } from '../scenario-fixture.ts';

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

export const entities: readonly Scenario[] = [
  // Since writer format 2.
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
];
