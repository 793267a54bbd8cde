/** Who owns which partition, and what unfinished work they find in it. */
import type { InstanceId } from '@perdure/engine';
import { eventually } from '@perdure/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { allPartitions, creation, elsewhere, step } from '../../postgres/commit-item-fixture.ts';
import type { OpenedStore } from './opened-store-fixture.ts';

export function leasesContract(openStore: () => Promise<OpenedStore>): void {
  describe('leases', () => {
    let store: OpenedStore['store'];
    let another: OpenedStore['another'];
    let epoch: OpenedStore['epoch'];

    beforeEach(async () => {
      ({ store, another, epoch } = await openStore());
    });

    it('gives free and run-out partitions to whoever asks, running ones only by force, each time under a new epoch', async () => {
      await store.leases.release('me', allPartitions);
      const [mine] = await store.leases.claim('a', [1], 60_000, false);
      expect(mine).toEqual({ id: 1, epoch: epoch + 1, abandoned: false });
      expect(await store.leases.claim('b', [1], 60_000, false)).toEqual([]);
      expect(await store.leases.claim('b', [1], 60_000, true)).toEqual([{ id: 1, epoch: epoch + 2, abandoned: true }]);
      expect(await store.leases.renew('a', 60_000)).toEqual([]);
      expect(await store.leases.renew('b', 0)).toEqual([{ id: 1, epoch: epoch + 2 }]);
      await eventually('the lease has run out', async () => {
        const { partitions } = await store.leases.survey('b', 'host', 1);
        return (partitions.find((partition) => partition.id === 1)?.leaseLeftMs ?? 0) < 0 || undefined;
      });
      expect(await store.leases.claim('c', [1], 60_000, false)).toEqual([{ id: 1, epoch: epoch + 3, abandoned: true }]);
    });

    it('of many who claim at once each partition goes to one', async () => {
      await store.leases.release('me', allPartitions);
      const stores = Array.from({ length: 4 }, () => another());
      const claimed = await Promise.all(
        stores.map((one, i) => one.leases.claim(`w${i}`, i % 2 === 0 ? allPartitions : allPartitions.toReversed(), 60_000, false)),
      );
      expect(
        claimed
          .flat()
          .map((partition) => partition.id)
          .sort((a, b) => a - b),
      ).toEqual(allPartitions);
      await Promise.all(stores.map((one) => one.close()));
    });

    it('tells a partition whose owner vanished from one that was released', async () => {
      await store.leases.claim('a', allPartitions, 60_000, true);
      expect((await store.leases.claim('b', [1], 60_000, true)).map(({ abandoned }) => abandoned)).toEqual([true]);
      await store.leases.release('b', [1]);
      expect((await store.leases.claim('c', [1], 60_000, false)).map(({ abandoned }) => abandoned)).toEqual([false]);
    });

    it('finds the instances with unfinished work', async () => {
      const item = creation('working', epoch, {
        row: { status: 'Running', customStatus: null, whereabouts: null, runningActivities: 1, at: 1, final: false, migrations: null },
      });
      await store.commit([item, creation(elsewhere('working'), epoch)]);
      expect(await store.leases.unfinishedWork(item.partition, null, 10)).toEqual(['working']);
      await store.commit([step(item)]);
      expect(await store.leases.unfinishedWork(item.partition, null, 10)).toEqual([]);
    });

    it('pages through the unfinished work of a partition', async () => {
      const items = Array.from({ length: 1_000 }, (_, i) =>
        creation(`page-${String(i).padStart(3, '0')}`, epoch, {
          row: { status: 'Running', customStatus: null, whereabouts: null, runningActivities: 1, at: 1, final: false, migrations: null },
        }),
      ).filter(({ partition }) => partition < 2);
      await store.commit(items);
      const found: string[] = [];
      for (let cursor: InstanceId | null = null; ;) {
        const page: InstanceId[] = await store.leases.unfinishedWork(1, cursor, 5);
        found.push(...page);
        if (page.length < 5) break;
        cursor = page.at(-1) ?? null;
      }
      expect(found.length).toBeGreaterThan(5);
      expect(found).toEqual(items.filter(({ partition }) => partition === 1).map((item) => item.instanceId));
    });
  });
}
