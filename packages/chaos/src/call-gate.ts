/**
 * Stands between a runtime and its store. It counts the calls by name, and at one of them, the nth of its name since it was armed, it lets the
 * call fail or ends the process: before the call, or after the store has done it and before the caller hears of it.
 */
import type { DurableStore } from '@perdure/runtime';
import { setTimeout as sleep } from 'node:timers/promises';

export interface CallPoint {
  /** As in DurableStore, `leases.renew` for those of its leases; or `activity`, which no store knows. */
  call: string;
  nth: number;
  how: 'fail before' | 'fail after' | 'die before' | 'die after';
}

export interface GateReport {
  counts: Record<string, number>;
  /** Epoch ms; null while the point has not been reached. */
  struckAt: number | null;
}

export class CallGate {
  #point: CallPoint | null = null;
  #counts = new Map<string, number>();
  #struckAt: number | null = null;

  /** Counts anew; null only counts. */
  arm(point: CallPoint | null): void {
    this.#point = point;
    this.#counts = new Map();
    this.#struckAt = null;
  }

  report(): GateReport {
    return { counts: Object.fromEntries(this.#counts), struckAt: this.#struckAt };
  }

  through(store: DurableStore): DurableStore {
    return this.#guard(store, '', new Map([['leases', this.#guard(store.leases, 'leases.', new Map())]]));
  }

  async pass<T>(call: string, work: () => Promise<T>): Promise<T> {
    const nth = (this.#counts.get(call) ?? 0) + 1;
    this.#counts.set(call, nth);
    const point = this.#point;
    if (point === null || point.call !== call || point.nth !== nth) return work();
    if (point.how === 'fail before' || point.how === 'die before') await this.#strike(point);
    const result = await work();
    if (point.how === 'fail after' || point.how === 'die after') await this.#strike(point);
    return result;
  }

  async #strike(point: CallPoint): Promise<void> {
    this.#struckAt = Date.now();
    if (point.how.startsWith('fail')) throw new Error('Connection terminated unexpectedly (by the drill)');
    process.kill(process.pid, 'SIGKILL');
    await sleep(60_000);
  }

  #guard<Target extends object>(target: Target, prefix: string, inner: ReadonlyMap<PropertyKey, object>): Target {
    const guarded = new Map<PropertyKey, unknown>();
    return new Proxy(target, {
      get: (_, name) => {
        const member: unknown = Reflect.get(target, name);
        if (inner.has(name)) return inner.get(name);
        if (typeof member !== 'function') return member;
        let through = guarded.get(name);
        if (through === undefined) {
          // Private fields want their own object. All methods of the store answer with promises.
          through = (...args: unknown[]) =>
            this.pass(`${prefix}${String(name)}`, () => Reflect.apply(member, target, args) as Promise<unknown>);
          guarded.set(name, through);
        }
        return through;
      },
    });
  }
}
