/**
 * A worker's activities: begun here or on a named queue once they are scheduled, begun again after a takeover, held when they have ended too
 * many workers, and their outcomes brought to the instance.
 *
 * A4 nothing is begun for an instance that is not served: the next owner finds the activity in the state;
 * A5 a suspect, which was in flight when a worker vanished, is begun in a cell, where there are cells; from some claims on, and after its cell has
 *    died, alone, and its claim is counted right before, for until then it can have done no harm (Claims, K2);
 * A6 an absent database is no fault of the activity's and costs it no attempt.
 *
 * Not here: running an attempt (ActivityRunner), whose turn it is (ActivityDispatcher), what an outcome means (the engine).
 */
import { randomUUID } from 'node:crypto';
import type { CommandBody, InstanceId, StepKey } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import { ActivityDispatcher, type Ending } from './activity-dispatcher.ts';
import { ActivityRunner, AttemptAbort, type Activity, type ActivityJob } from './activity-runner.ts';
import { outcomeToStore, writtenOutcome, type BoundedOutcome } from './activity-outcome.ts';
import { Cells, type CellsOptions, type Company } from './cells/cells.ts';
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
import { hasWaitingResult, isStillOpen } from './still-open.ts';
import { SuspectLane } from './suspect-lane.ts';

export interface ActivityDeskOptions {
  store: Pick<DurableStore, 'accept' | 'messages' | 'load' | 'loadHistory'>;
  hot: Pick<HotStore, 'hint'>;
  claims: Claims;
  payloads: DurablePayloads;
  activities: ReadonlyMap<string, Activity>;
  /** Where suspects are begun; null = in this process. */
  cells: Omit<CellsOptions, 'loadInput' | 'observer' | 'onTrouble'> | null;
  /** Claims without an outcome after which an attempt is held. */
  claimLimit: number;
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

/** An attempt that ended a worker or a cell, or was beside what did. */
interface Suspect {
  /** Null: it is not this worker's to begin any more, or nobody's, for it has an outcome. */
  find(): Found | null | Promise<Found | null>;
  /** Whether it still is, right before it begins. */
  mayBegin(): boolean;
  /** Settles when it no longer runs. */
  begin(job: ActivityJob): Promise<Ending>;
  hold(body: CommandBody): unknown;
  /** Nothing more is done for it here. */
  over(): void;
}

/** Of an instance in memory, where it is known at once. */
interface ResumedSuspect extends Suspect {
  find(): Found | null;
}

interface Found {
  job: ActivityJob;
  finder: Finder;
}

/** How long the next suspect waits for the one before. */
const patienceMsInLane = 5_000;
/** In this process: everything else goes first before a suspect may end the worker once more. */
const hereLane = { width: 1, patienceMs: patienceMsInLane, pauseMs: 1_000 };
/** In cells, which keep suspects apart from each other and from the worker. */
const cellLane = { width: 2, patienceMs: patienceMsInLane, pauseMs: 0 };
/** Between the death of an attempt's second cell and its next begin; doubled with every claim. */
const [deathPauseMs, longestDeathPauseMs] = [250, 30_000];
/** How long the database is asked again while it is away, before an attempt fails for it. */
const patienceMs = 60_000;

export class ActivityDesk {
  readonly #options: ActivityDeskOptions;
  readonly #runner: ActivityRunner;
  readonly #dispatcher: ActivityDispatcher;
  readonly #queued: QueuedActivities | null;
  readonly #cells: Cells | null;
  readonly #suspects: SuspectLane;
  /** Of cells, on their way to being stored, with what they lead to. */
  readonly #deaths = new Set<Promise<void>>();
  /** What waits for `mayBegin` in front of a cell. */
  readonly #heldBack: (() => void)[] = [];
  readonly #counters = { activities: 0, quarantined: 0 };
  #stopped = false;

  constructor(options: ActivityDeskOptions) {
    this.#options = options;
    const { activities, cells, concurrency, observer, payloads, queue, onTrouble } = options;
    const loadInput = (input: Json) =>
      loadReferences(input, (reference) => this.#patiently('activity input', () => payloads.loadWhole(reference)));
    this.#runner = new ActivityRunner({ observer, activities, loadInput });
    this.#cells = cells === null ? null : new Cells({ ...cells, loadInput, observer, onTrouble: (error) => onTrouble('cells', error) });
    this.#suspects = new SuspectLane(cells === null ? hereLane : cellLane);
    this.#dispatcher = new ActivityDispatcher({
      runner: this.#runner,
      concurrency,
      mayBegin: options.mayBegin,
      report: (job, outcome) => this.#report(job, outcome),
    });
    this.#queued =
      queue === null
        ? null
        : new QueuedActivities(
            queue,
            (job) => this.#runHere(job),
            (job) => hasWaitingResult(options.store, job, options.partitions),
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

  get counters(): Readonly<Record<string, number>> {
    return { ...this.#counters, ...this.#cells?.counters };
  }

  /** Processes of its own for suspects. */
  get cells(): number {
    return this.#cells?.size ?? 0;
  }

  /** Attempts running or waiting here for instances that match. */
  countWhere(matches: (id: InstanceId) => boolean): number {
    return this.#dispatcher.countWhere(matches);
  }

  start(): void {
    this.#queued?.start();
    this.#options.queue?.serve(this.#options.workerId, (job, delivery) => this.#runQueued(job, delivery));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#queued?.stop();
    this.#suspects.close();
    this.#dispatcher.abortWhere(() => true);
    await this.#cells?.close();
  }

  /** Begins what an instance that has just come into memory left unfinished. `again`: a worker that vanished had begun it. */
  resume(resident: Resident, verdicts: ReadonlyMap<StepKey, Verdict>, again: boolean): void {
    for (const step of resident.decider.openActivities()) {
      const activity = resident.decider.activity(step);
      if (activity === null) continue;
      const verdict = verdicts.get(step);
      if (verdict?.type === 'hold') resident.inbox.push({ body: this.#hold(activity, verdict.claims), messageId: null, settle: () => {} });
      else if (verdict?.type === 'runAlone') this.#enterLane(this.#resumed(resident, step));
      else if (verdict?.type === 'runSuspect' && this.#cells !== null) this.#runSuspect(resident, step, verdict.claims);
      else if (verdict?.type !== 'leave') this.run(resident, step, again);
    }
  }

  run(resident: Resident, step: StepKey, again = false): void {
    const startable = this.#startable(resident, step, again);
    if (startable === null) return;
    // Once held, for ever suspected: its first claim is the release's commit.
    if (startable.job.releases > 0 && this.#cells !== null && this.#runsHere(startable)) this.#runSuspect(resident, step, 1);
    else this.#begin(startable);
  }

  /** Begins what was kept waiting. */
  proceed(): void {
    this.#dispatcher.proceed();
    this.#queued?.proceed();
    for (const resume of this.#heldBack.splice(0)) resume();
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

  #begin(startable: Startable): void {
    this.#counters.activities += 1;
    if (startable.queue === null || this.#queued === null) this.#dispatcher.run(startable.job);
    else this.#queued.run(startable.queue, startable.job);
  }

  #runsHere({ queue }: Startable): boolean {
    return queue === null || this.#queued === null;
  }

  #hold({ step, attempt }: Pick<ActivityJob, 'step' | 'attempt'>, claims: number): CommandBody {
    this.#counters.quarantined += 1;
    return { type: 'QuarantineTask', step, attempt, claims };
  }

  /** This worker, as the owner of the job's partition under `epoch`; null when it is that no more. */
  #owner({ instanceId, again }: ActivityJob, epoch: number | undefined): Finder | null {
    const owned = this.#options.ownershipOf(instanceId);
    if (owned === undefined || owned.epoch !== epoch || !this.#options.serves(instanceId)) return null;
    const { knownFrom, vanished } = owned;
    const partition = partitionOf(instanceId, this.#options.partitions);
    return { type: 'owner', partition, epoch, knownFrom, vanished: vanished || again };
  }

  // ── Suspects ───────────────────────────────────────────────────────────────

  /** [A5] Counted with everything that was found with it, and begun beside that; but what was held once runs alone. */
  #runSuspect(resident: Resident, step: StepKey, claims: number): void {
    const suspect = this.#resumed(resident, step);
    const found = suspect.find();
    if (found === null) return;
    if (found.job.releases > 0) this.#suspects.enter(() => this.#pass(suspect, claims));
    else
      void this.#runSafely(found.job, 'together', suspect.mayBegin).then((ending) => {
        if (ending === 'died') this.#enterLaneAfterDeath(suspect, found, claims);
      });
  }

  /** An unfinished attempt of an instance in memory. */
  #resumed(resident: Resident, step: StepKey): ResumedSuspect {
    const mayBegin = (): boolean => this.#startable(resident, step, false) !== null;
    return {
      find: () => {
        const startable = this.#startable(resident, step, false);
        const finder = startable === null ? null : this.#owner(startable.job, resident.epoch);
        return startable === null || finder === null ? null : { job: startable.job, finder };
      },
      mayBegin,
      begin: (job) => this.#runSafely(job, 'alone', mayBegin),
      hold: (body) => this.#options.tell(resident.id, body),
      over: () => {},
    };
  }

  /** Begins an attempt in a cell where there are cells, else here. */
  #runSafely(job: ActivityJob, company: Company, isWanted: () => boolean): Promise<Ending> {
    this.#counters.activities += 1;
    const cells = this.#cells;
    if (cells === null) return new Promise((ended) => this.#dispatcher.run(job, ended));
    const mayBegin = async (signal: AbortSignal): Promise<boolean> => {
      await this.#untilMayBegin(signal);
      return isWanted();
    };
    const runner = { attempt: (one: ActivityJob, abort: AttemptAbort) => cells.attempt(one, abort, company, mayBegin) };
    return new Promise((ended) => this.#dispatcher.run(job, ended, runner));
  }

  /** Resolves when activities may be begun, or this one is not wanted any more. */
  async #untilMayBegin(signal: AbortSignal): Promise<void> {
    while (!this.#options.mayBegin() && !signal.aborted) {
      await new Promise<void>((resume) => {
        this.#heldBack.push(resume);
        signal.addEventListener('abort', () => resume());
      });
    }
  }

  /** Its claim is counted when its turn has come. */
  #enterLane(suspect: Suspect): void {
    this.#suspects.enter(() => this.#pass(suspect, null));
  }

  /** [A5] `claims`: when they have been counted, with this one. Settles when it no longer runs. */
  async #pass(suspect: Suspect, claims: number | null): Promise<void> {
    const found = await suspect.find();
    if (found === null) return suspect.over();
    let counted = claims;
    if (counted === null) {
      const verdict = await this.#patiently('claims', () => this.#options.claims.again(found.job, found.finder));
      if (verdict.type === 'hold') await suspect.hold(this.#hold(found.job, verdict.claims));
      if (verdict.type === 'run') counted = 1;
      else if (verdict.type === 'runSuspect') counted = verdict.claims;
    }
    // It may have been cancelled while its claim was counted, or its partition lost.
    if (counted === null || !suspect.mayBegin()) return suspect.over();
    if ((await suspect.begin(found.job)) === 'died') this.#enterLaneAfterDeath(suspect, found, counted);
    else suspect.over();
  }

  /** [A5] Its cell died with it. What it has to wait for grows with its claims; being held is not worth waiting for. */
  #enterLaneAfterDeath(suspect: Suspect, { job, finder }: Found, claims: number): void {
    const recorded = this.#recordDeath(job, finder);
    this.#deaths.add(recorded);
    const pauseMs = claims < this.#options.claimLimit ? deathPauseMs * 2 ** (claims - 2) : 0;
    void recorded
      .then(() => new Promise((resume) => setTimeout(resume, Math.min(pauseMs, longestDeathPauseMs)).unref()))
      .then(() => (this.#stopped ? suspect.over() : this.#enterLane(suspect)))
      .finally(() => this.#deaths.delete(recorded));
  }

  /** Without it the next begin would not be counted, so there is none before it is stored. Resolves when this worker stops, too. */
  async #recordDeath(job: ActivityJob, finder: Finder): Promise<void> {
    for (let isStored = false; !isStored && !this.#stopped;) {
      isStored = await this.#patiently('death of a cell', () => this.#options.claims.died(job, finder)).then(
        () => true,
        () => false,
      );
    }
  }

  /** Before their partitions are handed on: what is dead is known to be dead, so that the next owner counts it. */
  async settle(matches: (id: InstanceId) => boolean): Promise<void> {
    await this.#cells?.check(({ instanceId }) => matches(instanceId));
    // The endings of what was in a cell that is gone are told first.
    await new Promise((resume) => setImmediate(resume));
    await Promise.all(this.#deaths);
  }

  /** A job of a named queue whose carrier is away. */
  #runHere(job: ActivityJob): void {
    if (!job.again) {
      this.#dispatcher.run(job);
      return;
    }
    const epoch = this.#options.ownershipOf(job.instanceId)?.epoch;
    const mayBegin = (): boolean => this.#options.serves(job.instanceId);
    this.#enterLane({
      find: () => {
        const finder = this.#owner(job, epoch);
        return finder === null ? null : { job, finder };
      },
      mayBegin,
      begin: () => this.#runSafely(job, 'alone', mayBegin),
      hold: (body) => this.#options.tell(job.instanceId, body),
      over: () => {},
    });
  }

  /**
   * A job of a named queue, maybe another worker's. One that was begun before, or was held once, is a suspect here, too. It may have an outcome by
   * the time its turn has come: from another entry of its, or from a worker that vanished before it told the queue.
   */
  async #runQueued(job: ActivityJob, delivery: Delivery): Promise<void> {
    const isSuspect = job.again || delivery.again || (job.releases > 0 && this.#cells !== null);
    const abort = new AttemptAbort();
    if (!isSuspect) {
      await this.#sendOutcome(job, await this.#outcomeOf(job, await this.#runner.attempt(job, abort)));
      return;
    }
    const mayBegin = (): boolean => !this.#stopped;
    await new Promise<void>((over, fail) => {
      const suspect: Suspect = {
        find: async () => {
          const isOpen = await this.#patiently('queued activity', () => isStillOpen(this.#options.store, job, this.#options.partitions));
          return isOpen ? { job, finder: { type: 'delivery', id: delivery.id } } : null;
        },
        mayBegin,
        begin: async () => {
          const outcome = await (this.#cells === null
            ? this.#runner.attempt(job, abort)
            : this.#cells.attempt(job, abort, 'alone', () => Promise.resolve(mayBegin())));
          if (typeof outcome !== 'object') return outcome;
          await this.#sendOutcome(job, await this.#outcomeOf(job, outcome));
          return 'over';
        },
        hold: (body) => this.#sendOutcome(job, body),
        over,
      };
      const claims = job.again || delivery.again ? null : 1;
      // Not begun, or not stored: the carrier hands it out again.
      this.#suspects.enter(() => this.#pass(suspect, claims).catch(fail));
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

  #report(job: ActivityJob, bounded: BoundedOutcome): void {
    const { instanceId, step, attempt } = job;
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
