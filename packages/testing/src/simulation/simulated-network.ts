/**
 * What lies between a simulated process and its servers. Each call travels there and back in its own time, and may fail on the way, be executed
 * with its answer lost, or be executed after its caller was told that it failed.
 */
import type { CommitItem, DurableStore, Presence } from '@perdure/runtime';
import type { SimulatedDatabase } from './simulated-database.ts';
import type { RedisCarrier } from './simulated-redis.ts';
import type { SimulatedProcess, VirtualTime } from './virtual-time.ts';

/** Chances of one call, 0 to 1. */
export interface NetworkFaults {
  failBefore: number;
  loseAnswer: number;
  executeLate: number;
  slow: number;
  loseHint: number;
}

export const noNetworkFaults: NetworkFaults = { failBefore: 0, loseAnswer: 0, executeLate: 0, slow: 0, loseHint: 0 };

type Fate = 'arrives' | 'fails' | 'answer lost' | 'executed late';

export class SimulatedNetwork {
  faults: NetworkFaults = noNetworkFaults;
  /** Nobody reaches the database. */
  isDatabaseAway = false;
  injected = 0;
  readonly #time: VirtualTime;
  readonly #random: () => number;
  readonly #log: (line: string) => void;
  /** Open sessions, by whose they are. */
  readonly #sessions = new Map<SimulatedProcess, Set<string>>();

  constructor(time: VirtualTime, random: () => number, log: (line: string) => void) {
    this.#time = time;
    this.#random = random;
    this.#log = log;
  }

  /** The database as this process reaches it. */
  database(process: SimulatedProcess, database: SimulatedDatabase): DurableStore {
    const through = <Target extends object>(target: Target, replaced: object): Target =>
      new Proxy(target, {
        get: (_, name) => {
          if (name in replaced) return Reflect.get(replaced, name);
          const method: unknown = Reflect.get(target, name);
          if (typeof method !== 'function') return method;
          return (...args: unknown[]) => this.#call(process, String(name), () => Reflect.apply(method, target, args), args);
        },
      });
    const leases = through(database.leases, {
      openPresence: (leaseMs: number, onEnded: () => void) => this.#openPresence(process, database, leaseMs, onEnded, through),
    });
    return through<DurableStore>(database, {
      leases,
      close: async () => undefined,
      // What is asked for comes back, not a copy of it.
      stored: async (items: readonly CommitItem[]) => {
        let places: number[] = [];
        await this.#call(
          process,
          'stored',
          async () => {
            const found = await database.stored(items);
            places = items.flatMap((item, i) => (found.has(item) ? [i] : []));
          },
          [],
        );
        return new Set(places.flatMap((i) => items[i] ?? []));
      },
    });
  }

  async #openPresence(
    process: SimulatedProcess,
    database: SimulatedDatabase,
    leaseMs: number,
    onEnded: () => void,
    through: <Target extends object>(target: Target, replaced: object) => Target,
  ): Promise<Presence | null> {
    let opened: Presence | null = null;
    let isWanted = true;
    const own = this.#sessions.get(process) ?? new Set();
    this.#sessions.set(process, own);
    try {
      await this.#call(
        process,
        'openPresence',
        async () => {
          opened = await database.leases.openPresence(leaseMs, () => this.#time.later(this.#travelMs(), onEnded, process));
          if (opened === null) return;
          // A connection nobody waits for, or whose process has died on the way, is closed.
          if (isWanted && process.alive) own.add(opened.id);
          else await opened.close();
        },
        [],
      );
    } catch (error) {
      isWanted = false;
      // The compiler does not see who assigns it.
      await (opened as Presence | null)?.close();
      throw error;
    }
    const presence = opened as Presence | null;
    return presence === null ? null : through(presence, { close: () => presence.close() });
  }

  /** Its kernel closes the connections of a process that has died. */
  closed(process: SimulatedProcess, database: SimulatedDatabase): void {
    this.#time.later(this.#travelMs(), () => database.endSessions([...this.sessionsOf(process)]));
  }

  sessionsOf(process: SimulatedProcess): ReadonlySet<string> {
    return this.#sessions.get(process) ?? new Set();
  }

  /** Redis as this process reaches it. */
  redis(process: SimulatedProcess): RedisCarrier {
    return {
      call: (work) => this.#call(process, 'redis', work, []),
      hint: (deliver) => {
        if (this.#random() < this.faults.loseHint) return;
        this.#time.later(this.#travelMs(), deliver, process);
      },
    };
  }

  /** @param args taken as they are now: a driver has sent them before it returns */
  #call<T>(process: SimulatedProcess, name: string, execute: () => Promise<T>, args: unknown[]): Promise<T> {
    args.splice(0, args.length, ...structuredClone(args));
    const fate = this.#fate(name);
    if (fate !== 'arrives') {
      this.injected += 1;
      this.#log(`${process.name} ${name} ${fate}`);
    }
    return new Promise((resolve, reject) => {
      const answer = (tell: () => void): void => this.#time.later(this.#travelMs(), tell, process);
      const fail = (): void => answer(() => reject(new Error(`${name}: connection lost (${fate})`)));
      const run = (then: (settled: PromiseSettledResult<T>) => void): void =>
        void execute().then(
          (value) => then({ status: 'fulfilled', value }),
          (reason: unknown) => then({ status: 'rejected', reason }),
        );
      if (fate === 'executed late') {
        this.#time.later(this.#travelMs(), fail);
        this.#time.later(this.#random() * 1_500, () => run(() => undefined));
        return;
      }
      this.#time.later(this.#travelMs(), () => {
        if (fate === 'fails' || (this.isDatabaseAway && name !== 'redis')) return fail();
        run((settled) => {
          if (fate === 'answer lost') fail();
          else answer(() => (settled.status === 'fulfilled' ? resolve(settled.value) : reject(settled.reason as Error)));
        });
      });
    });
  }

  #fate(name: string): Fate {
    const { failBefore, loseAnswer, executeLate } = this.faults;
    const roll = this.#random();
    if (name === 'redis') return roll < failBefore ? 'fails' : roll < failBefore + loseAnswer ? 'answer lost' : 'arrives';
    if (roll < failBefore) return 'fails';
    if (roll < failBefore + loseAnswer) return 'answer lost';
    return roll < failBefore + loseAnswer + executeLate ? 'executed late' : 'arrives';
  }

  #travelMs(): number {
    const usual = 0.1 + this.#random() * 2;
    return this.#random() < this.faults.slow ? usual + this.#random() * 800 : usual;
  }
}
