/**
 * Clears away what nobody will ask for any more. Every worker does it now and then; that several do is harmless.
 *
 * H1 payloads are swept only after an hour in which the database could be reached at every round: what was kept before an outage, or while this
 *    process stood still, has been referred to by then or never will be.
 */
import type { DurableStore } from './ports/durable-store.ts';

const everyMs = 10 * 60_000;
/** H1 */
const calmRounds = 6;
/** From keeping a payload to the commit that refers to it pass moments. */
const unkeptForMs = 24 * 3_600_000;
const payloadsAtOnce = 200;
const payloadsPerRound = 4_000;

export class Housekeeping {
  readonly #store: Pick<DurableStore, 'deleteOldRefusals' | 'sweepClaims' | 'sweepPayloads'>;
  readonly #onTrouble: (error: Error) => void;
  #timer: NodeJS.Timeout | null = null;
  #calm = 0;
  #roundAt = Date.now();
  /** The payloads are gone through by and by, then from the beginning. */
  #sweptThrough: string | null = null;

  constructor(store: Pick<DurableStore, 'deleteOldRefusals' | 'sweepClaims' | 'sweepPayloads'>, onTrouble: (error: Error) => void) {
    this.#store = store;
    this.#onTrouble = onTrouble;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#round(), everyMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  async #round(): Promise<void> {
    const sinceLastMs = Date.now() - this.#roundAt;
    this.#roundAt = Date.now();
    const isOnTime = sinceLastMs < 2 * everyMs;
    let isCalm = true;
    for (const chore of [() => this.#store.deleteOldRefusals(), () => this.#store.sweepClaims()])
      await chore().catch((error: Error) => {
        isCalm = false;
        this.#onTrouble(error);
      });
    this.#calm = isCalm && isOnTime ? this.#calm + 1 : 0;
    if (this.#calm >= calmRounds) await this.#sweepPayloads().catch(this.#onTrouble);
  }

  async #sweepPayloads(): Promise<void> {
    for (let looked = 0; looked < payloadsPerRound; looked += payloadsAtOnce) {
      this.#sweptThrough = await this.#store.sweepPayloads(this.#sweptThrough, payloadsAtOnce, unkeptForMs);
      if (this.#sweptThrough === null) return;
    }
  }
}
