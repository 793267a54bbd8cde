/**
 * After a takeover: every instance of the partition with unfinished activities comes into memory, which dispatches them again.
 *
 * Not here: who owns what (LeaseKeeper), what is begun again and what is held (ActivityDesk, Claims).
 */
import type { InstanceId } from '@perdure/engine';
import type { LeaseStore, Ownership } from './ports/durable-store.ts';
import type { SendResult } from './runtime.ts';

const recoverPage = 500;

export interface TakeoversOptions {
  leases: Pick<LeaseStore, 'unfinishedWork'>;
  /** How the partition is owned now; undefined when it is not. */
  ownershipOf(partition: number): Ownership | undefined;
  isResident(id: InstanceId): boolean;
  /** Brings the instance into memory. */
  wake(id: InstanceId): Promise<SendResult>;
  onTrouble(error: Error): void;
}

export class Takeovers {
  readonly #options: TakeoversOptions;
  /** Of the partitions by the last claim of each: settled when what was found unfinished has come into memory. */
  readonly #recoveries = new Map<number, Promise<void>>();
  #stopped = false;

  constructor(options: TakeoversOptions) {
    this.#options = options;
  }

  /** Of partitions that were claimed just now. */
  begin(partitions: readonly number[]): void {
    const recovery = this.#recover(partitions);
    for (const partition of partitions) this.#recoveries.set(partition, recovery);
  }

  /** Of these partitions, the ended ones among them. */
  of(partitions: readonly number[]): Promise<void>[] {
    return partitions.flatMap((partition) => this.#recoveries.get(partition) ?? []);
  }

  stop(): void {
    this.#stopped = true;
  }

  async #recover(partitions: readonly number[]): Promise<void> {
    const recoveries: Promise<void>[] = [];
    for (const partition of partitions) {
      const owned = this.#options.ownershipOf(partition);
      const found = await this.#findUnfinished(partition);
      if (owned === undefined || found === null) continue;
      const recovered = Promise.all(found).then((results) => {
        // All it left has been counted: what is begun again from here on was not in flight when that owner vanished.
        if (results.every((result) => result.ok || result.code !== 'unavailable')) owned.vanished = false;
      });
      recoveries.push(recovered);
    }
    await Promise.all(recoveries);
  }

  /** Those of its instances that come into memory for it; null when it was lost before all were found. */
  async #findUnfinished(partition: number): Promise<Promise<SendResult>[] | null> {
    const { leases, ownershipOf, isResident, wake, onTrouble } = this.#options;
    const arrivals: Promise<SendResult>[] = [];
    let cursor: InstanceId | null = null;
    while (ownershipOf(partition) !== undefined && !this.#stopped) {
      try {
        const page: InstanceId[] = await leases.unfinishedWork(partition, cursor, recoverPage);
        for (const id of page) if (!isResident(id)) arrivals.push(wake(id));
        if (page.length < recoverPage) return arrivals;
        cursor = page.at(-1) ?? null;
      } catch (error) {
        onTrouble(error as Error);
        await new Promise((resume) => setTimeout(resume, 500));
      }
    }
    return null;
  }
}
