/**
 * A Redis for simulations: hot copies and hints shared by all processes, which can be away, wiped, or set back to what it held before.
 * The handles keep the hot store's contract (H1–H3), checked by the suite that the real adapters run.
 */
import { LocalHotStore, type Hint, type HotInstance, type HotStore, type HotUpdate } from '@perdure/runtime';
import type { InstanceId } from '@perdure/engine';

/** What carries one process's calls to it and hints to that process: at once in the contract suite, with delays and losses in a simulation. */
export interface RedisCarrier {
  call<T>(work: () => Promise<T>): Promise<T>;
  hint(deliver: () => void): void;
}

const atOnce: RedisCarrier = { call: (work) => work(), hint: (deliver) => deliver() };

export class SimulatedRedis {
  away = false;
  #data = new LocalHotStore();
  #kept: HotUpdate[][] = [];
  #old: HotUpdate[][] = [];
  readonly #listeners = new Map<HotStore, { carrier: RedisCarrier; listener: (hint: Hint) => void }>();

  wipe(): void {
    this.#data = new LocalHotStore();
    this.#kept = [];
  }

  /** What is in it now is what `restore` brings back. */
  snapshot(): void {
    this.#old = [...this.#kept];
  }

  async restore(): Promise<void> {
    this.#data = new LocalHotStore();
    this.#kept = [...this.#old];
    for (const updates of this.#old) await this.#data.save(updates);
  }

  handle(carrier: RedisCarrier = atOnce): HotStore {
    const handle: HotStore = {
      kind: 'redis',
      available: () => !this.away,
      save: (updates) => carrier.call(() => this.#save(updates)).catch(() => undefined),
      load: (ids) => carrier.call(() => this.#load(ids)).catch(() => new Map<InstanceId, HotInstance>()),
      tailAfter: (id, afterSeq) => carrier.call(async () => (this.away ? null : this.#data.tailAfter(id, afterSeq))).catch(() => null),
      forget: (ids) => carrier.call(async () => (this.away ? undefined : this.#data.forget(ids))).catch(() => undefined),
      hint: (hint) => {
        if (this.away) return;
        for (const [other, { carrier: its, listener }] of this.#listeners) if (other !== handle) its.hint(() => listener(hint));
      },
      onHint: (listener) => void this.#listeners.set(handle, { carrier, listener }),
      close: async () => void this.#listeners.delete(handle),
    };
    return handle;
  }

  async #save(updates: readonly HotUpdate[]): Promise<void> {
    if (this.away) return;
    this.#kept.push([...updates]);
    await this.#data.save(updates);
  }

  async #load(ids: readonly InstanceId[]): Promise<Map<InstanceId, HotInstance>> {
    return this.away ? new Map() : this.#data.load(ids);
  }
}
