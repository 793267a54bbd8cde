/**
 * Where attempts are begun again that several workers, or a cell, did not survive: `width` at a time, so that when the next one dies it is known of
 * what, and nothing innocent that merely ran beside it is held for it. The next one enters when one before has ended, or has run for
 * `patienceMs` without harm. One that could not be begun goes to the back of the lane: nobody else would begin it. Who comes into an empty
 * lane waits for `pauseMs`: should it end this worker, too, then everything else that was taken over has come a little further.
 */

const retryAfterMs = 1_000;

export interface SuspectLaneOptions {
  width: number;
  patienceMs: number;
  pauseMs: number;
}

export class SuspectLane {
  readonly #options: SuspectLaneOptions;
  readonly #waiting: (() => Promise<unknown>)[] = [];
  #inside = 0;
  #isPausing = false;
  #isClosed = false;

  constructor(options: SuspectLaneOptions) {
    this.#options = options;
  }

  /** `run` begins the attempt and settles with its end, or rejects when it could not be begun. It is not called once the lane is closed. */
  enter(run: () => Promise<unknown>): void {
    if (this.#isClosed) return;
    const isFirst = this.#inside === 0 && this.#waiting.length === 0;
    this.#waiting.push(run);
    if (isFirst && this.#options.pauseMs > 0) {
      this.#isPausing = true;
      void until(this.#options.pauseMs).passed.then(() => {
        this.#isPausing = false;
        this.#fill();
      });
    } else this.#fill();
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
  }

  #fill(): void {
    while (!this.#isPausing && this.#inside < this.#options.width) {
      const run = this.#waiting.shift();
      if (run === undefined) return;
      void this.#pass(run);
    }
  }

  async #pass(run: () => Promise<unknown>): Promise<void> {
    this.#inside += 1;
    const patience = until(this.#options.patienceMs);
    await Promise.race([run().catch(() => void setTimeout(() => this.enter(run), retryAfterMs).unref()), patience.passed]);
    patience.cancel();
    this.#inside -= 1;
    this.#fill();
  }
}

function until(ms: number): { passed: Promise<void>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resume) => {
    timer = setTimeout(resume, ms);
    timer.unref();
  });
  return { passed, cancel: () => clearTimeout(timer) };
}
