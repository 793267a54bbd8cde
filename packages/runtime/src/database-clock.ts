/**
 * The database's clock, read from this process: an offset measured at every lease renewal, never running backwards.
 * Good for stamping events; whether a timer is due is asked of the database itself.
 *
 * A measurement is worth its round trip. One that took long (a process that stood still, a slow network) may be wrong by half of that, and a
 * timer planned by it would be asked for seconds late: a better one from a moment ago is kept instead.
 */

/** Round trips up to this are always good enough. */
const goodRoundTripMs = 100;
/** After this any measurement is better than the old one: clocks drift, and are set. */
const staleMs = 30_000;

export class DatabaseClock {
  #offsetMs = 0;
  #roundTripMs = Infinity;
  #measuredAt = -Infinity;
  #last = 0;

  /** @param askedAt local time before the measuring round trip @param answeredAt and after it */
  measured(databaseNow: number, askedAt: number, answeredAt: number): void {
    const roundTripMs = answeredAt - askedAt;
    const now = performance.now();
    if (roundTripMs > goodRoundTripMs && roundTripMs > this.#roundTripMs && now - this.#measuredAt < staleMs) return;
    this.#roundTripMs = roundTripMs;
    this.#measuredAt = now;
    this.#offsetMs = databaseNow - (askedAt + answeredAt) / 2;
  }

  /** The database has said that this moment is past: what follows from that is not stamped earlier. */
  passed(moment: number): void {
    this.#last = Math.max(this.#last, Math.ceil(moment));
  }

  now(): number {
    const now = Math.floor(Date.now() + this.#offsetMs);
    this.#last = Math.max(this.#last, now);
    return this.#last;
  }
}
