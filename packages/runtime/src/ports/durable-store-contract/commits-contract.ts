/** What a commit stores, and what it refuses. */
import { executionId, instanceId, timerId } from '@perdure/engine';
import { beforeEach, describe, expect, it } from 'vitest';
import { creation, elsewhere, fateOf, historyOf, message, opened, raised, step } from '../../postgres/commit-item-fixture.ts';
import type { InstanceCreation } from '../durable-store.ts';
import type { OpenedStore } from './opened-store-fixture.ts';

export function commitsContract(openStore: () => Promise<OpenedStore>): void {
  describe('commit', () => {
    let store: OpenedStore['store'];
    let another: OpenedStore['another'];
    let count: OpenedStore['count'];
    let epoch: OpenedStore['epoch'];

    beforeEach(async () => {
      ({ store, another, count, epoch } = await openStore());
    });

    const id = instanceId;

    it('S1 an item without events (a refusal, a late timer) leaves seq and history as they are', async () => {
      const item = creation('quiet', epoch, {
        messagesOut: [message('x', 'quiet', 'ask:1')],
        timersSet: [{ timer: timerId('t'), fireAt: 1 }],
      });
      await store.commit([item]);
      const quiet = step(item, {
        seq: 2,
        events: [],
        messagesRefused: [{ messageId: 'ask:1', refusal: 1 }],
        timersCleared: [timerId('t')],
      });
      expect(await store.commit([quiet])).toEqual(['stored']);
      expect(await historyOf(store, 'quiet')).toHaveLength(2);
      expect(await fateOf(store, 'ask:1')).toEqual({ refusal: 1 });
      expect(await count('timer')).toBe(0);
    });

    it('S2 drops an item under an old epoch, with everything in it, and stores the others', async () => {
      const other = elsewhere('fenced');
      const fenced = creation('fenced', epoch);
      await store.commit([fenced]);
      const [taken] = await store.leases.claim('other', [fenced.partition], 60_000, true);
      expect(taken?.epoch).toBe(epoch + 1);
      const zombie = step(fenced, {
        timersSet: [{ timer: timerId('z'), fireAt: 1 }],
        messagesOut: [message('z', 'z', 'z')],
        tasksOpened: [opened('z')],
        checkpoint: '{}',
      });
      expect(await store.commit([zombie, creation(other, epoch)])).toEqual(['lost-partition', 'stored']);
      expect(await historyOf(store, 'fenced')).toHaveLength(2);
      expect(await historyOf(store, other)).toHaveLength(2);
      expect([await count('timer'), await count('message'), await count('human_task'), await count('checkpoint')]).toEqual([0, 0, 0, 0]);
      expect(await store.commit([creation('fenced-new', epoch, { partition: fenced.partition })])).toEqual(['lost-partition']);
    });

    it('S3 stores nothing on another base than the stored seq, execution or existence', async () => {
      const item = creation('base', epoch);
      await store.commit([item]);
      expect(await store.commit([creation('base', epoch)])).toEqual(['conflict']);
      const next = step(item, { messagesOut: [message('base', 'x', 'once')] });
      expect(await store.commit([next])).toEqual(['stored']);
      expect(await store.commit([next])).toEqual(['conflict']);
      expect(await store.commit([step(next, { baseSeq: 7, seq: 8, events: [raised(8, 1)] })])).toEqual(['conflict']);
      expect(await store.commit([step(next, { executionId: executionId('another') })])).toEqual(['conflict']);
      expect(await store.commit([step(creation('nobody', epoch))])).toEqual(['conflict']);
      expect((await historyOf(store, 'base')).map(({ seq }) => seq)).toEqual([1, 2, 3]);
      expect(await count('message')).toBe(1);
    });

    it('S3 of two that create the same instance at once one is stored', async () => {
      const second = another();
      for (let round = 0; round < 10; round += 1) {
        const name = `race-${round}`;
        const verdicts = await Promise.all([store.commit([creation(name, epoch)]), second.commit([creation(name, epoch)])]);
        expect(verdicts.flat().sort()).toEqual(['conflict', 'stored']);
        expect(await historyOf(store, name)).toHaveLength(2);
      }
      await second.close();
    });

    it('S5 stores what a message brings about once, whole or not at all, and nothing of the item that comes again with it', async () => {
      const first = creation('told', epoch, { messagesOut: [message('told', 'told', 'm1'), message('told', 'told', 'm2')] });
      await store.commit([first]);
      const taken = step(first, { messagesConsumed: ['m1'] });
      expect(await store.commit([taken, creation('other', epoch)])).toEqual(['stored', 'stored']);
      const again = step(taken, {
        messagesConsumed: ['m1', 'm2'],
        messagesOut: [message('told', 'other', 'answer')],
        timersSet: [{ timer: timerId('t'), fireAt: 1 }],
      });
      expect(await store.commit([again, creation('third', epoch)])).toEqual(['message-gone', 'stored']);
      expect(await historyOf(store, 'told')).toHaveLength(3);
      expect([await count('timer'), await fateOf(store, 'answer'), await fateOf(store, 'm2')]).toEqual([0, 'taken', 'pending']);
      expect(await store.commit([creation('late', epoch, { messagesConsumed: ['m1'] }), step(first)])).toEqual([
        'message-gone',
        'conflict',
      ]);
      expect(await historyOf(store, 'late')).toEqual([]);
      expect(await store.commit([step(taken, { messagesConsumed: ['m2'] })])).toEqual(['stored']);
      // An item of an old epoch says so, whatever else is wrong with it.
      expect(await store.commit([step(taken, { epoch: epoch - 1, messagesConsumed: ['m1'] })])).toEqual(['lost-partition']);
    });

    it('replaces a finished instance only where its status allows, with all that belonged to it', async () => {
      const old = creation('again', epoch, {
        timersSet: [{ timer: timerId('old'), fireAt: 1 }],
        tasksOpened: [opened('old')],
        checkpoint: '{}',
      });
      await store.commit([old]);
      const renewal = (...replace: InstanceCreation['replace']) =>
        creation('again', epoch, {
          executionId: executionId('second'),
          create: { workflow: 'w', version: 2, tags: [], startedBy: 't', parent: null, replace },
        });
      expect(await store.commit([renewal('Completed')])).toEqual(['conflict']);
      await store.commit([step(old, { row: { ...old.row, status: 'Failed', final: true } })]);
      expect(await store.commit([renewal('Completed')])).toEqual(['conflict']);
      expect(await historyOf(store, 'again')).toHaveLength(3);
      expect(await store.commit([renewal('Completed', 'Failed'), creation('bystander', epoch)])).toEqual(['stored', 'stored']);
      expect(await historyOf(store, 'again')).toHaveLength(2);
      expect((await store.load([id('again')])).get(id('again'))).toMatchObject({
        executionId: 'second',
        version: 2,
        status: 'Running',
        checkpointSeq: 0,
      });
      expect([await count('timer'), await count('human_task'), await count('checkpoint')]).toEqual([0, 0, 0]);
    });

    it('a migration changes the version of its own instance only, and the next commit leaves it', async () => {
      const [moved, beside] = [creation('moved', epoch), creation('beside', epoch)];
      await store.commit([moved, beside]);
      const migrated = step(moved, { row: { ...moved.row, migrations: [{ version: 7, afterSeq: 3 }] } });
      expect(await store.commit([step(beside), migrated])).toEqual(['stored', 'stored']);
      expect(await store.commit([step(migrated, { row: moved.row })])).toEqual(['stored']);
      const read = await store.load([id('moved'), id('beside')]);
      expect([read.get(id('moved'))?.version, read.get(id('beside'))?.version]).toEqual([7, beside.create?.version]);
    });

    it('S2 a replacement under an old epoch leaves the finished instance where it is', async () => {
      const old = creation('keep', epoch, {
        row: { status: 'Completed', customStatus: null, whereabouts: null, runningActivities: 0, at: 1, final: true, migrations: null },
      });
      await store.commit([old]);
      await store.leases.claim('other', [old.partition], 60_000, true);
      const replacement = creation('keep', epoch, {
        create: { workflow: 'w', version: 1, tags: [], startedBy: 't', parent: null, replace: ['Completed'] },
      });
      expect(await store.commit([replacement])).toEqual(['lost-partition']);
      expect(await historyOf(store, 'keep')).toHaveLength(2);
      expect((await store.load([id('keep')])).get(id('keep'))?.status).toBe('Completed');
    });

    it('tells after a lost answer which items are stored, by what they say and not by how far the instance is', async () => {
      const item = creation('lost', epoch);
      const mine = step(item);
      const theirs = step(item, { events: [raised(3, 'another owner’s')] });
      expect(await store.stored([item])).toEqual(new Set());
      await store.commit([item]);
      expect(await store.stored([item, mine])).toEqual(new Set([item]));
      await store.commit([theirs]);
      await store.commit([step(theirs)]);
      expect(await store.stored([mine, theirs])).toEqual(new Set([theirs]));
      expect(await store.stored([{ ...item, executionId: executionId('earlier') }])).toEqual(new Set());
      expect(await store.stored([step(item, { seq: 2, events: [] })])).toEqual(new Set());
      const long = creation('long', epoch, { events: [...item.events, raised(3, '☃'.repeat(100_000))], seq: 3 });
      await store.commit([long]);
      expect(await store.stored([long])).toEqual(new Set([long]));
    });
  });
}
