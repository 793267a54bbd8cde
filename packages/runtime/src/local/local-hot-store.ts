/** The hot store inside one process: for an installation without Redis. Hints have nobody else to reach. */
import type { InstanceId } from '@perdure/engine';
import { eventsBehind } from '../events-behind.ts';
import type { StoredEvent } from '../ports/decider.ts';
import type { Hint, HotInstance, HotStore, HotUpdate } from '../ports/hot-store.ts';

export class LocalHotStore implements HotStore {
  readonly kind = 'in-process';
  readonly #instances = new Map<InstanceId, HotInstance>();
  readonly #limit: number;

  /** @param limit instances kept; the least recently saved leave first */
  constructor(limit = 20_000) {
    this.#limit = limit;
  }

  available(): boolean {
    return true;
  }

  async save(updates: readonly HotUpdate[]): Promise<void> {
    for (const update of updates) {
      const known = this.#instances.get(update.instanceId);
      this.#instances.delete(update.instanceId);
      if (update.final) continue;
      if (update.checkpoint !== null) this.#instances.set(update.instanceId, { seq: update.seq, checkpoint: update.checkpoint, tail: [] });
      else if (update.baseSeq === 0)
        this.#instances.set(update.instanceId, { seq: update.seq, checkpoint: null, tail: [JSON.stringify(update.events)] });
      else if (known !== undefined && known.seq === update.baseSeq) {
        known.tail.push(JSON.stringify(update.events));
        known.seq = update.seq;
        this.#instances.set(update.instanceId, known);
      }
    }
    for (const id of this.#instances.keys()) {
      if (this.#instances.size <= this.#limit) break;
      this.#instances.delete(id);
    }
  }

  async load(ids: readonly InstanceId[]): Promise<Map<InstanceId, HotInstance>> {
    const found = new Map<InstanceId, HotInstance>();
    for (const id of ids) {
      const hot = this.#instances.get(id);
      if (hot !== undefined) found.set(id, { ...hot, tail: [...hot.tail] });
    }
    return found;
  }

  async tailAfter(id: InstanceId, afterSeq: number): Promise<StoredEvent[] | null> {
    const tail = this.#instances.get(id)?.tail ?? [];
    const first = tail.findLastIndex((text) => firstSeq(text) <= afterSeq + 1);
    if (first === -1) return null;
    // Written by `save`.
    const events = tail.slice(first).flatMap((text) => JSON.parse(text) as StoredEvent[]);
    return eventsBehind(events, afterSeq);
  }

  async forget(ids: readonly InstanceId[]): Promise<void> {
    for (const id of ids) this.#instances.delete(id);
  }

  hint(_hint: Hint): void {}

  onHint(_listener: (hint: Hint) => void): void {}

  async close(): Promise<void> {
    this.#instances.clear();
  }
}

/** Events are written with `seq` first. */
function firstSeq(text: string): number {
  return Number(/^\[\{"seq":(\d+)/.exec(text)?.[1] ?? 0);
}
