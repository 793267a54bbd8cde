import { SimulatedDatabase, SimulatedRedis } from '@perdure/testing';
import { describe } from 'vitest';
import { durableStoreContract } from './ports/durable-store-contract.ts';
import { hotStoreContract } from './ports/hot-store-contract.ts';

describe('SimulatedDatabase', () => {
  durableStoreContract(async () => {
    const store = new SimulatedDatabase(() => Date.now());
    return { store, another: () => store, count: async (table) => store.count(table) };
  });
});

describe('SimulatedRedis', () => {
  hotStoreContract(async () => new SimulatedRedis().handle());
});
