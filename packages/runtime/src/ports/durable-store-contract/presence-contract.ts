/** Workers that are seen while their sessions live. */
import { eventually } from '@perdure/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allPartitions } from '../../postgres/commit-item-fixture.ts';
import type { Presence } from '../durable-store.ts';
import type { OpenedStore } from './opened-store-fixture.ts';

export function presenceContract(openStore: () => Promise<OpenedStore>): void {
  describe('presence', () => {
    let store: OpenedStore['store'];
    let endSession: OpenedStore['endSession'];
    let epoch: OpenedStore['epoch'];

    beforeEach(async () => {
      ({ store, endSession, epoch } = await openStore());
    });

    /** A worker with a heartbeat, a session and, if any, partitions. */
    async function present(workerId: string, partitions: readonly number[], onEnded = (): void => {}): Promise<Presence> {
      await store.leases.survey(workerId, 'host', 1);
      if (partitions.length > 0) await store.leases.claim(workerId, partitions, 60_000, true);
      const presence = await store.leases.openPresence(60_000, onEnded);
      if (presence === null) throw new Error('There is a pooler.');
      expect(await presence.announce(workerId)).toBe(true);
      open.push(presence);
      return presence;
    }

    const open: Presence[] = [];

    const gone = (presence: Presence, looker: Presence) =>
      eventually('the session is gone', async () => (await heldBy(looker)).get(presence.id) === false || undefined);
    const heldBy = async (looker: Presence): Promise<Map<string, boolean>> =>
      new Map((await looker.look('looker')).peers.map(({ presence, isHeld }) => [presence, isHeld]));
    const lapsed = async (): Promise<number[]> =>
      (await store.leases.survey('looker', 'host', 1)).partitions.filter(({ leaseLeftMs }) => leaseLeftMs < 0).map(({ id: at }) => at);

    afterEach(async () => {
      await Promise.all(open.splice(0).map((presence) => presence.close()));
      for (const workerId of ['a', 'b', 'looker']) await store.leases.deleteWorker(workerId);
    });

    it('is not announced of a worker without a heartbeat', async () => {
      const presence = await store.leases.openPresence(60_000, () => {});
      expect(await presence?.announce('nobody')).toBe(false);
      await presence?.close();
    });

    it('of the other owners of partitions is seen until it ends, and its end is told to whose it was', async () => {
      const looker = await present('looker', [1]);
      await present('b', []);
      let ended = 0;
      const presence = await present('a', [2, 3], () => (ended += 1));
      expect(await heldBy(looker)).toEqual(new Map([[presence.id, true]]));
      await endSession(presence.id);
      await gone(presence, looker);
      expect((await looker.look('looker')).serverUpMs).toBeGreaterThan(0);
      await eventually('the end is told', async () => ended === 1 || undefined);
      await expect(presence.look('a')).rejects.toThrow();
      await expect(presence.announce('a')).rejects.toThrow();
      expect(ended).toBe(1);
    });

    it('that was closed is told to nobody, and seen by the others to be gone', async () => {
      const looker = await present('looker', [1]);
      let ended = 0;
      const presence = await present('a', [2], () => (ended += 1));
      await presence.close();
      await gone(presence, looker);
      expect(ended).toBe(0);
    });

    it('lets the leases run out of whose session is gone, and nobody else’s', async () => {
      const looker = await present('looker', [1]);
      const presence = await present('a', [2, 3]);
      const other = await present('b', [4]);
      await endSession(presence.id);
      await gone(presence, looker);
      await store.leases.lapse([presence.id, other.id]);
      expect(await lapsed()).toEqual([2, 3]);
      const survey = await store.leases.survey('looker', 'host', 1);
      expect(survey.liveWorkers).toEqual(['b', 'looker']);
      expect(await heldBy(looker)).toEqual(new Map([[other.id, true]]));
      const claimed = await store.leases.claim('looker', allPartitions, 60_000, false);
      expect(claimed.map(({ id: at, epoch: raised, abandoned }) => [at, raised, abandoned])).toEqual([
        [2, epoch + 2, true],
        [3, epoch + 2, true],
      ]);
    });

    it('leaves those alone that announced another session meanwhile, or took back what they had announced', async () => {
      const looker = await present('looker', [1]);
      const first = await present('a', [2]);
      const withdrawn = await present('b', [3]);
      await Promise.all([first, withdrawn].map((presence) => endSession(presence.id)));
      await gone(first, looker);
      await gone(withdrawn, looker);
      const second = await present('a', []);
      await store.leases.withdraw('b');
      await store.leases.lapse([first.id, withdrawn.id]);
      expect(await lapsed()).toEqual([]);
      expect(await heldBy(looker)).toEqual(new Map([[second.id, true]]));
    });

    it('a worker whose leases were let run out has them again by renewing, unless they were taken', async () => {
      const looker = await present('looker', [1]);
      const presence = await present('a', [2, 3]);
      await endSession(presence.id);
      await gone(presence, looker);
      await store.leases.lapse([presence.id]);
      await store.leases.claim('looker', [2], 60_000, false);
      expect(await store.leases.renew('a', 60_000)).toEqual([{ id: 3, epoch: epoch + 1 }]);
      expect(await store.leases.claim('looker', [3], 60_000, false)).toEqual([]);
    });
  });
}
