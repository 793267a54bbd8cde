/** Clears away what nobody will ask for any more. Every worker does it now and then; that several do is harmless. */
import type { DurableStore } from './ports/durable-store.ts';

const everyMs = 10 * 60_000;

export class Housekeeping {
  readonly #store: Pick<DurableStore, 'deleteOldRefusals' | 'sweepClaims'>;
  readonly #onTrouble: (error: Error) => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(store: Pick<DurableStore, 'deleteOldRefusals' | 'sweepClaims'>, onTrouble: (error: Error) => void) {
    this.#store = store;
    this.#onTrouble = onTrouble;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#sweep(), everyMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  async #sweep(): Promise<void> {
    for (const chore of [() => this.#store.deleteOldRefusals(), () => this.#store.sweepClaims()]) await chore().catch(this.#onTrouble);
  }
}
