/**
 * Group commit. Items queue; each free lane takes what is queued (at most `batchLimit`) and stores it as one commit, no timer involved.
 *
 * C1 an item's promise settles only after Postgres has answered for it;
 * C2 a commit whose answer was lost is never repeated blindly: the store is asked which of the items it has, and only the others are stored;
 * C3 an item that Postgres refuses for its own content fails alone: the batch is halved until it stands by itself;
 * C4 a batch holds an instance once: after a partition was lost and won back, an item of the old epoch may wait beside one of the new.
 */
import type { CommitItem, CommitVerdict, DurableStore } from './ports/durable-store.ts';
import { isRefusedContent } from './refused-content.ts';

export type ItemOutcome = CommitVerdict | { refused: Error };

export interface CommitLanesOptions {
  lanes?: number;
  batchLimit?: number;
  /** Called after a commit, before its items' promises settle, with the items stored by it. */
  onStored(items: readonly CommitItem[]): void;
  /** Postgres has answered a commit of so many items, after so many seconds. */
  onAnswered?: ((items: number, seconds: number) => void) | undefined;
  /** Postgres could not be reached; called once per failed try. */
  onTrouble(error: Error): void;
}

export class CommitLanes {
  readonly #store: Pick<DurableStore, 'commit' | 'stored'>;
  readonly #options: CommitLanesOptions;
  readonly #batchLimit: number;
  readonly #queue: Entry[] = [];
  #freeLanes: number;
  #closed = false;
  readonly counters = { commits: 0, items: 0, events: 0, retries: 0 };

  constructor(store: Pick<DurableStore, 'commit' | 'stored'>, options: CommitLanesOptions) {
    this.#store = store;
    this.#options = options;
    this.#freeLanes = options.lanes ?? 2;
    this.#batchLimit = options.batchLimit ?? 200;
  }

  get queued(): number {
    return this.#queue.length;
  }

  submit(item: CommitItem): Promise<ItemOutcome> {
    return new Promise((settle) => {
      this.#queue.push({ item, settle });
      this.#fill();
    });
  }

  /** Stops trying: what is queued or being retried is answered as lost. */
  close(): void {
    this.#closed = true;
    for (const entry of this.#queue.splice(0)) entry.settle('lost-partition');
  }

  #fill(): void {
    while (this.#freeLanes > 0 && this.#queue.length > 0) {
      this.#freeLanes -= 1;
      // A microtask later: what the same tick submits travels in the same commit.
      queueMicrotask(() => {
        const batch = this.#nextBatch();
        void this.#storeBatch(batch).finally(() => {
          this.#freeLanes += 1;
          this.#fill();
        });
      });
    }
  }

  /** C4 */
  #nextBatch(): Entry[] {
    const seen = new Set<string>();
    const later: Entry[] = [];
    const batch = this.#queue.splice(0, this.#batchLimit).filter((entry) => {
      const { instanceId } = entry.item;
      if (seen.has(instanceId)) later.push(entry);
      else seen.add(instanceId);
      return later.at(-1) !== entry;
    });
    if (later.length > 0) this.#queue.unshift(...later);
    return batch;
  }

  async #storeBatch(batch: Entry[]): Promise<void> {
    let left = batch;
    for (let attempt = 0; left.length > 0; attempt += 1) {
      if (this.#closed) {
        for (const entry of left) entry.settle('lost-partition');
        return;
      }
      try {
        if (attempt > 0) left = await this.#withoutStored(left);
        const sentAt = performance.now();
        const verdicts = await this.#store.commit(left.map(({ item }) => item));
        this.#options.onAnswered?.(left.length, (performance.now() - sentAt) / 1_000);
        const answered = left.map((entry, i) => ({ entry, verdict: verdicts[i] ?? 'conflict' }));
        // After a lost answer the other commit may be our own, finished by Postgres while this one waited for its row locks: ask again.
        const doubtful = attempt > 0 ? answered.filter(({ verdict }) => isBecauseOfAnother(verdict)) : [];
        this.#settle(answered.filter((one) => !doubtful.includes(one)));
        const isNot = new Set(await this.#withoutStored(doubtful.map(({ entry }) => entry)));
        this.#settle(doubtful.filter(({ entry }) => isNot.has(entry)));
        return;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (isRefusedContent(error)) return this.#isolate(left, error);
        this.counters.retries += 1;
        this.#options.onTrouble(error);
        await new Promise((resume) => setTimeout(resume, Math.min(50 * 2 ** attempt, 1_000)));
      }
    }
  }

  async #isolate(batch: Entry[], error: Error): Promise<void> {
    if (batch.length === 1) {
      batch[0]?.settle({ refused: error });
      return;
    }
    const half = batch.length >> 1;
    await this.#storeBatch(batch.slice(0, half));
    await this.#storeBatch(batch.slice(half));
  }

  /** C2: settles what a lost commit did store; gives back the rest. */
  async #withoutStored(batch: Entry[]): Promise<Entry[]> {
    if (batch.length === 0) return batch;
    const stored = await this.#store.stored(batch.map(({ item }) => item));
    const isStored = ({ item }: Entry): boolean => stored.has(item);
    this.#settle(batch.filter(isStored).map((entry) => ({ entry, verdict: 'stored' })));
    return batch.filter((entry) => !isStored(entry));
  }

  #settle(answered: readonly { entry: Entry; verdict: CommitVerdict }[]): void {
    const stored = answered.filter(({ verdict }) => verdict === 'stored').map(({ entry }) => entry.item);
    if (stored.length > 0) {
      this.counters.commits += 1;
      this.counters.items += stored.length;
      for (const item of stored) this.counters.events += item.events.length;
      try {
        this.#options.onStored(stored);
      } catch (error) {
        // It is stored, whatever the listener made of it.
        this.#options.onTrouble(error as Error);
      }
    }
    for (const { entry, verdict } of answered) entry.settle(verdict);
  }
}

/** Another commit came first. */
function isBecauseOfAnother(verdict: CommitVerdict): boolean {
  return verdict === 'conflict' || verdict === 'message-gone';
}

interface Entry {
  item: CommitItem;
  settle(outcome: ItemOutcome): void;
}
