/**
 * Lets long work on this thread go on in small portions between everything else, so that whoever comes meanwhile is held up for a fraction of a
 * millisecond: all such work together gets about a quarter of the thread's time.
 *
 * P1 portions are given one at a time, in the order asked for: two pieces of work take turns;
 * P2 between two portions the event loop comes round;
 * P3 where it comes round late, because the thread is busy, portions are longer: the share stays.
 */
export class Portions {
  readonly #waiting: ((until: number) => void)[] = [];
  #isPlanned = false;
  #givenAt = -Infinity;

  /** Resolves when the caller may go on, with the moment (of `performance.now()`) at which it asks again. */
  next(): Promise<number> {
    return new Promise((resume) => {
      this.#waiting.push(resume);
      // What comes alone, and may be done within one portion, waits for nothing.
      if (!this.#isPlanned && performance.now() - this.#givenAt > pauseMs) this.#give(leastMs);
      else this.#plan();
    });
  }

  #plan(): void {
    if (this.#isPlanned || this.#waiting.length === 0) return;
    this.#isPlanned = true;
    const plannedAt = performance.now();
    setTimeout(() => {
      this.#isPlanned = false;
      this.#give(Math.min(mostMs, Math.max(leastMs, (performance.now() - plannedAt) * share)));
    }, pauseMs);
  }

  #give(portionMs: number): void {
    this.#givenAt = performance.now();
    this.#waiting.shift()?.(this.#givenAt + portionMs);
    this.#plan();
  }
}

const pauseMs = 1;
const leastMs = 0.4;
const mostMs = 4;
const share = 0.3;
