/**
 * Tells a process that owns nothing when it may work on the database no longer (writer-format.ts, F1): it renews no leases, so nothing else would,
 * and it would go on storing messages that the newer workers may read otherwise than they are meant.
 */
import type { LeaseStore } from './ports/durable-store.ts';
import { Superseded } from './superseded.ts';

const lookEveryMs = 1_000;

export class StandingWatch {
  readonly #leases: Pick<LeaseStore, 'check'>;
  readonly #onSuperseded: (reason: string) => void;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(leases: Pick<LeaseStore, 'check'>, onSuperseded: (reason: string) => void) {
    this.#leases = leases;
    this.#onSuperseded = onSuperseded;
  }

  /** Rejects when the process has no standing from the beginning. */
  async start(): Promise<void> {
    // The first look remembers which incarnation of the database it is.
    await this.#leases.check();
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => this.#schedule());
    }, lookEveryMs);
  }

  async #look(): Promise<void> {
    try {
      await this.#leases.check();
    } catch (error) {
      // A database that does not answer says nothing of anybody's standing.
      if (!(error instanceof Superseded)) return;
      this.#stopped = true;
      this.#onSuperseded(error.message);
    }
  }
}
