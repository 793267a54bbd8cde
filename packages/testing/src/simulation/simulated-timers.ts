/** The simulated database's timers. */
import type { InstanceId, TimerId } from '@perdure/engine';
import type { DueTimer, TimerCursor } from '@perdure/runtime';

export interface SimulatedTimer {
  instanceId: InstanceId;
  timer: TimerId;
  partition: number;
  fireAt: number;
}

export class SimulatedTimers {
  readonly #timers = new Map<string, SimulatedTimer>();

  get size(): number {
    return this.#timers.size;
  }

  all(): readonly SimulatedTimer[] {
    return [...this.#timers.values()];
  }

  ofInstance(id: InstanceId): SimulatedTimer[] {
    return this.all().filter(({ instanceId }) => instanceId === id);
  }

  has(id: InstanceId, timer: TimerId): boolean {
    return this.#timers.has(keyOf(id, timer));
  }

  set(timer: SimulatedTimer): void {
    this.#timers.set(keyOf(timer.instanceId, timer.timer), timer);
  }

  /** Gives those that were there, as they had been. */
  delete(id: InstanceId, timers: readonly TimerId[]): SimulatedTimer[] {
    const deleted = timers.flatMap((timer) => this.#timers.get(keyOf(id, timer)) ?? []);
    for (const { timer } of deleted) this.#timers.delete(keyOf(id, timer));
    return deleted;
  }

  /** In the order of their moments, behind the cursor. */
  due(now: number, partitions: readonly number[], cursor: TimerCursor | null, limit: number): DueTimer[] {
    return this.#of(partitions)
      .filter((timer) => timer.fireAt <= now && (cursor === null || compareTimers(timer, cursor) > 0))
      .slice(0, limit)
      .map((timer) => ({ ...timer }));
  }

  /** The next moments, each once. */
  moments(until: number, partitions: readonly number[], limit: number): number[] {
    const moments = new Set(this.#of(partitions).map(({ fireAt }) => fireAt));
    return [...moments].filter((fireAt) => fireAt <= until).slice(0, limit);
  }

  purge(id: InstanceId): void {
    for (const { timer } of this.ofInstance(id)) this.#timers.delete(keyOf(id, timer));
  }

  #of(partitions: readonly number[]): SimulatedTimer[] {
    return this.all()
      .filter(({ partition }) => partitions.includes(partition))
      .sort(compareTimers);
  }
}

function keyOf(id: InstanceId, timer: TimerId): string {
  return `${id}\n${timer}`;
}

function compareTimers(one: TimerCursor, other: TimerCursor): number {
  if (one.fireAt !== other.fireAt) return one.fireAt - other.fireAt;
  if (one.instanceId !== other.instanceId) return one.instanceId < other.instanceId ? -1 : 1;
  return one.timer === other.timer ? 0 : one.timer < other.timer ? -1 : 1;
}
