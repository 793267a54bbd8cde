/**
 * Keeps the table of where running instances stand (instance_standing) close behind what this process commits, off the path of its commits:
 * what it sees change is written once it has rested for a moment. Instances that never rest, which is most of them, cost nothing.
 *
 * It may lose what it saw (a crash, an outage): the sweep of whoever leads (monitor-leader.ts) finds the rest.
 */
import { type Ask, keepStanding } from '@perdure/database/monitor';
import type { CommitItem } from '@perdure/runtime';

const everyMs = 500;
const restMs = 500;
/** Also of those that never rest, but live on. */
const atLatestMs = 3_000;
const atOnce = 2_000;
/** The share of time it may spend writing. */
const share = 0.1;

interface Seen {
  firstAt: number;
  at: number;
  /** It came into being since it was last written. */
  isNew: boolean;
}

export class StandingKeeper {
  readonly #seen = new Map<string, Seen>();
  readonly #onChanged: () => void;
  readonly #onTrouble: (error: Error) => void;
  #ask: Ask | null = null;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: { onChanged: () => void; onTrouble: (error: Error) => void }) {
    this.#onChanged = options.onChanged;
    this.#onTrouble = options.onTrouble;
  }

  /** For the runtime, from its start. */
  saw(items: readonly CommitItem[]): void {
    const now = performance.now();
    for (const { instanceId, row, create } of items) {
      if (instanceId.startsWith('@')) continue;
      const seen = this.#seen.get(instanceId);
      if (seen === undefined) {
        // Begun and ended in one commit.
        if (create === null || !row.final) this.#seen.set(instanceId, { firstAt: now, at: now, isNew: create !== null });
      } else if (row.final && seen.isNew) this.#seen.delete(instanceId);
      else seen.at = now;
    }
  }

  start(ask: Ask): void {
    this.#ask = ask;
    this.#later(everyMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#writing;
  }

  #later(afterMs: number): void {
    if (!this.#stopped) this.#timer = setTimeout(() => void (this.#writing = this.#write()), afterMs).unref();
  }

  async #write(): Promise<void> {
    const startedAt = performance.now();
    const due: [string, Seen][] = [];
    for (const entry of this.#seen) {
      const [, { firstAt, at }] = entry;
      if (startedAt - at < restMs && startedAt - firstAt < atLatestMs) continue;
      due.push(entry);
      if (due.length === atOnce) break;
    }
    for (const [id] of due) this.#seen.delete(id);
    try {
      if (
        this.#ask !== null &&
        (await keepStanding(
          this.#ask,
          due.map(([id]) => id),
        )) > 0
      )
        this.#onChanged();
    } catch (error) {
      // What changed meanwhile is newer.
      for (const [id, seen] of due) if (!this.#seen.has(id)) this.#seen.set(id, seen);
      this.#onTrouble(error as Error);
    }
    this.#later(Math.max(everyMs, (performance.now() - startedAt) / share));
  }
}
