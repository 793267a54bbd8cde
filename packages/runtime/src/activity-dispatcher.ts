/**
 * Runs activities in this process, after the commit that scheduled them.
 *
 * A1 an attempt (instance, step, attempt) runs at most once at a time here; A2 its result is reported exactly once, an aborted one's not at all;
 * A3 whatever an activity throws becomes a failure of that attempt.
 */
import { activityKey, type ExecutionId, type Failure, type InstanceId, type StepKey } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { RuntimeObserver } from './ports/runtime-observer.ts';

/** An activity as the runtime sees it (`@perdure/activities` implements it). */
export interface Activity {
  name: string;
  run(input: Json, context: ActivityContext): Promise<ActivityResult>;
}

export interface ActivityContext {
  /** The same for every attempt of a step: hand it to the receiver so that it can recognise a repetition. */
  key: string;
  attempt: number;
  signal: AbortSignal;
  instanceId: string;
  node: string;
  timeoutMs: number | null;
  /** W3C trace context for whomever it calls. */
  traceParent?: string;
}

export type ActivityResult = { ok: true; output: Json } | { ok: false; failure: Failure; retryable?: boolean };

export interface ActivityJob {
  instanceId: InstanceId;
  executionId: ExecutionId;
  step: StepKey;
  attempt: number;
  /** Times it was let out of quarantine. */
  releases: number;
  /** A worker that vanished had begun it before. */
  again: boolean;
  activity: string;
  node: string;
  input: Json;
  timeoutMs: number | null;
  /** Of the turn that scheduled it, or of the instance. */
  traceParent?: string;
}

/** Ends an attempt early. Most activities never look at the signal, and an AbortController costs more than the rest of a small attempt. */
export class AttemptAbort {
  #controller: AbortController | null = null;
  #isAborted = false;

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort();
  }
}

export interface ActivityRunnerOptions {
  activities: ReadonlyMap<string, Activity>;
  /** Inputs may hold payload references. */
  loadInput(input: Json): Json | Promise<Json>;
  observer?: RuntimeObserver | null;
}

export class ActivityRunner {
  readonly #options: ActivityRunnerOptions;

  constructor(options: ActivityRunnerOptions) {
    this.#options = options;
  }

  /** Never rejects (A3). */
  async attempt(job: ActivityJob, abort: AttemptAbort): Promise<ActivityResult> {
    const observed = this.#options.observer?.activity?.(job) ?? null;
    const context = new AttemptContext(job, abort, observed === null ? job.traceParent : observed.traceParent);
    let result: ActivityResult;
    try {
      result = job.timeoutMs === null ? await this.#run(job, context) : await this.#withTimeout(job, context, abort, job.timeoutMs);
    } catch (error) {
      result = { ok: false, failure: { code: 'ActivityError', message: messageOf(error) } };
    }
    observed?.end(result);
    return result;
  }

  async #run(job: ActivityJob, context: ActivityContext): Promise<ActivityResult> {
    const activity = this.#options.activities.get(job.activity);
    if (activity === undefined)
      return {
        ok: false,
        retryable: false,
        failure: { code: 'UnknownActivity', message: `No worker knows the activity ${job.activity}.` },
      };
    // An activity never begins within the turn that scheduled it.
    const input = await this.#options.loadInput(job.input);
    return await activity.run(input, context);
  }

  async #withTimeout(job: ActivityJob, context: ActivityContext, abort: AttemptAbort, timeoutMs: number): Promise<ActivityResult> {
    const work = this.#run(job, context);
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<ActivityResult>((resolve) => {
      timer = setTimeout(() => {
        resolve({ ok: false, failure: { code: 'Timeout', message: `No answer within ${timeoutMs} ms.` } });
        abort.abort();
      }, timeoutMs);
    });
    try {
      return await Promise.race([work, timedOut]);
    } finally {
      clearTimeout(timer);
      work.catch(() => {}); // A late failure of an attempt that was given up is nobody's.
    }
  }
}

/** Anything can be thrown, also what cannot be made a text. */
function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'The activity threw something that has no text.';
  }
}

/** A class for the sake of `signal`: a getter in an object literal is made anew with each object, and costs more than a small attempt. */
class AttemptContext implements ActivityContext {
  readonly key: string;
  readonly attempt: number;
  readonly instanceId: string;
  readonly node: string;
  readonly timeoutMs: number | null;
  readonly traceParent?: string;
  readonly #abort: AttemptAbort;

  constructor(job: ActivityJob, abort: AttemptAbort, traceParent: string | undefined) {
    this.key = activityKey(job.instanceId, job.executionId, job.step);
    this.attempt = job.attempt;
    this.instanceId = job.instanceId;
    this.node = job.node;
    this.timeoutMs = job.timeoutMs;
    if (traceParent !== undefined) this.traceParent = traceParent;
    this.#abort = abort;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }
}

export interface ActivityDispatcherOptions {
  runner: ActivityRunner;
  /** Attempts running at once; more wait their turn. */
  concurrency: number;
  /** False while none may begin; `proceed` is called when that is over. */
  mayBegin(): boolean;
  report(job: ActivityJob, result: ActivityResult): void;
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

  /** `onEnd`: called when the attempt is no longer here, reported or aborted. */
  run(job: ActivityJob, onEnd: (() => void) | null = null): void {
    const key = jobKey(job.instanceId, job.step);
    const known = this.#jobs.get(key);
    if (known !== undefined) {
      if (known.job.attempt === job.attempt && known.job.executionId === job.executionId) {
        onEnd?.();
        return; // A1
      }
      this.#abort(key, known);
    }
    this.#jobs.set(key, { job, abort: new AttemptAbort(), started: false, onEnd });
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
    entry.onEnd?.();
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
    const { job, abort } = entry;
    const result = await this.#options.runner.attempt(job, abort);
    try {
      if (this.#jobs.get(key) !== entry) return; // A2: aborted, or replaced by a later attempt
      this.#jobs.delete(key);
      this.#options.report(job, result);
      entry.onEnd?.();
    } finally {
      this.#running -= 1;
      this.#fill();
    }
  }
}

interface Entry {
  job: ActivityJob;
  abort: AttemptAbort;
  started: boolean;
  onEnd: (() => void) | null;
}

function jobKey(instanceId: InstanceId, step: StepKey): string {
  return `${instanceId}\n${step}`;
}
