/**
 * Notices at once when another worker is gone, instead of when its leases run out, and lets others notice it of this one: each worker announces a
 * session of the database that lives as long as its process, and looks a few times a second whether those of the others are there.
 *
 * N1 gone is whose session was seen, and then was not in two looks in a row, all by one session of this process: what ends every session (a
 *    restart, a crash, an administrator) ends that one, too, and then nothing has been seen. Whose session this one never saw must be missing
 *    for longer, on a server that has not just been started: whoever lives announces another by then;
 * N2 who is gone loses its leases and nothing else: what follows is what follows when leases run out (LeaseKeeper, claims, epochs);
 * N3 a worker whose own session has ended begins no activity until it has taken back what it announced, so that nobody finds it missing any
 *    more, and has renewed its leases after that, so that it knows what it still owns;
 * N4 who can have no session, or has none for a while, announces none: its leases tell, as they do of an older version's workers.
 *
 * A worker that is slow, or frozen, keeps its session: of that, leases tell.
 */
import type { LeaseStore, Presence, PresenceLook } from './ports/durable-store.ts';

const lookEveryMs = 200;
/** Looks in a row that miss a session: of one that was seen, and of one that never was. */
const missesOfSeen = 2;
const missesOfUnseen = 5;
/** Between attempts to open a session. */
const openEveryMs = 1_000;

export interface DeathNoticeOptions {
  workerId: string;
  leaseMs: number;
  /** Renews the leases now, and takes what has become free; whether they were renewed. */
  keepLeases(): Promise<boolean>;
  /** `mayBegin` is true again. */
  onMayBegin(): void;
  onTrouble(error: Error): void;
}

export class DeathNotice {
  readonly #leases: Pick<LeaseStore, 'openPresence' | 'withdraw' | 'lapse'>;
  readonly #options: DeathNoticeOptions;
  #presence: Presence | null = null;
  #announced: 'no' | 'maybe' | 'yes' = 'no';
  /** N3: from the end of the session until the leases are renewed. */
  #mustWithdraw = false;
  /** Not answering, but maybe there: it ends once it is withdrawn, or others would find it missing before. */
  #silent: Presence | null = null;
  /** Of the other workers' sessions, by this one's looks. */
  #seen: ReadonlyMap<string, { misses: number; wasSeen: boolean }> = new Map();
  #timer: NodeJS.Timeout | null = null;
  #turn: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(leases: Pick<LeaseStore, 'openPresence' | 'withdraw' | 'lapse'>, options: DeathNoticeOptions) {
    this.#leases = leases;
    this.#options = options;
  }

  /** [N3] */
  get mayBegin(): boolean {
    return !this.#mustWithdraw;
  }

  /** Once the worker has a heartbeat. */
  start(): void {
    this.#schedule(0);
  }

  /** Once the worker owns nothing any more: others notice this, too. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#turn;
    await Promise.all([this.#presence?.close(), this.#silent?.close()]);
  }

  #schedule(pauseMs: number): void {
    if (this.#stopped) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#turn = this.#next()
        .catch((error: Error) => {
          this.#options.onTrouble(error);
          return this.#presence === null && !this.#mustWithdraw ? openEveryMs : lookEveryMs;
        })
        .then((nextMs) => {
          if (nextMs !== null) this.#schedule(nextMs);
        });
    }, pauseMs);
  }

  /** The pause before the next turn; null: there is none. */
  async #next(): Promise<number | null> {
    if (this.#mustWithdraw) return this.#withdraw();
    if (this.#presence !== null) return this.#look(this.#presence);
    return (await this.#open()) ? 0 : null;
  }

  /** False when there can be none (N4). */
  async #open(): Promise<boolean> {
    let [opened, hasEnded]: [Presence | null, boolean] = [null, false];
    opened = await this.#leases.openPresence(this.#options.leaseMs, () => {
      hasEnded = true;
      if (opened !== null) this.#ended(opened);
    });
    if (hasEnded) return true;
    this.#presence = opened;
    return opened !== null;
  }

  /** Others may find it missing at any time. */
  #ended(presence: Presence): void {
    if (this.#presence !== presence) return;
    this.#mustWithdraw = this.#announced !== 'no';
    this.#presence = null;
    this.#announced = 'no';
    this.#seen = new Map();
    // A turn that is underway is followed by the next one anyway.
    if (this.#timer !== null) this.#schedule(0);
  }

  /** [N3] */
  async #withdraw(): Promise<number> {
    await this.#leases.withdraw(this.#options.workerId);
    if (!(await this.#options.keepLeases())) return lookEveryMs;
    this.#mustWithdraw = false;
    this.#options.onMayBegin();
    void this.#silent?.close();
    this.#silent = null;
    return 0;
  }

  async #look(presence: Presence): Promise<number> {
    const { workerId, leaseMs } = this.#options;
    let look: PresenceLook;
    try {
      if (this.#announced !== 'yes') {
        this.#announced = 'maybe';
        this.#announced = (await presence.announce(workerId)) ? 'yes' : 'no';
      }
      look = await presence.look(workerId);
    } catch {
      if (this.#presence === presence) this.#silent = presence;
      this.#ended(presence);
      return 0;
    }
    if (this.#presence !== presence) return 0;
    const before = this.#seen;
    this.#seen = new Map(
      look.peers.map((peer) => {
        const { misses, wasSeen } = before.get(peer.presence) ?? { misses: 0, wasSeen: false };
        return [peer.presence, { misses: peer.isHeld ? 0 : misses + 1, wasSeen: wasSeen || peer.isHeld }];
      }),
    );
    // N1
    const gone = [...this.#seen].flatMap(([id, { misses, wasSeen }]) => {
      const isGone = wasSeen ? misses >= missesOfSeen : misses >= missesOfUnseen && look.serverUpMs > leaseMs;
      return isGone ? [id] : [];
    });
    if (gone.length > 0) await this.#leases.lapse(gone);
    // Another worker may have been faster to say so.
    const isForgotten = [...before].some(([id, { misses }]) => misses > 0 && !this.#seen.has(id));
    if (gone.length > 0 || isForgotten) await this.#options.keepLeases();
    return lookEveryMs;
  }
}
