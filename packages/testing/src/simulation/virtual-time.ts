/**
 * Time of a simulation: a queue of what is to happen, and the globals of this process answered from it. While installed, nothing in the
 * process may use real timers; one simulation runs at a time.
 *
 * V1 what happens next depends on the seed only: tasks run by moment, then in the order they were made, and microtasks in between run dry;
 * V2 whatever is scheduled inside a simulated process belongs to it, across awaits: a dead process's tasks never run, a paused one's run when it
 *    goes on, in their order. So a crash drops a process at any point where it waits, and nowhere else can anybody tell the difference.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

export class SimulatedProcess {
  readonly name: string;
  /** What its own clock shows besides the true time. */
  readonly clockErrorMs: number;
  alive = true;
  pausedUntil = 0;

  constructor(name: string, clockErrorMs: number) {
    this.name = name;
    this.clockErrorMs = clockErrorMs;
  }
}

interface Task {
  at: number;
  order: number;
  owner: SimulatedProcess | undefined;
  run(): void;
  cancelled: boolean;
}

/** Where simulated clocks begin, epoch ms. */
const epoch = Date.UTC(2030, 0, 1);

const real = { setImmediate: globalThis.setImmediate };

export class VirtualTime {
  /** Since the simulation began. */
  now = 0;
  tasksRun = 0;
  readonly #random: () => number;
  readonly #queue: Task[] = [];
  readonly #owners = new AsyncLocalStorage<SimulatedProcess | undefined>();
  #order = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** The true time as the database tells it, epoch ms. */
  get databaseNow(): number {
    return epoch + this.now;
  }

  /** Runs work as the given process. */
  as<T>(owner: SimulatedProcess | undefined, work: () => T): T {
    return this.#owners.run(owner, work);
  }

  /** Without an owner it is the business of the network, the servers, or the people outside. */
  later(delayMs: number, run: () => void, owner?: SimulatedProcess): void {
    this.#push(delayMs, owner, run);
  }

  /** Runs what is to happen until `isDone`, or until nothing happens any more before `until`. */
  async run(until: number, isDone: () => boolean): Promise<void> {
    for (;;) {
      // Behind it every microtask has run.
      await new Promise<void>((resume) => real.setImmediate(resume));
      if (isDone()) return;
      const task = this.#queue[0];
      if (task === undefined || task.at > until) return;
      this.#pop();
      if (task.cancelled || task.owner?.alive === false) continue;
      if (task.owner !== undefined && task.owner.pausedUntil > task.at) {
        task.at = task.owner.pausedUntil;
        this.#insert(task);
        continue;
      }
      this.now = Math.max(this.now, task.at);
      this.tasksRun += 1;
      this.#owners.run(task.owner, task.run);
    }
  }

  /** Takes the globals over; gives back what puts the real ones in their place again. */
  install(): () => void {
    const before = {
      setTimeout: globalThis.setTimeout,
      setInterval: globalThis.setInterval,
      setImmediate: globalThis.setImmediate,
      clearTimeout: globalThis.clearTimeout,
      clearInterval: globalThis.clearInterval,
      clearImmediate: globalThis.clearImmediate,
    };
    const clock = { date: Date.now, performance: performance.now.bind(performance), random: Math.random, uuid: crypto.randomUUID };
    const cancel = (handle?: { task?: Task }): void => {
      if (handle?.task !== undefined) handle.task.cancelled = true;
    };
    const handleOf = (task: Task): object => {
      const handle = { task, unref: () => handle, ref: () => handle, hasRef: () => true };
      return handle;
    };
    const once = (work: (...given: unknown[]) => void, delayMs = 1, ...given: unknown[]): object =>
      handleOf(this.#push(Math.max(1, delayMs), this.#owners.getStore(), () => work(...given)));
    const repeatedly = (work: (...given: unknown[]) => void, everyMs = 1, ...given: unknown[]): object => {
      const owner = this.#owners.getStore();
      const handle: { task: Task; unref(): object } = {
        task: this.#push(Math.max(1, everyMs), owner, () => tick()),
        unref: () => handle,
      };
      const tick = (): void => {
        handle.task = this.#push(Math.max(1, everyMs), owner, () => tick());
        work(...given);
      };
      return handle;
    };
    const soon = (work: (...given: unknown[]) => void, ...given: unknown[]): object =>
      handleOf(this.#push(0, this.#owners.getStore(), () => work(...given)));
    // Only what the runtime uses of a timer's handle is there.
    Object.assign(globalThis, {
      setTimeout: once,
      setInterval: repeatedly,
      setImmediate: soon,
      clearTimeout: cancel,
      clearInterval: cancel,
      clearImmediate: cancel,
    });
    Date.now = () => Math.floor(epoch + this.now + (this.#owners.getStore()?.clockErrorMs ?? 0));
    performance.now = () => this.now;
    Math.random = this.#random;
    crypto.randomUUID = () => this.#uuid();
    syncBuiltinESMExports();
    return () => {
      Object.assign(globalThis, before);
      Date.now = clock.date;
      performance.now = clock.performance;
      Math.random = clock.random;
      crypto.randomUUID = clock.uuid;
      syncBuiltinESMExports();
    };
  }

  #uuid(): `${string}-${string}-${string}-${string}-${string}` {
    const hex = (digits: number): string => Array.from({ length: digits }, () => Math.floor(this.#random() * 16).toString(16)).join('');
    return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
  }

  #push(delayMs: number, owner: SimulatedProcess | undefined, run: () => void): Task {
    const task: Task = { at: this.now + delayMs, order: (this.#order += 1), owner, run, cancelled: false };
    this.#insert(task);
    return task;
  }

  #insert(task: Task): void {
    const queue = this.#queue;
    let at = queue.push(task) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = queue[parent] as Task; // a heap has every parent
      if (!isBefore(task, above)) break;
      queue[at] = above;
      at = parent;
    }
    queue[at] = task;
  }

  #pop(): void {
    const queue = this.#queue;
    const last = queue.pop();
    if (last === undefined || queue.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= queue.length) break;
      if (child + 1 < queue.length && isBefore(queue[child + 1] as Task, queue[child] as Task)) child += 1;
      if (!isBefore(queue[child] as Task, last)) break;
      queue[at] = queue[child] as Task;
      at = child;
    }
    queue[at] = last;
  }
}

function isBefore(one: Task, other: Task): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
