/** Starts and messages that were accepted, until they are taken up. */
import { executionId, instanceId } from '@perdure/engine';
import { beforeEach, describe, expect, it } from 'vitest';
import { allPartitions, creation, fateOf, historyOf, message } from '../../postgres/commit-item-fixture.ts';
import type { OpenedStore } from './opened-store-fixture.ts';

export function messagesContract(openStore: () => Promise<OpenedStore>): void {
  describe('messages', () => {
    let store: OpenedStore['store'];
    let another: OpenedStore['another'];
    let epoch: OpenedStore['epoch'];

    beforeEach(async () => {
      ({ store, another, epoch } = await openStore());
    });

    const id = instanceId;

    const start = (name: string, execution: string, replace: 'Completed'[] = []) => ({
      message: { ...message('api', name, `start:${name}:${execution}`), body: { type: 'Cancel' as const, reason: '' } },
      executionId: execution,
      creation: { workflow: 'w', version: 1, tags: ['a"b'], startedBy: 'api', parent: null, replace },
    });

    it('accepts starts once per id, with their messages, and a receiver’s first commit goes on from the Pending row', async () => {
      expect((await store.accept([start('p', 'x-p'), start('q', 'x-q')], [message('api', 'p', 'ask:1')])).taken).toEqual(
        new Set(['p', 'q']),
      );
      expect((await store.accept([start('p', 'again')], [])).taken).toEqual(new Set());
      expect((await store.load([id('p')])).get(id('p'))).toMatchObject({ status: 'Pending', seq: 0, executionId: 'x-p' });
      expect((await store.messages(allPartitions, [], 10)).map(({ messageId }) => messageId).sort()).toEqual([
        'ask:1',
        'start:p:x-p',
        'start:q:x-q',
      ]);
      expect(await store.messages(allPartitions, ['ask:1', 'start:q:x-q'], 10)).toHaveLength(1);
      const taken = creation('p', epoch, { executionId: executionId('x-p'), create: null, messagesConsumed: ['start:p:x-p'] });
      expect(await store.commit([taken])).toEqual(['stored']);
      expect(await fateOf(store, 'start:p:x-p')).toBe('taken');
    });

    it('accepts a start in the place of a finished instance, one of those who try', async () => {
      await store.commit([
        creation('r', epoch, {
          row: { status: 'Completed', customStatus: null, whereabouts: null, runningActivities: 0, at: 1, final: true, migrations: null },
        }),
      ]);
      const second = another();
      const answers = await Promise.all([
        store.accept([start('r', 'n1', ['Completed'])], []),
        second.accept([start('r', 'n2', ['Completed'])], []),
      ]);
      expect(answers.filter(({ taken }) => taken.size === 1)).toHaveLength(1);
      expect(await historyOf(store, 'r')).toEqual([]);
      await second.close();
    });

    it('gives a message back only while nobody has taken it up', async () => {
      await store.accept([], [message('api', 'm', 'ask:a'), message('api', 'm', 'ask:b'), message('api', 'm', 'ask:c')]);
      await store.refuseMessages(['ask:b'], { code: 'no' });
      await store.deleteMessages(['ask:c']);
      expect(await store.withdrawMessage('ask:a')).toBe(true);
      expect(await store.withdrawMessage('ask:b')).toBe(false);
      expect(await store.withdrawMessage('ask:c')).toBe(false);
      expect((await store.messages(allPartitions, [], 10)).length).toBe(0);
    });

    it('a message sent twice waits once', async () => {
      await store.accept([], [message('a', 'm', 'same')]);
      await store.accept([], [message('b', 'm', 'same')]);
      await store.commit([creation('m', epoch, { messagesOut: [message('c', 'm', 'same')] })]);
      expect((await store.messages(allPartitions, [], 10)).map(({ body }) => body)).toEqual([{ type: 'Cancel', reason: 'a' }]);
    });
  });
}
