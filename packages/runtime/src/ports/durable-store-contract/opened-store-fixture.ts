import { allPartitions } from '../../postgres/commit-item-fixture.ts';
import type { DurableStore } from '../durable-store.ts';

/** An empty store, and what a test does to it that no process could. */
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

export interface OpenedStore extends StoreUnderTest {
  /** Of all partitions, which `me` owns. */
  epoch: number;
}

export async function openOwning(open: () => Promise<StoreUnderTest>): Promise<OpenedStore> {
  const opened = await open();
  const owned = await opened.store.leases.claim('me', allPartitions, 60_000, true);
  return { ...opened, epoch: owned[0]?.epoch ?? 0 };
}
