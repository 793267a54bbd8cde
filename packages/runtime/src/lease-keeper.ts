/**
 * Keeps this worker's share of the partitions: renews leases every second, claims what is free or run out (the moment it runs out), gives back
 * what is above its share.
 *
 * P1 a partition is served only between `onClaimed` and `onLost`, and only while `holds`;
 * P2 when nothing was renewed for a whole lease, everything is given up at once, also when it was this process that stood still;
 * P3 fairness only ever moves partitions by the owner releasing them, never by taking one with a running lease (except `force`, at the start of
 *    the embedded installation, whose data-directory lock proves that no other process lives).
 */
import type { TakenPartition } from './ownership.ts';
import type { LeaseStore } from './ports/durable-store.ts';
import { Superseded } from './superseded.ts';
import type { DatabaseClock } from './database-clock.ts';

/** Behind the moment at which a lease runs out, so that the database finds it run out. */
const lapseSlackMs = 5;
const shortestPauseMs = 20;

/** The process, its machine or the database stood still for as long as a lease runs. */
class LeasesRanOut extends Error {
  override readonly name = 'LeasesRanOut';
}

export interface LeaseKeeperOptions {
  workerId: string;
  host: string;
  pid: number;
  leaseMs: number;
  renewEveryMs: number;
  /** Take all partitions at the first round, whoever owns them. */
  force: boolean;
  onClaimed(partitions: readonly TakenPartition[]): void;
  onLost(partitions: readonly number[]): void;
  /** Must finish (or give up) the partitions' work; they are released after it. */
  drain(partitions: readonly number[]): Promise<void>;
  onTrouble(error: Error): void;
  /** This process may not work here any more; everything was given up. */
  onSuperseded(reason: string): void;
}

export class LeaseKeeper {
  readonly #leases: LeaseStore;
  readonly #clock: DatabaseClock;
  readonly #options: LeaseKeeperOptions;
  readonly #owned = new Map<number, number>();
  readonly #draining = new Set<number>();
  /** By P2, with the epoch it had: back under the next one, it was in nobody else's hands. */
  readonly #givenUp = new Map<number, number>();
  #timer: NodeJS.Timeout | null = null;
  #renewedAt = performance.now();
  #force: boolean;
  #stopped = false;
  #round: Promise<void> = Promise.resolve();

  constructor(leases: LeaseStore, clock: DatabaseClock, options: LeaseKeeperOptions) {
    this.#leases = leases;
    this.#clock = clock;
    this.#options = options;
    this.#force = options.force;
  }

  get owned(): number[] {
    return [...this.#owned.keys()];
  }

  /**
   * Whether the leases can still be this worker's, by a clock that also runs while the process is frozen: one that wakes up after its lease must
   * start nothing before it has asked.
   */
  get holds(): boolean {
    return performance.now() - this.#renewedAt <= this.#options.leaseMs;
  }

  /** Runs the first round, then one every `renewEveryMs` or sooner. Rejects when the first round fails. */
  async start(): Promise<void> {
    this.#schedule(await this.#keep());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#round;
    const owned = this.owned;
    await this.#options.drain(owned);
    this.#owned.clear();
    this.#options.onLost(owned);
    await this.#leases.release(this.#options.workerId, owned);
    await this.#leases.deleteWorker(this.#options.workerId);
  }

  /** A round now, after the one that is underway. Whether the leases were renewed by it. */
  async keepNow(): Promise<boolean> {
    await this.#round;
    if (this.#stopped) return false;
    const askedAt = performance.now();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#begin();
    await this.#round;
    return this.#renewedAt >= askedAt;
  }

  #schedule(pauseMs: number): void {
    if (!this.#stopped) this.#timer = setTimeout(() => this.#begin(), pauseMs);
  }

  #begin(): void {
    this.#round = this.#keep()
      .catch((error: Error) => {
        this.#failed(error);
        return this.#options.renewEveryMs;
      })
      .then((nextPauseMs) => this.#schedule(nextPauseMs));
  }

  #failed(error: Error): void {
    if (error instanceof Superseded) {
      this.#stopped = true;
      this.#giveUpAll();
      this.#options.onSuperseded(error.message);
      return;
    }
    this.#options.onTrouble(error);
    // P2
    if (!this.holds) this.#runOut();
  }

  /** One round; gives the pause before the next. */
  async #keep(): Promise<number> {
    const { workerId, leaseMs, renewEveryMs, host, pid } = this.#options;
    const startedAt = performance.now();
    const renewed = new Map((await this.#leases.renew(workerId, leaseMs)).map(({ id, epoch }) => [id, epoch]));
    // P2. Whoever asked `holds` until now was told no and left things undone: claiming the partitions anew finds them again.
    if (!this.holds) this.#runOut();
    this.#renewedAt = startedAt;
    // P3: nobody else lives, so nobody else's heartbeat may count. Left standing, it would be given a share.
    if (this.#force) await this.#leases.deleteOtherWorkers(workerId);
    const lost = this.owned.filter((id) => renewed.get(id) !== this.#owned.get(id));
    for (const id of lost) this.#owned.delete(id);
    if (lost.length > 0) this.#options.onLost(lost);

    const before = Date.now();
    const survey = await this.#leases.survey(workerId, host, pid);
    this.#clock.measured(survey.now, before, Date.now());
    if (this.#stopped) return renewEveryMs;
    const { partitions } = survey;
    // Whoever let a lease run out does not take its share, however fresh its heartbeat looks.
    const lapsed = new Set(partitions.flatMap(({ owner, leaseLeftMs }) => (leaseLeftMs < 0 && owner !== workerId ? [owner] : [])));
    const liveWorkers = survey.liveWorkers.filter((worker) => !lapsed.has(worker));
    const share = Math.ceil(partitions.length / Math.max(1, liveWorkers.length));
    const unserved = partitions.filter(({ id }) => !this.#owned.has(id));
    // Given up by P2 but never taken by anybody: a new epoch fences off whatever is still in flight under the old one.
    const mine = unserved.filter(({ owner, leaseLeftMs }) => owner === workerId && leaseLeftMs >= 0).map(({ id }) => id);
    const free = unserved.filter(({ owner, leaseLeftMs }) => this.#force || owner === null || leaseLeftMs < 0).map(({ id }) => id);
    const wanted = this.#force ? free : free.slice(0, Math.max(0, share - this.#owned.size - mine.length));
    await this.#claim(mine, true);
    const claimed = await this.#claim(wanted, this.#force);
    this.#force = false;
    this.#balance(share, liveWorkers, partitions);
    // Others who claimed at the same moment were faster: there may be more for us.
    if (claimed < wanted.length) return Math.min(shortestPauseMs, renewEveryMs);
    const soonest = Math.min(...unserved.flatMap(({ leaseLeftMs }) => (leaseLeftMs < 0 ? [] : [leaseLeftMs + lapseSlackMs])), renewEveryMs);
    return Math.max(soonest, Math.min(shortestPauseMs, renewEveryMs));
  }

  /** How many it got. */
  async #claim(partitions: readonly number[], force: boolean): Promise<number> {
    if (partitions.length === 0) return 0;
    const claimed = await this.#leases.claim(this.#options.workerId, partitions, this.#options.leaseMs, force);
    for (const { id, epoch } of claimed) this.#owned.set(id, epoch);
    if (claimed.length === 0) return 0;
    this.#options.onClaimed(claimed.map((one) => ({ ...one, regained: this.#givenUp.get(one.id) === one.epoch - 1 })));
    for (const { id } of claimed) this.#givenUp.delete(id);
    return claimed.length;
  }

  /** Releases what is above the share while another live worker has less than its own. */
  #balance(share: number, liveWorkers: readonly string[], partitions: readonly { owner: string | null }[]): void {
    const surplus = this.#owned.size - this.#draining.size - share;
    if (surplus <= 0) return;
    const poorer = liveWorkers.some(
      (worker) => worker !== this.#options.workerId && partitions.filter(({ owner }) => owner === worker).length < share,
    );
    if (!poorer) return;
    const leaving = this.owned.filter((id) => !this.#draining.has(id)).slice(-surplus);
    for (const id of leaving) this.#draining.add(id);
    void this.#options
      .drain(leaving)
      .then(() => this.#release(leaving))
      .catch(this.#options.onTrouble)
      .finally(() => {
        for (const id of leaving) this.#draining.delete(id);
      });
  }

  async #release(leaving: readonly number[]): Promise<void> {
    const still = leaving.filter((id) => this.#owned.delete(id));
    this.#options.onLost(still);
    await this.#leases.release(this.#options.workerId, still);
  }

  /** P2. What was executing is executed again by the next owner, also when that is this process: people should know of a machine that is too slow. */
  #runOut(): void {
    const given = this.#owned.size;
    this.#giveUpAll();
    if (given > 0)
      this.#options.onTrouble(
        new LeasesRanOut(`Nothing was renewed for the ${this.#options.leaseMs} ms of a lease; its ${given} partitions were given up.`),
      );
  }

  #giveUpAll(): void {
    const owned = this.owned;
    for (const [id, epoch] of this.#owned) this.#givenUp.set(id, epoch);
    this.#owned.clear();
    if (owned.length > 0) this.#options.onLost(owned);
  }
}
