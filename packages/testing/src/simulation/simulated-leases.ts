/** The simulated database's partitions, who owns them, and the sessions by which workers are seen. */
import type { ClaimedPartition, LeaseStore, LeaseSurvey, OwnedPartition, Presence } from '@perdure/runtime';

const hourMs = 3_600_000;
/** A worker without a heartbeat for as long is not counted. */
const heartbeatLastsMs = 5_000;

export class SimulatedLeases implements LeaseStore {
  readonly unfinishedWork: LeaseStore['unfinishedWork'];
  readonly #clock: () => number;
  readonly #partitions: { id: number; epoch: number; owner: string | null; leaseUntil: number }[];
  readonly #workers = new Map<string, { heartbeatAt: number; presence: string | null }>();
  /** By the presence each is, with whom its end is told. */
  readonly #sessions = new Map<string, () => void>();
  #startedAt: number;
  #sessionCount = 0;

  /** @param clock epoch ms */
  constructor(clock: () => number, partitions: number, unfinishedWork: LeaseStore['unfinishedWork']) {
    this.#clock = clock;
    this.#startedAt = clock() - hourMs;
    this.#partitions = Array.from({ length: partitions }, (_, id) => ({ id, epoch: 0, owner: null, leaseUntil: 0 }));
    this.unfinishedWork = unfinishedWork;
  }

  /** Whether the partition is owned under this epoch. */
  isHeld({ partition, epoch }: { partition: number; epoch: number }): boolean {
    return this.#partitions[partition]?.epoch === epoch;
  }

  /** There is one version here, and no backup. */
  async check(): Promise<void> {}

  async survey(workerId: string): Promise<LeaseSurvey> {
    const now = this.#clock();
    this.#workers.set(workerId, { heartbeatAt: now, presence: this.#workers.get(workerId)?.presence ?? null });
    return {
      now,
      liveWorkers: [...this.#workers]
        .filter(([, { heartbeatAt }]) => heartbeatAt > now - heartbeatLastsMs)
        .map(([id]) => id)
        .sort(),
      partitions: this.#partitions.map(({ id, epoch, owner, leaseUntil }) => ({ id, epoch, owner, leaseLeftMs: leaseUntil - now })),
    };
  }

  async renew(workerId: string, leaseMs: number): Promise<OwnedPartition[]> {
    const own = this.#partitions.filter(({ owner }) => owner === workerId);
    for (const partition of own) partition.leaseUntil = this.#clock() + leaseMs;
    return own.map(({ id, epoch }) => ({ id, epoch }));
  }

  async claim(workerId: string, wanted: readonly number[], leaseMs: number, force: boolean): Promise<ClaimedPartition[]> {
    const now = this.#clock();
    const free = this.#partitions.filter(
      ({ id, owner, leaseUntil }) => wanted.includes(id) && (force || owner === null || leaseUntil < now),
    );
    return free.map((partition) => {
      const abandoned = partition.owner !== null;
      partition.owner = workerId;
      partition.epoch += 1;
      partition.leaseUntil = now + leaseMs;
      return { id: partition.id, epoch: partition.epoch, abandoned };
    });
  }

  async release(workerId: string, wanted: readonly number[]): Promise<void> {
    for (const partition of this.#partitions) {
      if (partition.owner !== workerId || !wanted.includes(partition.id)) continue;
      partition.owner = null;
      partition.leaseUntil = this.#clock();
    }
  }

  async deleteWorker(workerId: string): Promise<void> {
    this.#workers.delete(workerId);
  }

  async deleteOtherWorkers(workerId: string): Promise<void> {
    for (const id of this.#workers.keys()) if (id !== workerId) this.#workers.delete(id);
  }

  async openPresence(_leaseMs: number, onEnded: () => void): Promise<Presence> {
    const id = String((this.#sessionCount += 1));
    this.#sessions.set(id, onEnded);
    const here = (): void => {
      if (!this.#sessions.has(id)) throw new Error('The session has ended.');
    };
    return {
      id,
      announce: async (workerId) => {
        here();
        return this.#announce(workerId, id);
      },
      look: async (workerId) => {
        here();
        const peers = [...this.#workers].flatMap(([worker, { presence }]) =>
          presence !== null && worker !== workerId && this.#partitions.some(({ owner }) => owner === worker)
            ? [{ presence, isHeld: this.#sessions.has(presence) }]
            : [],
        );
        return { peers, serverUpMs: peers.length === 0 ? 0 : this.#clock() - this.#startedAt };
      },
      close: async () => void this.#sessions.delete(id),
    };
  }

  async withdraw(workerId: string): Promise<void> {
    this.#announce(workerId, null);
  }

  async lapse(presences: readonly string[]): Promise<void> {
    for (const [id, { presence }] of this.#workers) {
      if (presence === null || !presences.includes(presence) || this.#sessions.has(presence)) continue;
      this.#workers.delete(id);
      const now = this.#clock();
      for (const partition of this.#partitions) if (partition.owner === id) partition.leaseUntil = Math.min(partition.leaseUntil, now - 1);
    }
  }

  #announce(workerId: string, presence: string | null): boolean {
    const worker = this.#workers.get(workerId);
    if (worker !== undefined) worker.presence = presence;
    return worker !== undefined;
  }

  // ── What happens to the server ─────────────────────────────────────────────

  /** Ends these sessions, or all of them. */
  endSessions(presences: readonly string[] = [...this.#sessions.keys()]): void {
    for (const id of presences) {
      const onEnded = this.#sessions.get(id);
      this.#sessions.delete(id);
      onEnded?.();
    }
  }

  /** The server's, which ends all sessions. */
  restart(): void {
    this.#startedAt = this.#clock();
    this.endSessions();
  }
}
