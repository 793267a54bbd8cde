/** Timers that are due. */
import { timerId } from '@perdure/engine';
import { beforeEach, describe, expect, it } from 'vitest';
import { creation } from '../../postgres/commit-item-fixture.ts';
import type { OpenedStore } from './opened-store-fixture.ts';

export function timersContract(openStore: () => Promise<OpenedStore>): void {
  describe('timers', () => {
    let store: OpenedStore['store'];
    let epoch: OpenedStore['epoch'];

    beforeEach(async () => {
      ({ store, epoch } = await openStore());
    });

    it('gives the due ones by the database clock, oldest first, in pages', async () => {
      const now = await store.now();
      const item = creation('due', epoch, {
        timersSet: [
          ...Array.from({ length: 25 }, (_, i) => ({
            timer: timerId(`t${String(i).padStart(2, '0')}`),
            fireAt: Math.floor(now) - 1_000 + Math.floor(i / 5),
          })),
          { timer: timerId('soon'), fireAt: Math.floor(now) + 20_000 },
          { timer: timerId('far'), fireAt: Math.floor(now) + 2_000_000 },
        ],
      });
      await store.commit([item]);
      const found: string[] = [];
      for (let cursor = null; ;) {
        const page: Awaited<ReturnType<typeof store.dueTimers>> = await store.dueTimers([item.partition], cursor, 10);
        found.push(...page.map(({ timer }) => timer));
        if (page.length < 10) break;
        cursor = page.at(-1) as never;
      }
      expect(found).toEqual(item.timersSet.slice(0, 25).map(({ timer }) => timer));
      expect(await store.dueTimers([(item.partition + 1) % 64], null, 10)).toEqual([]);
      const moments = [...new Set(item.timersSet.slice(0, 26).map(({ fireAt }) => fireAt))];
      expect(await store.nearTimers([item.partition], 30_000, 100)).toEqual(moments);
      expect(await store.nearTimers([item.partition], 30_000, 3)).toEqual(moments.slice(0, 3));
      await store.deleteTimers(
        item.instanceId,
        item.timersSet.slice(0, 24).map(({ timer }) => timer),
      );
      expect(await store.dueTimers([item.partition], null, 10)).toHaveLength(1);
    });
  });
}
