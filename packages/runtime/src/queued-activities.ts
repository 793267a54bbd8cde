/**
 * The owner's side of named queues: hands jobs in, and hands them in again when the carrier has lost them (Redis wiped, or restarted).
 * Results come back as stored messages, so nothing here is needed for correctness after they are in.
 */
import type { ActivityJob } from './activity-runner.ts';
import type { ActivityQueue } from './ports/activity-queue.ts';
import type { InstanceId, StepKey } from '@perdure/engine';

/** Two looks that miss a job bring it back: well within the 10 s after which a wiped Redis must not be felt any more. */
const lookEveryMs = 2_000;

interface Handed {
  queue: string;
  job: ActivityJob;
  ticket: string | null;
  isHeldBack: boolean;
  /** By its own owner; what was dropped with its partition may be another owner's now, with the same ticket. */
  isForgotten: boolean;
  /** Looks in a row that did not find the entry: one may have come between its end and its result's arrival. */
  misses: number;
}

export class QueuedActivities {
  readonly #queue: ActivityQueue;
  readonly #runHere: (job: ActivityJob) => void;
  readonly #hasResult: (job: ActivityJob) => Promise<boolean>;
  readonly #mayHand: () => boolean;
  readonly #handed = new Map<string, Handed>();
  #timer: NodeJS.Timeout | null = null;

  /**
   * @param runHere what to do with a job while the carrier is away
   * @param hasResult whether a result of the job is stored and waits to be taken up: a busy worker may take a while to
   * @param mayHand false while nothing may be handed in; `proceed` is called when that is over
   */
  constructor(
    queue: ActivityQueue,
    runHere: (job: ActivityJob) => void,
    hasResult: (job: ActivityJob) => Promise<boolean>,
    mayHand: () => boolean,
  ) {
    this.#queue = queue;
    this.#runHere = runHere;
    this.#hasResult = hasResult;
    this.#mayHand = mayHand;
  }

  get size(): number {
    return this.#handed.size;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look().catch(() => {}), lookEveryMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#handed.clear();
  }

  run(queue: string, job: ActivityJob): void {
    const key = handedKey(job.instanceId, job.step);
    const known = this.#handed.get(key)?.job;
    if (known?.attempt === job.attempt && known.executionId === job.executionId && known.releases === job.releases) return;
    const handed: Handed = { queue, job, ticket: null, isHeldBack: false, isForgotten: false, misses: 0 };
    this.#handed.set(key, handed);
    void this.#hand(key, handed);
  }

  /** The step has an outcome or was cancelled. */
  forget(instanceId: InstanceId, step: StepKey): void {
    const key = handedKey(instanceId, step);
    const handed = this.#handed.get(key);
    if (handed === undefined) return;
    this.#handed.delete(key);
    handed.isForgotten = true;
    if (handed.ticket !== null) void this.#queue.remove(handed.queue, handed.ticket);
  }

  forgetWhere(matches: (instanceId: InstanceId) => boolean): void {
    for (const [key, { job }] of this.#handed) if (matches(job.instanceId)) this.#handed.delete(key);
  }

  /** Hands in what was held back. */
  proceed(): void {
    for (const [key, handed] of this.#handed) if (handed.isHeldBack) void this.#hand(key, handed);
  }

  async #hand(key: string, handed: Handed): Promise<void> {
    handed.isHeldBack = !this.#mayHand();
    if (handed.isHeldBack) return;
    try {
      if (!this.#queue.available()) throw new Error('The queue is away.');
      handed.ticket = await this.#queue.add(handed.queue, handed.job);
      if (handed.isForgotten) await this.#queue.remove(handed.queue, handed.ticket);
    } catch {
      if (this.#handed.get(key) !== handed) return;
      this.#handed.delete(key);
      this.#runHere(handed.job);
    }
  }

  async #look(): Promise<void> {
    if (!this.#queue.available()) return;
    const byQueue = Map.groupBy(
      [...this.#handed].filter(([, { ticket }]) => ticket !== null),
      ([, { queue }]) => queue,
    );
    for (const [queue, entries] of byQueue) {
      const lost = new Set(
        await this.#queue.lost(
          queue,
          entries.map(([, { ticket }]) => ticket ?? ''),
        ),
      );
      for (const [key, handed] of entries) {
        if (handed.ticket === null || this.#handed.get(key) !== handed) continue;
        handed.misses = lost.has(handed.ticket) ? handed.misses + 1 : 0;
        if (handed.misses < 2 || (await this.#hasResult(handed.job)) || this.#handed.get(key) !== handed) continue;
        handed.ticket = null;
        handed.misses = 0;
        void this.#hand(key, handed);
      }
    }
  }
}

function handedKey(instanceId: InstanceId, step: StepKey): string {
  return `${instanceId}\n${step}`;
}
