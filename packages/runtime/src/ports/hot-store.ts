import type { InstanceId } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { StoredEvent } from './decider.ts';

/**
 * The fast copy of running instances (L2) and the carrier of hints. Two adapters: Redis, and one inside the process.
 * Everything in it may vanish or be old at any moment: a state is used only if its seq equals the durable one's (`load`'s caller checks),
 * and every hint has a slow poll behind it.
 *
 * H1 after `save(base, seq)` a `load` gives seq, or an older consistent state, or nothing: never a state with a gap in its tail;
 * H2 `save` with a base that is not the stored seq forgets the instance instead;
 * H3 methods never throw when the store is away: `save` and hints are dropped, `load` gives nothing.
 */
export interface HotStore {
  readonly kind: 'redis' | 'in-process';
  available(): boolean;
  save(updates: readonly HotUpdate[]): Promise<void>;
  load(ids: readonly InstanceId[]): Promise<Map<InstanceId, HotInstance>>;
  /** The instance's events behind `afterSeq`, without a gap and one at least, or null when the store does not have them. */
  tailAfter(id: InstanceId, afterSeq: number): Promise<StoredEvent[] | null>;
  forget(ids: readonly InstanceId[]): Promise<void>;
  /** To every process on the same store, this one excepted. */
  hint(hint: Hint): void;
  onHint(listener: (hint: Hint) => void): void;
  close(): Promise<void>;
}

export interface HotUpdate {
  instanceId: InstanceId;
  baseSeq: number;
  seq: number;
  /** The turn's events. */
  events: readonly StoredEvent[];
  /** JSON of the state after `seq`; replaces what was there. */
  checkpoint: string | null;
  /** A finished instance leaves the store. */
  final: boolean;
}

export interface HotInstance {
  seq: number;
  checkpoint: string | null;
  /** JSON arrays of events, oldest first, from the checkpoint (or the first event) to `seq`. */
  tail: string[];
}

export type Hint =
  /** These instances have new events. */
  | { type: 'events'; instances: [id: string, seq: number][]; tasks: boolean }
  /** Messages wait in these partitions. */
  | { type: 'mail'; partitions: number[] }
  /** A version was published. */
  | { type: 'published'; workflow: string }
  /** An entity type was saved. */
  | { type: 'entity-type'; name: string }
  /** What the servers of an installation tell each other; the runtime only carries it. */
  | { type: 'notice'; topic: string; data: Json };
