/**
 * Runs one attempt of an activity in this process and gives what is to be stored of it, whatever comes of it (A3: whatever an activity throws
 * becomes a failure of that attempt). Used by a worker and by its cells alike; whose turn it is is not its business.
 */
import type { ExecutionId, Failure, InstanceId, StepKey } from '@perdure/engine';
// Not the whole package: a cell has this loaded in a moment.
import { activityKey } from '@perdure/engine/ids';
import type { Json } from '@perdure/graph';
import { boundedOutcome, type BoundedOutcome } from './activity-outcome.ts';
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
  async attempt(job: ActivityJob, abort: AttemptAbort): Promise<BoundedOutcome> {
    const observed = this.#options.observer?.activity?.(job) ?? null;
    const context = new AttemptContext(job, abort, observed === null ? job.traceParent : observed.traceParent);
    let result: ActivityResult;
    try {
      result = job.timeoutMs === null ? await this.#run(job, context) : await this.#withTimeout(job, context, abort, job.timeoutMs);
    } catch (error) {
      result = thrown(error);
    }
    observed?.end(result);
    return boundedOutcome(result);
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

/** What an attempt comes to that did not end by itself. */
export function thrown(error: unknown): ActivityResult {
  return { ok: false, failure: { code: 'ActivityError', message: messageOf(error) } };
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
