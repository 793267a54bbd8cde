/**
 * Lets long work on this thread go on in small portions between everything else, so that whoever comes meanwhile is held up for a fraction of a
 * millisecond: all such work together gets about a third of the thread's time.
 *
 * P1 a piece of work is finished before the next one begins: what is half done is held in memory, and the garbage collector holds everybody up
 *    for it. Work that sets memory free when it is done (`first`) goes before work that takes it;
 * P2 between two portions the event loop comes round;
 * P3 where it comes round late, because the thread is busy, portions are longer: the share stays.
 */
export class Portions {
  readonly #waiting: Work[] = [];
  #underway: Work | null = null;
  #givenAt = -Infinity;

  /** Does the work, which stops wherever it yields once its portion is used up. */
  run<Result>(order: Work['order'], steps: Generator<unknown, Result, undefined>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const portion = (until: number): boolean => {
        try {
          for (;;) {
            const step = steps.next();
            if (step.done === true) {
              resolve(step.value);
              return true;
            }
            if (performance.now() >= until) return false;
          }
        } catch (error) {
          reject(error as Error);
          return true;
        }
      };
      this.#waiting.push({ order, portion });
      if (this.#underway !== null) return;
      this.#begin();
      // What comes alone, and may be done within one portion, waits for nothing.
      if (performance.now() - this.#givenAt > pauseMs) this.#give(leastMs);
      else this.#plan();
    });
  }

  #begin(): void {
    const at = this.#waiting.findIndex(({ order }) => order === 'first');
    this.#underway = this.#waiting.splice(Math.max(0, at), 1)[0] ?? null;
  }

  #plan(): void {
    const plannedAt = performance.now();
    setTimeout(() => this.#give(Math.min(mostMs, Math.max(leastMs, (performance.now() - plannedAt) * share))), pauseMs);
  }

  #give(portionMs: number): void {
    this.#givenAt = performance.now();
    if (this.#underway?.portion(this.#givenAt + portionMs) === true) this.#begin();
    if (this.#underway !== null) this.#plan();
  }
}

interface Work {
  order: 'first' | 'last';
  /** Goes on until about this moment (of `performance.now()`); whether it has ended. */
  portion(until: number): boolean;
}

const pauseMs = 1;
const leastMs = 0.4;
const mostMs = 8;
const share = 0.3;
