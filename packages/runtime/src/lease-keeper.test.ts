import { startTestPostgres, eventually, type TestPostgres } from '@perdure/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseClock } from './database-clock.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import type { LeaseStore, OwnedPartition } from './ports/durable-store.ts';
import { PostgresStore } from './postgres/postgres-store.ts';

let postgres: TestPostgres;
let store: PostgresStore;

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = new PostgresStore({ url: postgres.url });
});

afterAll(async () => {
  await store.close();
  await postgres.stop();
});

describe('LeaseKeeper', () => {
  it('P2 claims everything anew when a renewal was answered after the lease had run out', async () => {
    let delayMs = 0;
    const leases = new Proxy<LeaseStore>(store.leases, {
      get: (target, name) => {
        if (name === 'renew')
          return async (workerId: string, leaseMs: number) => {
            await sleep(delayMs);
            return target.renew(workerId, leaseMs);
          };
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
    const claimed: OwnedPartition[][] = [];
    const lost: number[][] = [];
    const keeper = new LeaseKeeper(leases, new DatabaseClock(), {
      workerId: 'slow',
      host: 'here',
      pid: process.pid,
      leaseMs: 800,
      renewEveryMs: 500,
      force: false,
      onClaimed: (partitions) => void claimed.push([...partitions]),
      onLost: (partitions) => void lost.push([...partitions]),
      drain: async () => {},
      onSuperseded: () => {},
      onTrouble: () => {},
    });
    await keeper.start();
    expect(keeper.holds).toBe(true);
    expect(claimed.flat()).toHaveLength(64);
    // Asked for within the lease, answered behind it.
    delayMs = 500;
    await eventually('it knows that the lease may be gone', () => !keeper.holds || undefined);
    delayMs = 0;
    await eventually('it holds its leases again', () => keeper.holds || undefined);
    expect(lost[0]).toHaveLength(64);
    const before = new Map(claimed[0]?.map(({ id, epoch }) => [id, epoch]));
    const after = claimed.at(-1) ?? [];
    expect(after).toHaveLength(64);
    for (const { id, epoch } of after) expect(epoch).toBeGreaterThan(before.get(id) ?? Infinity);
    await keeper.stop();
  });
});
