/**
 * What every durable store keeps, by the ids of `DurableStore`. Postgres and the simulated database run it, so that a simulation stands on
 * what the real one promises. What needs a look at rows or locks is the adapter's own test.
 */
import { claimsContract } from './durable-store-contract/claims-contract.ts';
import { commitsContract } from './durable-store-contract/commits-contract.ts';
import { leasesContract } from './durable-store-contract/leases-contract.ts';
import { messagesContract } from './durable-store-contract/messages-contract.ts';
import { openOwning, type StoreUnderTest } from './durable-store-contract/opened-store-fixture.ts';
import { payloadsContract } from './durable-store-contract/payloads-contract.ts';
import { presenceContract } from './durable-store-contract/presence-contract.ts';
import { purgeContract } from './durable-store-contract/purge-contract.ts';
import { timersContract } from './durable-store-contract/timers-contract.ts';

/** @param open an empty store, before each test */
export function durableStoreContract(open: () => Promise<StoreUnderTest>): void {
  const opened = () => openOwning(open);
  commitsContract(opened);
  leasesContract(opened);
  presenceContract(opened);
  claimsContract(opened);
  timersContract(opened);
  messagesContract(opened);
  payloadsContract(opened);
  purgeContract(opened);
}
