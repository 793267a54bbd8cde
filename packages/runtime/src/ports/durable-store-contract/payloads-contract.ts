/** Large values that are kept aside, for as long as something refers to them. */
import { instanceId, stepKey } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import { beforeEach, describe, expect, it } from 'vitest';
import { creation, message, raised } from '../../postgres/commit-item-fixture.ts';
import type { OpenedStore } from './opened-store-fixture.ts';

export function payloadsContract(openStore: () => Promise<OpenedStore>): void {
  describe('payloads', () => {
    let store: OpenedStore['store'];
    let agePayloads: OpenedStore['agePayloads'];
    let epoch: OpenedStore['epoch'];

    beforeEach(async () => {
      ({ store, agePayloads, epoch } = await openStore());
    });

    const id = instanceId;

    const dayMs = 24 * 3_600_000;
    const kept = (hash: string): Json => ({ rows: [{ $payload: hash, bytes: 70_000 }] });
    /** Which of them are there after a sweep of all, in pages of one. */
    async function swept(...hashes: string[]): Promise<string[]> {
      let after: string | null = null;
      do after = await store.sweepPayloads(after, 1, dayMs);
      while (after !== null);
      const found = await Promise.all(hashes.map((hash) => store.loadPayload(hash)));
      return hashes.filter((_, i) => found[i] !== null);
    }

    beforeEach(async () => {
      for (const hash of ['a-told', 'b-sent', 'c_lost']) await store.keepPayload(hash, Buffer.from(`"${hash}"`));
    });

    it('one that was kept lately stays, whoever refers to it: that may be on its way', async () => {
      expect(await swept('a-told', 'b-sent', 'c_lost')).toEqual(['a-told', 'b-sent', 'c_lost']);
    });

    it('one that a history or a waiting message refers to stays, others go', async () => {
      const item = creation('teller', epoch, {
        events: [raised(1, 1), raised(2, kept('a-told'))],
        messagesOut: [
          {
            ...message('teller', 'someone', 'sent'),
            body: { type: 'CompleteChild', step: stepKey('s'), child: id('teller'), output: kept('b-sent') },
          },
        ],
      });
      expect(await store.commit([item])).toEqual(['stored']);
      await agePayloads(2 * dayMs);
      expect(await swept('a-told', 'b-sent', 'c_lost')).toEqual(['a-told', 'b-sent']);
      await store.deleteMessages(['sent']);
      expect(await swept('a-told', 'b-sent')).toEqual(['a-told']);
    });

    it('one goes with the last instance that refers to it', async () => {
      const items = ['first', 'second'].map((name) => {
        const item = creation(name, epoch, { events: [raised(1, 1), raised(2, kept('a-told'))] });
        return { ...item, row: { ...item.row, status: 'Completed' as const, final: true } };
      });
      await store.commit(items);
      await agePayloads(2 * dayMs);
      await store.purge(id('first'));
      expect(await swept('a-told')).toEqual(['a-told']);
      await store.purge(id('second'));
      expect(await swept('a-told')).toEqual([]);
    });

    it('what a refused commit would have referred to goes', async () => {
      const refused = creation('late', epoch - 1, { events: [raised(1, 1), raised(2, kept('a-told'))] });
      expect(await store.commit([refused])).toEqual(['lost-partition']);
      await agePayloads(2 * dayMs);
      expect(await swept('a-told')).toEqual([]);
    });

    it('one that is kept again is as good as new', async () => {
      await agePayloads(2 * dayMs);
      await store.keepPayload('c_lost', Buffer.from('"c_lost"'));
      expect(await swept('a-told', 'c_lost')).toEqual(['c_lost']);
      expect(Buffer.from((await store.loadPayload('c_lost')) ?? []).toString()).toBe('"c_lost"');
    });

    it('a name that only looks like a reference, inside a text, keeps nothing', async () => {
      await store.commit([creation('quoting', epoch, { events: [raised(1, 1), raised(2, '{"$payload":"a-told"}')] })]);
      await agePayloads(2 * dayMs);
      expect(await swept('a-told')).toEqual([]);
    });
  });
}
