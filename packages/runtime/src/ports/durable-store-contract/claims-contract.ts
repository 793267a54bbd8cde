/** How often the attempts of activities were begun, told and counted. */
import { instanceId, stepKey } from '@perdure/engine';
import { beforeEach, describe, expect, it } from 'vitest';
import { partitionOf } from '../../partition-of.ts';
import { creation, step } from '../../postgres/commit-item-fixture.ts';
import type { Finder, UnfinishedAttempt } from '../durable-store.ts';
import type { OpenedStore } from './opened-store-fixture.ts';

export function claimsContract(openStore: () => Promise<OpenedStore>): void {
  describe('claims of activities', () => {
    let store: OpenedStore['store'];
    let count: OpenedStore['count'];
    let epoch: OpenedStore['epoch'];

    beforeEach(async () => {
      ({ store, count, epoch } = await openStore());
    });

    const partition = partitionOf('claimed', 64);
    const attempt = (finder: Finder, more: Partial<UnfinishedAttempt> = {}): UnfinishedAttempt => ({
      instanceId: instanceId('claimed'),
      executionId: 'x',
      step: stepKey('work#1'),
      attempt: 1,
      releases: 0,
      finder,
      ...more,
    });
    /** The partition changes hands: the owner before vanished, or gave it up in good order. */
    const takeover = async (abandoned = true): Promise<Finder> => {
      const [owned] = await store.leases.claim('me', [partition], 60_000, true);
      const epoch = owned?.epoch ?? 0;
      return { type: 'owner', partition, epoch, knownFrom: abandoned ? epoch : epoch - 1, vanished: abandoned };
    };
    const delivery = (id: string): Finder => ({ type: 'delivery', id });
    const claim = async (one: UnfinishedAttempt, most = 6) => (await store.countClaims([one], most))[0];

    it('K1 the first takeover makes the second claim; the same finder counts once', async () => {
      const second = await takeover();
      expect(await claim(attempt(second))).toEqual({ claims: 2, counted: true });
      expect(await claim(attempt(second))).toEqual({ claims: 2, counted: true });
      expect(await claim(attempt(await takeover()))).toEqual({ claims: 3, counted: true });
      expect(await claim(attempt(delivery('d')))).toEqual({ claims: 4, counted: true });
      expect(await claim(attempt(delivery('d')))).toEqual({ claims: 4, counted: true });
    });

    it('K1 what an owner began and gave up in good order counts no more under the next ones', async () => {
      expect(await claim(attempt(await takeover(false)))).toEqual({ claims: 1, counted: true });
      expect(await count('activity_claim')).toBe(0);
      await claim(attempt(await takeover()));
      for (let handed = 0; handed < 3; handed += 1) {
        const next = await takeover(false);
        expect(await claim(attempt(next))).toEqual({ claims: 2, counted: true });
        expect(await claim(attempt(next))).toEqual({ claims: 2, counted: true });
      }
      expect(await claim(attempt(await takeover()))).toEqual({ claims: 3, counted: true });
    });

    it('K2 what an owner had not come to counting is counted by the next one, though it gave it up in good order', async () => {
      await claim(attempt(await takeover()));
      expect(await claim(attempt(await takeover()), 2)).toEqual({ claims: 2, counted: false });
      const next = await takeover(false);
      expect(await claim(attempt(next), 2)).toEqual({ claims: 2, counted: false });
      expect(await claim(attempt(next))).toEqual({ claims: 3, counted: true });
      expect(await claim(attempt(await takeover(false)))).toEqual({ claims: 3, counted: true });
    });

    it('K1 who gave it up itself and got it back counts what it had not found before, and nothing twice', async () => {
      const known = async (step: string, finder: Finder) => claim(attempt(finder, { step: stepKey(step) }));
      const first = await takeover();
      await known('by-before#1', first);
      await known('waits#1', first);
      const found = await takeover();
      await known('found#1', found);
      const [owned] = await store.leases.claim('me', [partition], 60_000, true);
      const regained: Finder = { ...(found as Extract<Finder, { type: 'owner' }>), epoch: owned?.epoch ?? 0 };
      expect(await known('found#1', regained)).toEqual({ claims: 2, counted: true });
      expect(await known('unfound#1', regained)).toEqual({ claims: 2, counted: true });
      expect(await known('by-before#1', regained)).toEqual({ claims: 3, counted: true });
      // All was found before it was lost: only what had been left for its turn is counted now.
      const later: Finder = { ...regained, vanished: false };
      expect(await known('new#1', later)).toEqual({ claims: 1, counted: true });
      expect(await known('found#1', later)).toEqual({ claims: 2, counted: true });
      expect(await known('waits#1', later)).toEqual({ claims: 3, counted: true });
    });

    it('K4 what died in its cell counts under whoever begins it again, once', async () => {
      const first = await takeover();
      await claim(attempt(first));
      await store.markDied(attempt(first));
      expect(await claim(attempt(first))).toEqual({ claims: 3, counted: true });
      expect(await claim(attempt(first))).toEqual({ claims: 3, counted: true });
      // Handed on in good order before it was begun again, and again after that.
      await store.markDied(attempt(first));
      await store.markDied(attempt(first));
      const next = await takeover(false);
      expect(await claim(attempt(next))).toEqual({ claims: 4, counted: true });
      expect(await claim(attempt(await takeover(false)))).toEqual({ claims: 4, counted: true });
      // One that had its first claim only, and one of a delivery.
      const released = { releases: 1 };
      const last = await takeover(false);
      await store.markDied(attempt(last, released));
      expect(await claim(attempt(last, released))).toEqual({ claims: 2, counted: true });
      const delivered = { step: stepKey('queued#1') };
      await store.markDied(attempt(delivery('d'), delivered));
      expect(await claim(attempt(delivery('d'), delivered))).toEqual({ claims: 2, counted: true });
    });

    it('K3 K4 who has lost the partition counts nothing, and says nothing of what died', async () => {
      const late = await takeover();
      await claim(attempt(late));
      const now = await takeover();
      await claim(attempt(now));
      await store.markDied(attempt(late));
      expect(await claim(attempt(now))).toEqual({ claims: 3, counted: true });
    });

    it('K3 who has lost the partition counts nothing', async () => {
      const late = await takeover();
      const now = await takeover();
      const lateClaims = [attempt(late), attempt(now, { step: stepKey('z#1') }), attempt({ ...late, vanished: false } as Finder)];
      expect(await store.countClaims(lateClaims, 6)).toEqual(['lost-partition', { claims: 2, counted: true }, 'lost-partition']);
      expect(await count('activity_claim')).toBe(1);
    });

    it('what has enough claims is told, not counted', async () => {
      await claim(attempt(await takeover()));
      await claim(attempt(await takeover()));
      const last = await takeover();
      expect(await claim(attempt(last), 3)).toEqual({ claims: 3, counted: false });
      expect(await claim(attempt(last), 4)).toEqual({ claims: 4, counted: true });
    });

    it('attempts, releases, steps and executions count for themselves, and answers come in the order of the questions', async () => {
      await claim(attempt(await takeover()));
      const next = await takeover();
      const others = [
        attempt(next, { step: stepKey('z#1') }),
        attempt(next, { attempt: 2 }),
        attempt(next),
        attempt(next, { releases: 1 }),
        attempt(next, { executionId: 'y' }),
      ];
      expect(await store.countClaims(others, 6)).toEqual([2, 2, 3, 2, 2].map((claims) => ({ claims, counted: true })));
      expect(await count('activity_claim')).toBe(5);
    });

    it('go with the instance, or are swept once it has ended', async () => {
      const item = creation('claimed', epoch);
      await store.commit([item]);
      await store.countClaims(
        [attempt(delivery('d'), { executionId: item.executionId }), attempt(delivery('d'), { instanceId: instanceId('gone') })],
        6,
      );
      await store.sweepClaims();
      expect(await count('activity_claim')).toBe(1);
      await store.commit([step(item, { row: { ...item.row, status: 'Completed', final: true } })]);
      await store.purge(item.instanceId);
      expect(await count('activity_claim')).toBe(0);
    });
  });
}
