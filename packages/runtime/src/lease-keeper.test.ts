import { startTestPostgres, type TestPostgres } from '@perdure/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DatabaseClock } from './database-clock.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import type { ClaimedPartition, LeaseStore, OwnedPartition } from './ports/durable-store.ts';
import { allPartitions } from './postgres/commit-item-fixture.ts';
import { PostgresStore } from './postgres/postgres-store.ts';

let postgres: TestPostgres;
let store: PostgresStore;

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = new PostgresStore({ url: postgres.url });
});

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(async () => {
  await store.close();
  await postgres.stop();
});

describe('LeaseKeeper', () => {
  it('P2 claims everything anew when a renewal was answered after the lease had run out', async () => {
    // The keeper's own clock is in our hands, and so is the moment at which a renewal is answered.
    let nowMs = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    let answered = Promise.resolve();
    let [asked, ended] = [0, 0];
    const leases = new Proxy<LeaseStore>(store.leases, {
      get: (target, name) => {
        if (name === 'renew')
          return async (workerId: string, leaseMs: number) => {
            asked += 1;
            const renewed = await target.renew(workerId, leaseMs);
            await answered;
            ended += 1;
            return renewed;
          };
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
    const claimed: OwnedPartition[][] = [];
    const lost: number[][] = [];
    const troubles: string[] = [];
    const keeper = new LeaseKeeper(leases, new DatabaseClock(), {
      workerId: 'slow',
      host: 'here',
      pid: process.pid,
      leaseMs: 60_000,
      renewEveryMs: 10,
      force: false,
      onClaimed: (partitions) => void claimed.push([...partitions]),
      onLost: (partitions) => void lost.push([...partitions]),
      drain: async () => {},
      onSuperseded: () => {},
      onTrouble: (error) => void troubles.push(error.message),
    });
    await keeper.start();
    expect(keeper.holds).toBe(true);
    expect(claimed.flat()).toHaveLength(64);
    await waitFor('no renewal is underway', () => asked === ended);
    // Asked for within the lease, answered behind it.
    let answer = (): void => {};
    answered = new Promise((resolve) => (answer = resolve));
    nowMs = 50_000;
    const before = asked;
    await waitFor('a renewal begins', () => asked > before);
    nowMs = 61_000;
    expect(keeper.holds).toBe(false);
    answer();
    await waitFor('all is claimed anew', () => claimed.length > 1);
    expect(keeper.holds).toBe(true);
    expect(lost[0]).toHaveLength(64);
    expect(troubles).toEqual(['Nothing was renewed for the 60000 ms of a lease; its 64 partitions were given up.']);
    const epochs = new Map(claimed[0]?.map(({ id, epoch }) => [id, epoch]));
    const after = claimed[1] ?? [];
    expect(after).toHaveLength(64);
    for (const { id, epoch } of after) expect(epoch).toBeGreaterThan(epochs.get(id) ?? Infinity);
    await keeper.stop();
  });

  it('takes everything the moment the leases of a worker that vanished run out, though its heartbeat is fresh', async () => {
    await store.leases.survey('vanished', 'there', 1);
    expect(await store.leases.claim('vanished', allPartitions, 700, true)).toHaveLength(64);
    const claimed: ClaimedPartition[] = [];
    const keeper = new LeaseKeeper(store.leases, new DatabaseClock(), {
      workerId: 'heir',
      host: 'here',
      pid: process.pid,
      leaseMs: 60_000,
      // It would not look again by itself.
      renewEveryMs: 3_600_000,
      force: false,
      onClaimed: (partitions) => void claimed.push(...partitions),
      onLost: () => {},
      drain: async () => {},
      onSuperseded: () => {},
      onTrouble: () => {},
    });
    await keeper.start();
    expect(claimed).toEqual([]);
    await waitFor('the leases have run out', () => claimed.length > 0);
    expect(claimed).toHaveLength(64);
    expect(claimed.every(({ abandoned }) => abandoned)).toBe(true);
    await keeper.stop();
  });
});

/** By turns, not by time: the clock is held. */
async function waitFor(what: string, happened: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000; i += 1) {
    if (happened()) return;
    await sleep(10);
  }
  throw new Error(`It did not happen that ${what}.`);
}
