/**
 * Whose turn it is among the attempts begun by this process, after the commit that scheduled them.
 *
 * A1 an attempt (instance, step, attempt) runs at most once at a time here; A2 its result is reported exactly once, an aborted one's not at all.
 */
import type { InstanceId, StepKey } from '@perdure/engine';
import type { BoundedOutcome } from './activity-outcome.ts';
import { AttemptAbort, type ActivityJob } from './activity-runner.ts';

/** Runs an attempt. `died`: the process it ran in ended with it; `left`: it was not begun, because it is not this worker's any more. */
export interface AttemptRunner {
  attempt(job: ActivityJob, abort: AttemptAbort): Promise<BoundedOutcome | 'died' | 'left'>;
}

/** How an attempt came to be no longer here: `over` = reported, aborted, or run by somebody else here already. */
export type Ending = 'over' | 'died' | 'left';

export interface ActivityDispatcherOptions {
  runner: AttemptRunner;
  /** Attempts running at once; more wait their turn. */
  concurrency: number;
  /** False while none may begin; `proceed` is called when that is over. */
  mayBegin(): boolean;
  report(job: ActivityJob, outcome: BoundedOutcome): void;
}

export class ActivityDispatcher {
  readonly #options: ActivityDispatcherOptions;
  readonly #jobs = new Map<string, Entry>();
  readonly #waiting: string[] = [];
  #running = 0;

  constructor(options: ActivityDispatcherOptions) {
    this.#options = options;
  }

  /** Attempts running or waiting for a place. */
  get size(): number {
    return this.#jobs.size;
  }

  /** `onEnd`: called when the attempt is no longer here. `runner`: who runs this one. */
  run(job: ActivityJob, onEnd: ((ending: Ending) => void) | null = null, runner: AttemptRunner = this.#options.runner): void {
    const key = jobKey(job.instanceId, job.step);
    const known = this.#jobs.get(key);
    if (known !== undefined) {
      if (known.job.attempt === job.attempt && known.job.executionId === job.executionId) {
        onEnd?.('over');
        return; // A1
      }
      this.#abort(key, known);
    }
    this.#jobs.set(key, { job, runner, abort: new AttemptAbort(), started: false, onEnd });
    this.#waiting.push(key);
    this.#fill();
  }

  abort(instanceId: InstanceId, step: StepKey): void {
    const key = jobKey(instanceId, step);
    const entry = this.#jobs.get(key);
    if (entry !== undefined) this.#abort(key, entry);
  }

  /** Aborts what runs for instances the caller no longer serves. */
  abortWhere(matches: (instanceId: InstanceId) => boolean): void {
    for (const [key, entry] of this.#jobs) if (matches(entry.job.instanceId)) this.#abort(key, entry);
  }

  #abort(key: string, entry: Entry): void {
    this.#jobs.delete(key);
    entry.abort.abort();
    entry.onEnd?.('over');
  }

  /** Attempts that wait for a place. */
  get waiting(): number {
    return Math.max(0, this.#jobs.size - this.#running);
  }

  countWhere(matches: (instanceId: InstanceId) => boolean): number {
    let count = 0;
    for (const { job } of this.#jobs.values()) if (matches(job.instanceId)) count += 1;
    return count;
  }

  /** Begins what was kept waiting. */
  proceed(): void {
    this.#fill();
  }

  #fill(): void {
    while (this.#running < this.#options.concurrency && this.#options.mayBegin()) {
      const key = this.#waiting.shift();
      if (key === undefined) return;
      const entry = this.#jobs.get(key);
      // An aborted attempt left its place in the queue: the step may be in it twice (A1).
      if (entry === undefined || entry.started) continue;
      entry.started = true;
      this.#running += 1;
      void this.#attempt(key, entry);
    }
  }

  async #attempt(key: string, entry: Entry): Promise<void> {
    const { job, abort, runner } = entry;
    const outcome = await runner.attempt(job, abort);
    try {
      if (this.#jobs.get(key) !== entry) return; // A2: aborted, or replaced by a later attempt
      this.#jobs.delete(key);
      const isOver = typeof outcome === 'object';
      if (isOver) this.#options.report(job, outcome);
      entry.onEnd?.(isOver ? 'over' : outcome);
    } finally {
      this.#running -= 1;
      this.#fill();
    }
  }
}

interface Entry {
  job: ActivityJob;
  runner: AttemptRunner;
  abort: AttemptAbort;
  started: boolean;
  onEnd: ((ending: Ending) => void) | null;
}

function jobKey(instanceId: InstanceId, step: StepKey): string {
  return `${instanceId}\n${step}`;
}
