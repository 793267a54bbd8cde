/**
 * The database's clock, read from this process: an offset measured at every lease renewal, never running backwards.
 * Good for stamping events; whether a timer is due is asked of the database itself.
 */
export class DatabaseClock {
  #offsetMs = 0;
  #last = 0;

  /** @param readAt local time in the middle of the measuring round trip */
  measured(databaseNow: number, readAt: number): void {
    this.#offsetMs = databaseNow - readAt;
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
