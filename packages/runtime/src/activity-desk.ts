/**
 * A worker's activities: begun here or on a named queue once they are scheduled, begun again after a takeover, held when they have ended too
 * many workers, and their outcomes brought to the instance.
 *
 * A4 nothing is begun for an instance that is not served: the next owner finds the activity in the state;
 * A5 a suspect (Claims, K2) is begun alone, and its claim is counted right before, for until then it can have done no harm;
 * A6 an absent database is no fault of the activity's and costs it no attempt.
 *
 * Not here: running an attempt (ActivityRunner), whose turn it is (ActivityDispatcher), what an outcome means (the engine).
 */
import { randomUUID } from 'node:crypto';
import type { CommandBody, InstanceId, StepKey } from '@perdure/engine';
import {
  ActivityDispatcher,
  ActivityRunner,
  AttemptAbort,
  type Activity,
  type ActivityJob,
  type ActivityResult,
} from './activity-dispatcher.ts';
import { boundedOutcome, outcomeToStore, writtenOutcome, type BoundedOutcome } from './activity-outcome.ts';
import type { Claims, Verdict } from './claims.ts';
import type { DurablePayloads } from './durable-payloads.ts';
import { loadReferences } from './load-references.ts';
import { partitionOf } from './partition-of.ts';
import type { ActivityQueue, Delivery } from './ports/activity-queue.ts';
import type { DurableStore, Finder, Ownership } from './ports/durable-store.ts';
import type { HotStore } from './ports/hot-store.ts';
import type { RuntimeObserver } from './ports/runtime-observer.ts';
import { QueuedActivities } from './queued-activities.ts';
import type { Resident } from './resident.ts';
import type { SendResult } from './runtime.ts';
import { SuspectLane } from './suspect-lane.ts';

export interface ActivityDeskOptions {
  store: Pick<DurableStore, 'accept' | 'messages'>;
  hot: Pick<HotStore, 'hint'>;
  claims: Claims;
  payloads: DurablePayloads;
  activities: ReadonlyMap<string, Activity>;
  /** Carries activities with a named queue; without it they run here. */
  queue: ActivityQueue | null;
  workerId: string;
  partitions: number;
  /** Attempts running here at once. */
  concurrency: number;
  serves(id: InstanceId): boolean;
  /** False while nothing may be begun, though it is served; `proceed` is called when that is over. */
  mayBegin(): boolean;
  /** How the instance's partition is owned; undefined when it is not. */
  ownershipOf(id: InstanceId): Ownership | undefined;
  /** Whether this is still what the worker has in memory for the instance. */
  isResident(resident: Resident): boolean;
  /** Gives an instance a command; resolves after its commit. */
  request(id: InstanceId, body: CommandBody): Promise<SendResult>;
  /** The same for whom its answer is nothing. */
  tell(id: InstanceId, body: CommandBody): void;
  lookForMail(): void;
  onTrouble(where: string, error: Error): void;
  observer: RuntimeObserver | null;
}

interface Startable {
  queue: string | null;
  job: ActivityJob;
}

/** How long the next suspect waits for the one before. */
const suspectPatienceMs = 5_000;
/** How long everything else goes first before a suspect may end the worker once more. */
const suspectPauseMs = 1_000;
/** Among how many waiting messages of its partition a job's result is looked for. */
const messagesLooked = 1_000;
/** How long the database is asked again while it is away, before an attempt fails for it. */
const patienceMs = 60_000;

export class ActivityDesk {
  readonly #options: ActivityDeskOptions;
  readonly #runner: ActivityRunner;
  readonly #dispatcher: ActivityDispatcher;
  readonly #queued: QueuedActivities | null;
  readonly #suspects = new SuspectLane(suspectPatienceMs, suspectPauseMs);
  readonly #counters = { activities: 0, quarantined: 0 };
  #stopped = false;

  constructor(options: ActivityDeskOptions) {
    this.#options = options;
    const { activities, concurrency, observer, payloads, queue } = options;
    this.#runner = new ActivityRunner({
      observer,
      activities,
      loadInput: (input) => loadReferences(input, (reference) => this.#patiently('activity input', () => payloads.loadWhole(reference))),
    });
    this.#dispatcher = new ActivityDispatcher({
      runner: this.#runner,
      concurrency,
      mayBegin: options.mayBegin,
      report: (job, result) => this.#report(job, result),
    });
    this.#queued =
      queue === null
        ? null
        : new QueuedActivities(
            queue,
            (job) => this.#runHere(job),
            (job) => this.#hasStoredResult(job),
            options.mayBegin,
          );
  }

  /** Attempts running or waiting here, or handed to a named queue. */
  get size(): number {
    return this.#dispatcher.size + (this.#queued?.size ?? 0);
  }

  /** Attempts that wait for a place here. */
  get waiting(): number {
    return this.#dispatcher.waiting;
  }

  get counters(): Readonly<Record<'activities' | 'quarantined', number>> {
    return this.#counters;
  }

  /** Attempts running or waiting here for instances that match. */
  countWhere(matches: (id: InstanceId) => boolean): number {
    return this.#dispatcher.countWhere(matches);
  }

  start(): void {
    this.#queued?.start();
    this.#options.queue?.serve(this.#options.workerId, (job, delivery) => this.#runQueued(job, delivery));
  }

  stop(): void {
    this.#stopped = true;
    this.#queued?.stop();
    this.#suspects.close();
    this.#dispatcher.abortWhere(() => true);
  }

  /** Begins what an instance that has just come into memory left unfinished. `again`: a worker that vanished had begun it. */
  resume(resident: Resident, verdicts: ReadonlyMap<StepKey, Verdict>, again: boolean): void {
    for (const step of resident.decider.openActivities()) {
      const activity = resident.decider.activity(step);
      if (activity === null) continue;
      const verdict = verdicts.get(step);
      if (verdict?.type === 'hold') resident.inbox.push({ body: this.#hold(activity, verdict.claims), messageId: null, settle: () => {} });
      else if (verdict?.type === 'runAlone') this.#suspects.enter(() => this.#resumeAlone(resident, step));
      else if (verdict?.type !== 'leave') this.run(resident, step, again);
    }
  }

  run(resident: Resident, step: StepKey, again = false): void {
    const startable = this.#startable(resident, step, again);
    if (startable !== null) this.#begin(startable, null);
  }

  /** Begins what was kept waiting. */
  proceed(): void {
    this.#dispatcher.proceed();
    this.#queued?.proceed();
  }

  /** The step was cancelled. */
  abort(id: InstanceId, step: StepKey): void {
    this.concluded(id, step);
    this.#dispatcher.abort(id, step);
  }

  /** The step has an outcome. */
  concluded(id: InstanceId, step: StepKey): void {
    this.#queued?.forget(id, step);
  }

  /** Aborts what belongs to instances that are not served any more. */
  dropWhere(matches: (id: InstanceId) => boolean): void {
    this.#dispatcher.abortWhere(matches);
    this.#queued?.forgetWhere(matches);
  }

  /** [A4] */
  #startable(resident: Resident, step: StepKey, again: boolean): Startable | null {
    if (!this.#options.isResident(resident) || !this.#options.serves(resident.id)) return null;
    const activity = resident.decider.activity(step);
    if (activity === null) return null;
    const { queue, ...work } = activity;
    const traceParent = resident.traceParent ?? resident.decider.traceParent;
    const { executionId } = resident.decider;
    return { queue, job: { instanceId: resident.id, executionId, again, ...work, ...(traceParent === undefined ? {} : { traceParent }) } };
  }

  /** `onEnd`: called when it no longer runs here. */
  #begin({ queue, job }: Startable, onEnd: (() => void) | null): void {
    this.#counters.activities += 1;
    if (queue === null || this.#queued === null) this.#dispatcher.run(job, onEnd);
    else {
      this.#queued.run(queue, job);
      onEnd?.();
    }
  }

  #hold({ step, attempt }: Pick<ActivityJob, 'step' | 'attempt'>, claims: number): CommandBody {
    this.#counters.quarantined += 1;
    return { type: 'QuarantineTask', step, attempt, claims };
  }

  /** [A5] Counts a suspect's claim and begins it, or has it held. */
  async #beginSuspect(job: ActivityJob, finder: Finder, begin: () => Promise<void>, hold: (body: CommandBody) => unknown): Promise<void> {
    const verdict = await this.#patiently('claims', () => this.#options.claims.again(job, finder));
    if (verdict.type === 'hold') await hold(this.#hold(job, verdict.claims));
    else if (verdict.type === 'run') await begin();
  }

  /** This worker, as the owner of the job's partition under `epoch`; null when it is that no more. */
  #owner({ instanceId, again }: ActivityJob, epoch: number | undefined): Finder | null {
    const owned = this.#options.ownershipOf(instanceId);
    if (owned === undefined || owned.epoch !== epoch || !this.#options.serves(instanceId)) return null;
    const { knownFrom, vanished } = owned;
    const partition = partitionOf(instanceId, this.#options.partitions);
    return { type: 'owner', partition, epoch, knownFrom, vanished: vanished || again };
  }

  async #resumeAlone(resident: Resident, step: StepKey): Promise<void> {
    const suspect = this.#startable(resident, step, false);
    const finder = suspect === null ? null : this.#owner(suspect.job, resident.epoch);
    if (suspect === null || finder === null) return;
    const begin = async (): Promise<void> => {
      // It may have been cancelled while its claim was counted, or its partition lost.
      const startable = this.#startable(resident, step, false);
      if (startable !== null) await new Promise<void>((ended) => this.#begin(startable, ended));
    };
    await this.#beginSuspect(suspect.job, finder, begin, (body) => this.#options.tell(resident.id, body));
  }

  /** A job of a named queue whose carrier is away. */
  #runHere(job: ActivityJob): void {
    if (!job.again) {
      this.#dispatcher.run(job);
      return;
    }
    const begin = async (): Promise<void> => {
      if (this.#options.serves(job.instanceId)) await new Promise<void>((ended) => this.#dispatcher.run(job, ended));
    };
    const hold = (body: CommandBody): void => this.#options.tell(job.instanceId, body);
    const epoch = this.#options.ownershipOf(job.instanceId)?.epoch;
    this.#suspects.enter(async () => {
      const finder = this.#owner(job, epoch);
      if (finder !== null) await this.#beginSuspect(job, finder, begin, hold);
    });
  }

  /** A job of a named queue, maybe another worker's. One that was begun before is a suspect here, too. */
  #runQueued(job: ActivityJob, delivery: Delivery): Promise<void> {
    const run = async (): Promise<void> =>
      this.#sendOutcome(job, await this.#outcomeOf(job, boundedOutcome(await this.#runner.attempt(job, new AttemptAbort()))));
    if (!job.again && !delivery.again) return run();
    return new Promise((done, fail) => {
      this.#suspects.enter(async () => {
        try {
          await this.#beginSuspect(job, { type: 'delivery', id: delivery.id }, run, (body) => this.#sendOutcome(job, body));
          done();
        } catch (error) {
          fail(error as Error);
        }
      });
    });
  }

  /** Of a queued job: travels as a stored message unless the instance is served here. */
  async #sendOutcome(job: ActivityJob, body: CommandBody): Promise<void> {
    if (this.#options.serves(job.instanceId)) {
      const stored = await this.#options.request(job.instanceId, body);
      if (stored.ok || stored.code !== 'unavailable') return;
    }
    const partition = partitionOf(job.instanceId, this.#options.partitions);
    await this.#options.store.accept([], [{ partition, instanceId: job.instanceId, messageId: `result:${randomUUID()}`, body }]);
    this.#options.hot.hint({ type: 'mail', partitions: [partition] });
    this.#options.lookForMail();
  }

  async #hasStoredResult({ instanceId, step, attempt }: ActivityJob): Promise<boolean> {
    const waiting = await this.#options.store.messages([partitionOf(instanceId, this.#options.partitions)], [], messagesLooked);
    return waiting.some(
      ({ instanceId: receiver, body }) =>
        receiver === instanceId &&
        (body.type === 'CompleteTask' || body.type === 'FailTask') &&
        body.step === step &&
        body.attempt === attempt,
    );
  }

  #report(job: ActivityJob, result: ActivityResult): void {
    const { instanceId, step, attempt } = job;
    const bounded = boundedOutcome(result);
    if (bounded.referenced === null) this.#options.tell(instanceId, { ...bounded.outcome, step, attempt });
    else void this.#outcomeOf(job, bounded).then((body) => this.#options.tell(instanceId, body));
  }

  async #outcomeOf({ step, attempt }: ActivityJob, bounded: BoundedOutcome): Promise<CommandBody> {
    const written = await writtenOutcome(bounded, this.#options.payloads);
    return this.#patiently('activity result', () => outcomeToStore(written, this.#options.payloads)).then(
      (outcome): CommandBody => ({ ...outcome, step, attempt }),
      (error: Error): CommandBody => ({ type: 'FailTask', step, attempt, failure: { code: 'ResultNotKept', message: error.message } }),
    );
  }

  /** [A6] */
  async #patiently<T>(what: string, work: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + patienceMs;
    for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
      try {
        return await work();
      } catch (error) {
        if (this.#stopped || performance.now() > deadline) throw error;
        this.#options.onTrouble(what, error as Error);
        await new Promise((resume) => setTimeout(resume, pauseMs));
      }
    }
  }
}
