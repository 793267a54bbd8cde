/**
 * Fires timers that are due. All timers are rows in Postgres; near ones are also known here as moments only, so that the right time to ask is known.
 * Whether one is due is always Postgres' answer (T1: never early by the database clock). A timer handed out stays marked until its turn has been
 * committed, so that a slow commit does not fire it twice; the engine would refuse the second as stale anyway.
 */
import type { DatabaseClock } from './database-clock.ts';
import type { DueTimer, DurableStore, TimerCursor } from './ports/durable-store.ts';

const horizonMs = 30_000;
const surveyEveryMs = 10_000;
const pageSize = 1_000;
/** How long after a moment the database is asked: absorbs the error of the measured clock. */
const slackMs = 2;
const nearLimit = 50_000;
const missLimit = 3;
const missRetryMs = 20;

export interface TimerServiceOptions {
  partitions(): number[];
  /** Resolves once the timer's turn is committed or given up. */
  fire(timer: DueTimer): Promise<void>;
  onTrouble(error: Error): void;
}

export class TimerService {
  readonly #store: Pick<DurableStore, 'dueTimers' | 'nearTimers'>;
  readonly #clock: DatabaseClock;
  readonly #options: TimerServiceOptions;
  readonly #moments = new MinHeap();
  readonly #firing = new Set<string>();
  /** Moments set while a survey reads: its answer may not know them. */
  #setMeanwhile: number[] | null = null;
  #wake: NodeJS.Timeout | null = null;
  #wakeAt = Infinity;
  #survey: NodeJS.Timeout | null = null;
  #sweeping = false;
  #sweepAgain = false;
  #stopped = false;
  #misses = 0;

  constructor(store: Pick<DurableStore, 'dueTimers' | 'nearTimers'>, clock: DatabaseClock, options: TimerServiceOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#options = options;
  }

  start(): void {
    this.#survey = setInterval(() => void this.survey(), surveyEveryMs);
    void this.survey();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#survey !== null) clearInterval(this.#survey);
    if (this.#wake !== null) clearTimeout(this.#wake);
  }

  /** A timer row was committed. */
  set(fireAt: number): void {
    if (fireAt > this.#clock.now() + horizonMs) return;
    this.#moments.push(fireAt);
    this.#setMeanwhile?.push(fireAt);
    this.#schedule();
  }

  /** Reads near moments anew and sweeps: after a takeover, and every few seconds. */
  async survey(): Promise<void> {
    const partitions = this.#options.partitions();
    if (partitions.length === 0 || this.#stopped) return;
    const setMeanwhile: number[] = [];
    this.#setMeanwhile = setMeanwhile;
    try {
      this.#moments.replace(await this.#store.nearTimers(partitions, horizonMs, nearLimit));
      for (const fireAt of setMeanwhile) this.#moments.push(fireAt);
      this.#schedule();
    } catch (error) {
      this.#options.onTrouble(error as Error);
    } finally {
      if (this.#setMeanwhile === setMeanwhile) this.#setMeanwhile = null;
    }
  }

  #schedule(): void {
    const next = this.#moments.peek();
    if (next === undefined || this.#stopped) return;
    if (this.#wake !== null && this.#wakeAt <= next) return;
    if (this.#wake !== null) clearTimeout(this.#wake);
    this.#wakeAt = next;
    this.#wake = setTimeout(
      () => {
        this.#wake = null;
        this.#wakeAt = Infinity;
        void this.#sweep();
      },
      Math.max(0, next - this.#clock.now() + slackMs),
    );
  }

  async #sweep(): Promise<void> {
    if (this.#sweeping) {
      this.#sweepAgain = true;
      return;
    }
    this.#sweeping = true;
    const until = this.#clock.now();
    try {
      const due = await this.#fireDue();
      const passed = this.#moments.dropThrough(until - slackMs);
      // Fewer due than planned: timers were cleared meanwhile, or the measured clock runs ahead. A few closer looks settle which.
      this.#misses = due < passed ? this.#misses + 1 : 0;
      if (this.#misses > 0 && this.#misses <= missLimit) this.#moments.push(until + missRetryMs);
      else this.#misses = 0;
    } catch (error) {
      this.#options.onTrouble(error as Error);
      setTimeout(() => void this.survey(), 1_000).unref();
    } finally {
      this.#sweeping = false;
    }
    if (this.#sweepAgain) {
      this.#sweepAgain = false;
      await this.#sweep();
    } else this.#schedule();
  }

  /** How many were due. */
  async #fireDue(): Promise<number> {
    let cursor: TimerCursor | null = null;
    let count = 0;
    for (;;) {
      const partitions = this.#options.partitions();
      if (partitions.length === 0 || this.#stopped) return count;
      const due: DueTimer[] = await this.#store.dueTimers(partitions, cursor, pageSize);
      const page = due
        .filter((timer) => !this.#firing.has(timerKey(timer)))
        .map(async (timer) => {
          const key = timerKey(timer);
          this.#firing.add(key);
          await this.#options.fire(timer).finally(() => this.#firing.delete(key));
        });
      // One page in flight at a time bounds the memory that a burst of due timers can take.
      await Promise.all(page);
      count += due.length;
      if (due.length < pageSize) return count;
      cursor = due.at(-1) ?? null;
    }
  }
}

function timerKey(timer: DueTimer): string {
  return `${timer.instanceId}\n${timer.timer}`;
}

/** Binary heap of moments. */
class MinHeap {
  #items: number[] = [];

  peek(): number | undefined {
    return this.#items[0];
  }

  push(value: number): void {
    const items = this.#items;
    let at = items.push(value) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent] as number;
      if (above <= value) break;
      items[at] = above;
      at = parent;
    }
    items[at] = value;
  }

  /** @param sorted ascending, which is a heap already */
  replace(sorted: number[]): void {
    this.#items = sorted;
  }

  /** How many were dropped. */
  dropThrough(moment: number): number {
    const before = this.#items.length;
    for (let first = this.#items[0]; first !== undefined && first <= moment; first = this.#items[0]) this.#pop();
    return before - this.#items.length;
  }

  #pop(): void {
    const items = this.#items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && (items[child + 1] as number) < (items[child] as number)) child += 1;
      if ((items[child] as number) >= last) break;
      items[at] = items[child] as number;
      at = child;
    }
    items[at] = last;
  }
}
