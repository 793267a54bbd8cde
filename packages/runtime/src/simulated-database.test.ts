import { SimulatedDatabase, SimulatedRedis } from '@perdure/testing';
import { describe } from 'vitest';
import { durableStoreContract } from './ports/durable-store-contract.ts';
import { hotStoreContract } from './ports/hot-store-contract.ts';

describe('SimulatedDatabase', () => {
  durableStoreContract(async () => {
    let aheadMs = 0;
    const store = new SimulatedDatabase(() => Date.now() + aheadMs);
    return {
      store,
      another: () => store,
      count: async (table) => store.count(table),
      endSession: async (presence) => store.endSessions([presence]),
      agePayloads: async (byMs) => void (aheadMs += byMs),
    };
  });
});

describe('SimulatedRedis', () => {
  hotStoreContract(async () => new SimulatedRedis().handle());
});
