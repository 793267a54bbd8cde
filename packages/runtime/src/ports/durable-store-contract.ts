/**
 * What every durable store keeps, by the ids of `DurableStore`. Postgres and the simulated database run it, so that a simulation stands on
 * what the real one promises. What needs a look at rows or locks is the adapter's own test.
 */
import { executionId, instanceId, stepKey, timerId, type InstanceId } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import { eventually } from '@perdure/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { partitionOf } from '../partition-of.ts';
import { allPartitions, creation, fateOf, historyOf, message, opened, raised, step } from '../postgres/commit-item-fixture.ts';
import type { CommitItem, DurableStore, Finder, Presence, UnfinishedAttempt } from './durable-store.ts';

export interface StoreUnderTest {
  store: DurableStore;
  /** One more handle on the same database, as another process would have. */
  another(): DurableStore;
  /** Rows of a table of the schema. */
  count(table: 'instance' | 'history_event' | 'checkpoint' | 'timer' | 'message' | 'human_task' | 'activity_claim'): Promise<number>;
  /** Ends a session as the death of its process does. */
  endSession(presence: string): Promise<void>;
  /** As if all payloads had been kept so much longer ago. */
  agePayloads(byMs: number): Promise<void>;
}

/** @param open an empty store, before each test */
export function durableStoreContract(open: () => Promise<StoreUnderTest>): void {
  let store: DurableStore;
  let another: StoreUnderTest['another'];
  let count: StoreUnderTest['count'];
  let endSession: StoreUnderTest['endSession'];
  let agePayloads: StoreUnderTest['agePayloads'];
  let epoch: number;

  beforeEach(async () => {
    ({ store, another, count, endSession, agePayloads } = await open());
    const owned = await store.leases.claim('me', allPartitions, 60_000, true);
    epoch = owned[0]?.epoch ?? 0;
  });

  const id = instanceId;

  /** Ids of two different partitions, by search. */
  const elsewhere = (other: string): string => {
    for (let i = 0; ; i += 1) if (partitionOf(`${other}${i}`, 64) !== partitionOf(other, 64)) return `${other}${i}`;
  };

  describe('commit', () => {
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
      const renewal = creation('again', epoch, {
        executionId: executionId('second'),
        create: { workflow: 'w', version: 2, tags: [], startedBy: 't', parent: null, replace: ['Completed'] },
      });
      expect(await store.commit([renewal])).toEqual(['conflict']);
      await store.commit([step(old, { row: { ...old.row, status: 'Failed', final: true } })]);
      expect(await store.commit([renewal])).toEqual(['conflict']);
      expect(await historyOf(store, 'again')).toHaveLength(3);
      expect(
        await store.commit([
          { ...renewal, create: { ...(renewal.create ?? never()), replace: ['Completed', 'Failed'] } },
          creation('bystander', epoch),
        ]),
      ).toEqual(['stored', 'stored']);
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

  describe('leases', () => {
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

  describe('presence', () => {
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

  describe('claims of activities', () => {
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

  describe('timers', () => {
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

  describe('messages', () => {
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

  describe('payloads', () => {
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

  describe('purge', () => {
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
      const head = (name: string, seq: number, execution = 'x') => ({ instanceId: id(name), executionId: executionId(execution), seq });
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
      const { executionId: execution } = items[0] ?? never();
      const heads = [
        head('same', seq, execution),
        head('on', seq - 1, execution),
        head('runs', 1, execution),
        head('parent', seq, execution),
      ];
      expect(await store.purgeUnchanged([...heads, head('other', seq, 'another'), head('none', 1)])).toEqual([id('same')]);
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

function never(): never {
  throw new Error('not reached');
}
