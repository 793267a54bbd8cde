/**
 * Where attempts are begun again that several workers did not survive: one after the other, so that when the next worker dies, it is known of
 * what, and nothing innocent that merely ran beside it is held for it. The next one enters when the one before has an outcome, or has run
 * for `patienceMs` without harm. One that could not be begun goes to the back of the lane: nobody else would begin it. Who comes into an empty
 * lane waits for `pauseMs`: should it end this worker, too, then everything else that was taken over has come a little further.
 */

const retryAfterMs = 1_000;

export class SuspectLane {
  readonly #patienceMs: number;
  readonly #pauseMs: number;
  #last: Promise<void> = Promise.resolve();
  #inside = 0;
  #closed = false;

  constructor(patienceMs: number, pauseMs: number) {
    this.#patienceMs = patienceMs;
    this.#pauseMs = pauseMs;
  }

  /** `run` begins the attempt and settles with its outcome, or rejects when it could not be begun. It is not called once the lane is closed. */
  enter(run: () => Promise<unknown>): void {
    const isFirst = this.#inside === 0;
    this.#inside += 1;
    this.#last = this.#last.then(async () => {
      if (isFirst && !this.#closed) await until(this.#pauseMs).passed;
      if (!this.#closed) {
        const patience = until(this.#patienceMs);
        await Promise.race([run().catch(() => void setTimeout(() => this.enter(run), retryAfterMs).unref()), patience.passed]);
        patience.cancel();
      }
      this.#inside -= 1;
    });
  }

  close(): void {
    this.#closed = true;
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
