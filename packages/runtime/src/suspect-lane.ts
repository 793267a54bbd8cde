/**
 * Where attempts are begun again that several workers did not survive: one after the other, so that when the next worker dies, it is known of
 * what, and nothing innocent that merely ran beside it is held for it. The next one enters when the one before has an outcome, or has run
 * for `patienceMs` without harm. One that could not be begun goes to the back of the lane: nobody else would begin it.
 */

const retryAfterMs = 1_000;

export class SuspectLane {
  readonly #patienceMs: number;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** `run` begins the attempt and settles with its outcome, or rejects when it could not be begun. It is not called once the lane is closed. */
  enter(run: () => Promise<unknown>): void {
    this.#last = this.#last.then(async () => {
      if (this.#closed) return;
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise((resume) => {
        timer = setTimeout(resume, this.#patienceMs);
        timer.unref();
      });
      await Promise.race([run().catch(() => void setTimeout(() => this.enter(run), retryAfterMs).unref()), patience]);
      clearTimeout(timer);
    });
  }

  close(): void {
    this.#closed = true;
  }
}
