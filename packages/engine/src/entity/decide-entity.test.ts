import { describe, expect, it, test } from 'vitest';
import type { EntityPlan, Json } from '@perdure/graph';
import { instanceId } from '../ids.ts';
import { asyncEvaluator, entityExpression } from '../plan-fixture.ts';
import { EntityFixture, account, counter, requestOf } from './entity-fixture.ts';
import { entityIdOf, entityInstanceId, parseEntityId } from './entity-id.ts';

describe('N1 ids', () => {
  it.each([
    ['@counter@clicks', { name: 'counter', key: 'clicks' }],
    ['@a-1@x@y z/ö', { name: 'a-1', key: 'x@y z/ö' }],
    ['@counter@', null],
    ['@@x', null],
    ['@Counter@x', null],
    ['counter@x', null],
    ['@counter', null],
    [`@counter@${'k'.repeat(201)}`, null],
    ['@counter@a\nb', null],
    ['', null],
  ])('N1 reads %j', (id, parts) => {
    expect(parseEntityId(id)).toEqual(parts);
  });

  test('N1 names are folded, keys are not, numbers are keys', () => {
    expect(entityInstanceId('Counter', 'Clicks')).toBe('@counter@Clicks');
    expect(entityIdOf('counter', 7)).toBe('@counter@7');
    expect(entityIdOf('counter', '')).toBeUndefined();
    expect(entityIdOf('counter', null)).toBeUndefined();
    expect(entityIdOf('no such', 'x')).toBeUndefined();
  });
});

describe('N life', () => {
  test('N2 N5 the first change makes an entity exist; the caller gets the result', () => {
    const run = new EntityFixture(counter);
    run.call('add', 5);
    expect(run.types()).toEqual(['EntityStarted', 'EntityOperationApplied']);
    expect(run.state).toMatchObject({ status: 'Running', executionId: 'x1', version: 3, content: { state: 5 }, lastOperationAt: 1_001 });
    expect(run.last.effects).toEqual([
      {
        type: 'SendToInstance',
        instanceId: 'inst',
        messageId: 'answer:r1',
        command: { type: 'CompleteEntityCall', step: 'call#1', request: 'r1', output: 5 },
      },
    ]);
    run.call('ADD');
    expect(run.types()).toEqual(['EntityOperationApplied']);
    expect(run.answers()).toEqual([6]);
  });

  test('N2 reading what does not exist leaves nothing behind', () => {
    const run = new EntityFixture(counter);
    run.call('get');
    expect(run.types()).toEqual(['EntityStarted', 'EntityOperationApplied', 'EntityEnded']);
    expect(run.answers()).toEqual([0]);
    expect(run.state.status).toBe('Completed');
    expect(run.call('add')).toMatchObject({ ok: false, code: 'entity.ended' });
    expect(run.last.events).toEqual([]);
  });

  test('N2 delete removes the state and ends the entity', () => {
    const run = new EntityFixture(counter);
    run.call('add', 5);
    run.call('Delete');
    expect(run.types()).toEqual(['EntityOperationApplied', 'EntityEnded']);
    expect(run.state.content).toBeNull();
    expect(run.release('w1')).toMatchObject({ ok: false, code: 'stale' });
    expect(run.fire('signal!9')).toMatchObject({ ok: false, code: 'stale' });
  });

  test('N2 an entity without state goes on while it is locked, waited for, or has delayed signals', () => {
    const run = new EntityFixture(counter);
    run.lock('w1');
    expect(run.state.status).toBe('Running');
    run.signal('delete');
    run.signal('delete', null, { at: 5_000 });
    run.release('w1');
    expect(run.types()).toEqual(['EntityUnlocked', 'EntityOperationApplied']);
    expect(run.state.status).toBe('Running');
    run.fire([...run.state.delayed.keys()][0] ?? '');
    expect(run.types()).toEqual(['EntitySignalDue', 'EntityOperationApplied', 'EntityEnded']);
  });
});

describe('N operations', () => {
  test('N6 signals are not answered', () => {
    const run = new EntityFixture(counter);
    run.signal('add', 2);
    run.signal('nonsense');
    expect(run.effects).toEqual([]);
    expect(run.types(run.history)).toEqual(['EntityStarted', 'EntityOperationApplied', 'EntityOperationRejected']);
  });

  test('N7 N8 a failed operation changes nothing and tells the caller its code', () => {
    const run = new EntityFixture(account, { name: 'account' });
    run.call('deposit', 10);
    run.call('withdraw', 30);
    expect(run.last.events).toMatchObject([
      { type: 'EntityOperationRejected', version: 1, failure: { code: 'Insufficient', message: 'there is too little' } },
    ]);
    expect(run.answers()).toEqual(['Insufficient']);
    run.call('withdraw', 4);
    expect(run.answers()).toEqual([[10, 6]]);
    expect(run.state.content).toEqual({ state: { balance: 6 } });
  });

  test('N8 other failures of an expression say where', () => {
    const plan: EntityPlan = {
      version: 1,
      kind: 'custom',
      initialState: null,
      operations: new Map([
        [
          'break',
          {
            name: 'Break',
            state: entityExpression(() => {
              throw new Error('Only a number can be negated: really');
            }),
            result: null,
            signals: null,
          },
        ],
      ]),
    };
    const run = new EntityFixture(plan);
    run.call('break');
    expect(run.last.events.at(1)).toMatchObject({
      failure: { code: 'Expression', message: 'state of Break: Only a number can be negated: really' },
    });
    expect(run.types()).toEqual(['EntityStarted', 'EntityOperationRejected', 'EntityEnded']);
  });

  test('N5 unknown operations and types', () => {
    const run = new EntityFixture(counter);
    run.call('multiply');
    expect(run.answers()).toEqual(['UnknownOperation']);
    const untyped = new EntityFixture(null);
    untyped.call('delete');
    expect(untyped.answers()).toEqual(['UnknownEntityType']);
  });

  test('N9 a state over 64 KB, or one that holds a reference, is refused', () => {
    const run = new EntityFixture({ version: 1, kind: 'list' });
    run.call('add', 'x'.repeat(60_000));
    run.call('add', 'x'.repeat(10_000));
    expect(run.answers()).toEqual(['EntityStateTooLarge']);
    expect(run.state.content?.state).toHaveLength(1);
    const custom: EntityPlan = {
      version: 1,
      kind: 'custom',
      initialState: null,
      operations: new Map([
        ['keep', { name: 'keep', state: entityExpression(({ input }) => ({ doc: input })), result: null, signals: null }],
      ]),
    };
    const holder = new EntityFixture(custom);
    holder.call('keep', { $payload: 'hash', bytes: 100_000 });
    expect(holder.answers()).toEqual(['EntityStateTooLarge']);
  });

  test('N11 signals to others are sent with the operation, and never without it', () => {
    const send = (signals: (input: Json) => Json): EntityPlan => ({
      version: 1,
      kind: 'custom',
      initialState: null,
      operations: new Map([
        [
          'tell',
          { name: 'tell', state: entityExpression(() => 1), result: null, signals: entityExpression(({ input }) => signals(input)) },
        ],
      ]),
    });
    const run = new EntityFixture(
      send(() => [
        { entity: 'Log', key: 1, operation: 'add', input: 'x' },
        { entity: 'log', key: '2', operation: 'add', delay: '2s' },
      ]),
      { name: 'teller' },
    );
    run.signal('tell');
    expect(run.last.effects).toEqual([
      {
        type: 'SendToEntity',
        entity: '@log@1',
        messageId: 'op:@teller@a/x1/2/0',
        command: {
          type: 'Operate',
          request: requestOf('@teller@a/x1/2/0', 'add', 'x', {
            mode: 'signal',
            from: { kind: 'entity', entity: instanceId('@teller@a') },
          }),
        },
      },
      expect.objectContaining({
        entity: '@log@2',
        command: expect.objectContaining({ request: expect.objectContaining({ at: run.at + 2_000, input: null }) }),
      }),
    ]);
    for (const wrong of [[1], [{ entity: 'log', operation: 'add' }], [{ entity: 'log', key: 'x' }], 'log']) {
      const refused = new EntityFixture(send(() => wrong as Json));
      refused.call('tell');
      expect(refused.answers()).toEqual(['InvalidValue']);
      expect(refused.state.content).toBeNull();
      expect(refused.effects).toHaveLength(1);
    }
  });

  test('N3 a delayed signal runs when its timer fires, and one that is due at once', () => {
    const run = new EntityFixture(counter);
    run.signal('add', 5, { at: 9_000 });
    expect(run.types()).toEqual(['EntityStarted', 'EntitySignalDelayed']);
    expect(run.last.effects).toEqual([{ type: 'SetTimer', timer: 'signal!2', fireAt: 9_000 }]);
    run.signal('add', 1, { at: 1_000 });
    expect(run.state.content).toEqual({ state: 1 });
    run.fire('signal!2');
    expect(run.types()).toEqual(['EntitySignalDue', 'EntityOperationApplied']);
    expect(run.state.content).toEqual({ state: 6 });
    expect(run.fire('signal!2')).toMatchObject({ ok: false, code: 'stale' });
  });

  test('L1 promises change nothing', async () => {
    const now = new EntityFixture(account, { name: 'account' });
    const later = new EntityFixture(account, { name: 'account', evaluator: asyncEvaluator });
    for (const [operation, input] of [
      ['deposit', 5],
      ['withdraw', 9],
      ['get', null],
      ['delete', null],
    ] as const) {
      const request = requestOf(operation, operation, input);
      now.send({ type: 'Operate', request });
      await later.sendAsync({ type: 'Operate', request });
    }
    expect(later.history).toEqual(now.history);
    expect(later.effects).toEqual(now.effects);
  });
});

describe('N K locks', () => {
  const a = instanceId('@counter@a');
  const b = instanceId('@counter@b');

  test('K3 a granted lock is passed on to the next entity, by the last one to the workflow', () => {
    const first = new EntityFixture(counter);
    first.lock('w1', [a, b]);
    expect(first.types()).toEqual(['EntityStarted', 'EntityLocked']);
    expect(first.last.effects).toMatchObject([
      { type: 'SendToEntity', entity: b, messageId: 'lock:w1/x1/section#1:1', command: { type: 'RequestLock', lock: { next: 1 } } },
    ]);
    const last = new EntityFixture(counter, { key: 'b' });
    last.lock('w1', [a, b]);
    expect(last.last.effects).toMatchObject([
      {
        type: 'SendToInstance',
        instanceId: 'w1',
        messageId: 'grant:w1/x1/section#1',
        command: { type: 'GrantLock', step: 'section#1', lock: { id: 'w1/x1/section#1' } },
      },
    ]);
  });

  test('N4 while locked only the section’s own calls run; all else waits and is taken up in order', () => {
    const run = new EntityFixture(counter);
    run.lock('w1');
    run.signal('add', 1);
    run.lock('w2');
    run.call('get');
    run.call('add', 10, { lock: 'w1/x1/section#1' });
    expect(run.answers()).toEqual([10]);
    expect(run.state.queue).toHaveLength(3);
    run.release('w1');
    expect(run.types()).toEqual(['EntityUnlocked', 'EntityOperationApplied', 'EntityLocked']);
    expect(run.state.content).toEqual({ state: 11 });
    expect(run.last.effects).toMatchObject([{ type: 'SendToInstance', instanceId: 'w2' }]);
    run.release('w2');
    expect(run.answers()).toEqual([11]);
    expect(run.state).toMatchObject({ lock: null, queue: [] });
  });

  test('N3 N4 a delayed signal that comes due while the entity is locked waits in the queue', () => {
    const run = new EntityFixture(counter);
    run.signal('add', 1, { at: 9_000 });
    run.lock('w1');
    run.fire('signal!2');
    expect(run.types()).toEqual(['EntitySignalDue', 'EntityRequestQueued']);
    run.release('w1');
    expect(run.state.content).toEqual({ state: 1 });
  });

  test('K5 who does not wait any more leaves the queue', () => {
    const run = new EntityFixture(counter);
    run.lock('w1');
    run.lock('w2');
    run.signal('add', 1);
    run.release('w2');
    expect(run.types()).toEqual(['EntityUnlocked']);
    expect(run.state.queue).toHaveLength(1);
    expect(run.release('w2')).toMatchObject({ ok: false, code: 'stale' });
    run.release('w1');
    expect(run.types()).toEqual(['EntityUnlocked', 'EntityOperationApplied']);
  });

  test('K3 a repeated wish changes nothing', () => {
    const run = new EntityFixture(counter);
    run.lock('w1');
    expect(run.lock('w1')).toMatchObject({ ok: false, code: 'stale' });
    run.lock('w2');
    expect(run.lock('w2')).toMatchObject({ ok: false, code: 'stale' });
    expect(run.last).toMatchObject({ events: [], effects: [] });
  });

  test('K7 a call of a section that holds the entity no more is not applied, and answered', () => {
    const run = new EntityFixture(counter);
    run.call('add', 1);
    const before = run.state.seq;
    expect(run.call('add', 1, { lock: 'w1/x1/section#1' })).toMatchObject({ ok: false, code: 'stale' });
    expect(run.state.seq).toBe(before);
    expect(run.answers()).toEqual(['CriticalSection']);
    run.lock('w2');
    expect(run.call('add', 1, { lock: 'w1/x1/section#1' })).toMatchObject({ ok: false, code: 'stale' });
    expect(run.state.queue).toEqual([]);
  });
});
