/**
 * How long a main thread has not moved though it had a processor, or did not want one: on a machine with more work than processors, one that has
 * nothing wrong with it may not come to answer for long. What it waited counts a tenth, so that there is an end to it.
 */
import { readFileSync } from 'node:fs';

export class Stillness {
  /** What counts of a round at least. */
  static readonly #least = 0.1;
  readonly #pid: number;
  readonly #roundMs: number;
  #waitedMs: number;
  #rounds = 0;

  constructor(pid: number, roundMs: number) {
    this.#pid = pid;
    this.#roundMs = roundMs;
    this.#waitedMs = waitedForProcessorMs(pid);
  }

  /** One more has passed. Gives those that count. */
  round(): number {
    const waitedMs = waitedForProcessorMs(this.#pid);
    const ownShare = 1 - (waitedMs - this.#waitedMs) / this.#roundMs;
    this.#waitedMs = waitedMs;
    this.#rounds += Math.min(1, Math.max(Stillness.#least, ownShare));
    return this.#rounds;
  }
}

/** How long the main thread could have run and there was no processor for it, since it began, where the system tells (Linux). */
function waitedForProcessorMs(pid: number): number {
  try {
    const [, nanoseconds] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1e6;
  } catch {
    return 0;
  }
}
