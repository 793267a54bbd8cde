/** Tells those who follow instances or lists that something changed. Hints come from commits here and elsewhere; a slow poll covers lost ones. */
import type { InstanceId } from '@perdure/engine';
import type { DurableStore } from './ports/durable-store.ts';

const pollEveryMs = 2_000;
const feedEveryMs = 100;

export type FeedListener = (hint: { instances: boolean; tasks: boolean }) => void;

export class Watchers {
  readonly #store: Pick<DurableStore, 'seqs'>;
  readonly #onTrouble: (error: Error) => void;
  readonly #instances = new Map<InstanceId, { listeners: Set<(seq: number) => void>; seq: number }>();
  readonly #feeds = new Set<FeedListener>();
  #hint: { instances: boolean; tasks: boolean } | null = null;
  #poll: NodeJS.Timeout | null = null;

  constructor(store: Pick<DurableStore, 'seqs'>, onTrouble: (error: Error) => void) {
    this.#store = store;
    this.#onTrouble = onTrouble;
  }

  start(): void {
    this.#poll = setInterval(() => void this.#look().catch(this.#onTrouble), pollEveryMs);
  }

  stop(): void {
    if (this.#poll !== null) clearInterval(this.#poll);
    this.#instances.clear();
    this.#feeds.clear();
  }

  watchInstance(id: InstanceId, listener: (seq: number) => void): () => void {
    const watched = this.#instances.get(id) ?? { listeners: new Set(), seq: 0 };
    watched.listeners.add(listener);
    this.#instances.set(id, watched);
    return () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size === 0 && this.#instances.get(id) === watched) this.#instances.delete(id);
    };
  }

  watchFeed(listener: FeedListener): () => void {
    this.#feeds.add(listener);
    return () => this.#feeds.delete(listener);
  }

  changed(instances: readonly [InstanceId, number][], tasks: boolean): void {
    for (const [id, seq] of instances) this.#tell(id, seq);
    if (this.#feeds.size === 0) return;
    if (this.#hint !== null) {
      this.#hint.tasks ||= tasks;
      return;
    }
    this.#hint = { instances: true, tasks };
    setTimeout(() => {
      const hint = this.#hint;
      this.#hint = null;
      if (hint !== null) for (const listener of this.#feeds) this.#guarded(() => listener(hint));
    }, feedEveryMs).unref();
  }

  #tell(id: InstanceId, seq: number): void {
    const watched = this.#instances.get(id);
    if (watched === undefined || seq === watched.seq) return;
    watched.seq = seq;
    for (const listener of watched.listeners) this.#guarded(() => listener(seq));
  }

  /** A listener's bug is not the commit's. */
  #guarded(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#onTrouble(error as Error);
    }
  }

  async #look(): Promise<void> {
    if (this.#instances.size === 0) return;
    for (const [id, seq] of await this.#store.seqs([...this.#instances.keys()])) this.#tell(id, seq);
  }
}
