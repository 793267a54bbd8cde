import type { InstanceId } from '@perdure/engine';
import type { Resident } from './resident.ts';

/** The instances in a worker's memory. Of those with nothing to do it keeps `idleLimit`; the ones idle longest leave. */
export class Residents {
  readonly #idleLimit: number;
  readonly #all = new Map<InstanceId, Resident>();
  /** The one idle longest first. */
  readonly #idle = new Map<InstanceId, Resident>();

  constructor(idleLimit: number) {
    this.#idleLimit = idleLimit;
  }

  get size(): number {
    return this.#all.size;
  }

  get(id: InstanceId): Resident | undefined {
    return this.#all.get(id);
  }

  has(id: InstanceId): boolean {
    return this.#all.has(id);
  }

  /** Whether it is this very one: the partition may have been lost and won back since, and the instance have a new one. */
  holds(resident: Resident): boolean {
    return this.#all.get(resident.id) === resident;
  }

  isAnyBusyIn(partitions: ReadonlySet<number>): boolean {
    return [...this.#all.values()].some(({ partition, busy }) => partitions.has(partition) && busy);
  }

  add(resident: Resident): void {
    this.#all.set(resident.id, resident);
  }

  /** It has something to do again. */
  wake({ id }: Resident): void {
    this.#idle.delete(id);
  }

  /** It has nothing to do until it is given a command. */
  rest(resident: Resident): void {
    this.#idle.set(resident.id, resident);
    for (const [id] of this.#idle) {
      if (this.#idle.size <= this.#idleLimit) break;
      this.#remove(id);
    }
  }

  /** False: it was not in memory any more. */
  remove(resident: Resident): boolean {
    if (!this.holds(resident)) return false;
    this.#remove(resident.id);
    return true;
  }

  /** Gives back whom it removed. */
  removeAllOf(partition: number): Resident[] {
    const removed = [...this.#all.values()].filter((resident) => resident.partition === partition);
    for (const { id } of removed) this.#remove(id);
    return removed;
  }

  #remove(id: InstanceId): void {
    this.#all.delete(id);
    this.#idle.delete(id);
  }
}
