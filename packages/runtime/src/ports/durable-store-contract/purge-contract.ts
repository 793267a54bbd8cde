/** What goes with an instance, and what stays. */
import { executionId, instanceId, stepKey, timerId } from '@perdure/engine';
import { beforeEach, describe, expect, it } from 'vitest';
import { allPartitions, creation, message, opened, step } from '../../postgres/commit-item-fixture.ts';
import type { CommitItem } from '../durable-store.ts';
import type { OpenedStore } from './opened-store-fixture.ts';

export function purgeContract(openStore: () => Promise<OpenedStore>): void {
  describe('purge', () => {
    let store: OpenedStore['store'];
    let count: OpenedStore['count'];
    let epoch: OpenedStore['epoch'];

    beforeEach(async () => {
      ({ store, count, epoch } = await openStore());
    });

    const id = instanceId;

    it('removes a finished instance with all that belongs to it, and no other', async () => {
      const item = creation('gone', epoch, {
        checkpoint: '{}',
        tasksOpened: [opened('g')],
        timersSet: [{ timer: timerId('g'), fireAt: 1 }],
      });
      await store.commit([item, creation('stays', epoch)]);
      expect(await store.purge(id('gone'))).toBe('not-finished');
      await store.commit([step(item, { row: { ...item.row, status: 'Failed', final: true } })]);
      await store.accept([], [message('x', 'gone', 'to-gone'), message('x', 'stays', 'to-stays')]);
      expect(await store.purge(id('gone'))).toBe('purged');
      expect(await store.purge(id('gone'))).toBe('not-found');
      expect([
        await count('instance'),
        await count('history_event'),
        await count('checkpoint'),
        await count('timer'),
        await count('human_task'),
        await count('message'),
      ]).toEqual([1, 2, 0, 0, 0, 1]);
    });

    it('of those that are as they were seen leaves what went on, runs, or has a child that runs', async () => {
      const head = (name: string, seq: number, execution = `x-${name}`) => ({
        instanceId: id(name),
        executionId: executionId(execution),
        seq,
      });
      const ended = (item: CommitItem): CommitItem => step(item, { row: { ...item.row, status: 'Failed', final: true } });
      const names = ['same', 'on', 'runs', 'parent', 'other'];
      const items = names.map((name) => creation(name, epoch));
      const child = creation('child', epoch, {
        create: {
          workflow: 'w',
          version: 1,
          tags: [],
          startedBy: 'u',
          parent: { instanceId: id('parent'), executionId: executionId('x'), step: stepKey('s#1') },
          replace: [],
        },
      });
      await store.commit([...items, child]);
      await store.commit(items.filter(({ instanceId: name }) => name !== 'runs').map(ended));
      const seq = (await store.load([id('same')])).get(id('same'))?.seq ?? 0;
      const heads = [
        head('same', seq),
        head('on', seq - 1),
        head('runs', 2),
        head('parent', seq),
        head('other', seq, 'another'),
        head('none', 1),
      ];
      expect(await store.purgeUnchanged(heads)).toEqual([id('same')]);
      expect(await count('instance')).toBe(5);
      expect(await store.purgeUnchanged([])).toEqual([]);
    });

    it('leaves a grant, which whoever delivers it gives back', async () => {
      const item = creation('granted', epoch);
      await store.commit([item]);
      await store.commit([step(item, { row: { ...item.row, status: 'Terminated', final: true } })]);
      const lock = { id: 'granted/x/s#1', instanceId: id('granted'), step: stepKey('s#1'), entities: [id('@a@b')], next: 1 };
      const grant = { ...message('x', 'granted', 'grant:1'), body: { type: 'GrantLock' as const, step: lock.step, lock } };
      await store.accept([], [message('x', 'granted', 'late'), grant]);
      expect(await store.purge(id('granted'))).toBe('purged');
      expect((await store.messages(allPartitions, [], 10)).map(({ messageId }) => messageId)).toEqual(['grant:1']);
    });

    it('by replacement leaves what waits for an entity: it is for the execution that begins', async () => {
      const old = creation('@a@b', epoch, {
        row: { status: 'Completed', customStatus: null, whereabouts: null, runningActivities: 0, at: 1, final: true, migrations: null },
      });
      await store.commit([old]);
      await store.accept([], [message('x', '@a@b', 'signal')]);
      const renewal = creation('@a@b', epoch, {
        executionId: executionId('second'),
        create: { workflow: '@a', version: 1, tags: [], startedBy: 'entity', parent: null, replace: ['Completed'] },
      });
      expect(await store.commit([renewal])).toEqual(['stored']);
      expect((await store.messages(allPartitions, [], 10)).map(({ messageId }) => messageId)).toEqual(['signal']);
    });
  });
}
