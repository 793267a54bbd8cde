/**
 * Brings the read models up to date: counts by minute, failures and incidents, what nothing will wake, and whatever the processes that saw it
 * did not get to write. One process of the installation does it at a time; another takes over when it is gone.
 *
 * M1 It reads what is stored and writes read models, nothing else: stopping it makes screens old, and harms nothing.
 * M2 Every step is a portion, and may be done twice.
 * M3 It takes a tenth of the time of one connection at most, half of it while it catches up.
 */
import {
  countAgain,
  countOpen,
  countStats,
  firstSweep,
  forgetFailures,
  forgetStats,
  incidentsOf,
  type Lead,
  learnFailures,
  lookForStuck,
  type MonitorDatabase,
  type StandingSweep,
  sweepStanding,
} from '@perdure/database/monitor';

const everyMs = 1_000;
const followEveryMs = 5_000;
/** M3 */
const share = 0.1;
const catchUpShare = 0.5;
const portion = 1_000;
/** Failures are looked for this far back: a commit may be late. */
const lateMs = 10 * 60_000;
const sweepEveryMs = 60_000;
const stuckEveryMs = 30_000;
const openEveryMs = 30_000;
const againEveryMs = 10 * 60_000;
const forgetEveryMs = 60 * 60_000;
const countedAtOnceMs = 6 * 60 * 60_000;
/** An event nobody raised for this long is worth a look. */
const waitsLongMs = 14 * 86_400_000;

export interface LeaderOptions {
  database: MonitorDatabase;
  partitions: number;
  /** Something of the read models has changed. */
  onChanged: () => void;
  onTrouble: (error: Error) => void;
}

export class MonitorLeader {
  readonly #options: LeaderOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;
  #lead: { session: Lead; duties: Duties } | null = null;
  /** Instances that were failed and run again, or are gone. */
  readonly #mended = new Set<string>();

  constructor(options: LeaderOptions) {
    this.#options = options;
    this.#later(0);
  }

  /** Instances that may not be failed any more. Their incidents are looked at in the next round, if this process leads; else by and by. */
  mended(instanceIds: Iterable<string>): void {
    for (const id of instanceIds) if (this.#mended.size < 10_000) this.#mended.add(id);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
    await this.#lead?.session.release();
  }

  #later(afterMs: number): void {
    if (!this.#stopped) this.#timer = setTimeout(() => void (this.#round = this.#doRound()), afterMs).unref();
  }

  async #doRound(): Promise<void> {
    const startedAt = performance.now();
    let nextMs = followEveryMs;
    try {
      if (this.#lead === null) {
        const session = await this.#options.database.lead();
        this.#lead = session === null ? null : { session, duties: new Duties(session, this.#options.partitions) };
      }
      if (this.#lead !== null) {
        const mended = [...this.#mended];
        this.#mended.clear();
        const { changed, isBehind } = await this.#lead.duties.round(mended);
        if (changed) this.#options.onChanged();
        const tookMs = performance.now() - startedAt;
        nextMs = isBehind ? tookMs / catchUpShare - tookMs : Math.max(everyMs, tookMs / share);
      }
    } catch (error) {
      await this.#lead?.session.release();
      this.#lead = null;
      if (!this.#stopped) this.#options.onTrouble(error as Error);
    }
    this.#later(nextMs);
  }
}

/** What a leader does, from the moment it leads. */
class Duties {
  readonly #session: Lead;
  readonly #partitions: number;
  readonly #doneAt = new Map<string, number>();
  #failuresFrom = new Date(0);
  #sweep: StandingSweep | null = firstSweep;
  #stuckAfter: string | null = '';

  constructor(session: Lead, partitions: number) {
    this.#session = session;
    this.#partitions = partitions;
    for (const duty of ['again', 'forget', 'sweep', 'stuck']) this.#doneAt.set(duty, performance.now());
  }

  async round(mended: readonly string[]): Promise<{ changed: boolean; isBehind: boolean }> {
    const { ask } = this.#session;
    if (this.#isDue('again', againEveryMs)) await countAgain(ask, 10);
    const stats = await countStats(ask, { mostMs: countedAtOnceMs });
    const failures = await learnFailures(ask, { from: this.#failuresFrom, to: new Date(Date.now() + lateMs), limit: portion });
    if (!failures.more) this.#failuresFrom = new Date(Date.now() - lateMs);
    if (this.#sweep === null && this.#isDue('sweep', sweepEveryMs)) this.#sweep = firstSweep;
    const swept = await this.#sweepOn();
    if (this.#stuckAfter === null && this.#isDue('stuck', stuckEveryMs)) this.#stuckAfter = '';
    const stuck = await this.#lookOn();
    const opened = await countOpen(ask, this.#isDue('open', openEveryMs) ? null : await incidentsOf(ask, mended));
    if (this.#isDue('forget', forgetEveryMs)) {
      await forgetStats(ask);
      await forgetFailures(ask, 10 * portion);
    }
    const changed = failures.known > 0 || swept > 0 || stuck || opened.length > 0 || !stats.isNow;
    return { changed, isBehind: !stats.isNow || failures.more || this.#sweep !== null };
  }

  /** Some portions of the sweep: most partitions hold few running instances. */
  async #sweepOn(): Promise<number> {
    let changed = 0;
    for (let portions = 0; portions < 16 && this.#sweep !== null; portions += 1) {
      const swept = await sweepStanding(this.#session.ask, this.#sweep, { partitions: this.#partitions, portion });
      const isFull = swept.next !== null && swept.next.after !== '';
      this.#sweep = swept.next;
      changed += swept.changed;
      if (isFull) break;
    }
    return changed;
  }

  async #lookOn(): Promise<boolean> {
    // Where instances stand must be known first.
    if (this.#stuckAfter === null || this.#sweep !== null) return false;
    const looked = await lookForStuck(this.#session.ask, this.#stuckAfter, { portion, waitsLongMs });
    this.#stuckAfter = looked.next;
    return looked.changed;
  }

  #isDue(duty: string, everyMs: number): boolean {
    const now = performance.now();
    if (now - (this.#doneAt.get(duty) ?? -Infinity) < everyMs) return false;
    this.#doneAt.set(duty, now);
    return true;
  }
}
