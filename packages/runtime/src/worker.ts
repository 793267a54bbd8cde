/**
 * The worker: owns partitions, and gives each command and message for their instances to those who see to it.
 *
 * W1 an instance is served only under the epoch its partition was claimed with; losing the partition drops it from memory with all that is underway.
 *
 * Not here: how instances come into memory (Loader, Takeovers), what is done with their commands (Turns: W2 to W4), their activities
 * (ActivityDesk), who owns what (LeaseKeeper).
 */
import type { CommandBody, Evaluator, InstanceId, StepKey } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import { ActivityDesk, type ActivityDeskOptions } from './activity-desk.ts';
import type { Activity } from './activity-runner.ts';
import { ChildStarter } from './child-starter.ts';
import { Claims, type Verdict } from './claims.ts';
import type { DatabaseClock } from './database-clock.ts';
import type { EntityTypes } from './entity-types.ts';
import { Housekeeping } from './housekeeping.ts';
import { Loader, unavailable, wakeUp } from './loader.ts';
import { Mailbox } from './mailbox.ts';
import { newExecutionId } from './new-execution-id.ts';
import { ownershipOf, type TakenPartition } from './ownership.ts';
import { partitionOf } from './partition-of.ts';
import type { PlanCache, PublishedPlan } from './plan-cache.ts';
import type { CommitItem, DurableStore, InstanceCreation, OutgoingMessage, Ownership, StoredMessage } from './ports/durable-store.ts';
import type { InstanceCommand } from './ports/decider.ts';
import type { ActivityQueue } from './ports/activity-queue.ts';
import type { HotStore } from './ports/hot-store.ts';
import type { RuntimeObserver } from './ports/runtime-observer.ts';
import type { QueuedCommand, Resident } from './resident.ts';
import { Residents } from './residents.ts';
import type { SendResult } from './runtime.ts';
import { Takeovers } from './takeovers.ts';
import { TimerService } from './timer-service.ts';
import { Turns } from './turns.ts';
import type { DurablePayloads } from './durable-payloads.ts';

export interface WorkerOptions {
  store: DurableStore;
  hot: HotStore;
  clock: DatabaseClock;
  plans: PlanCache;
  entityTypes: EntityTypes;
  payloads: DurablePayloads;
  evaluator: Evaluator;
  activities: ReadonlyMap<string, Activity>;
  /** Where suspects are begun; null = in this process. */
  cells: ActivityDeskOptions['cells'];
  /** Carries activities with a named queue; without it they run here. */
  queue: ActivityQueue | null;
  workerId: string;
  partitions: number;
  activityConcurrency: number;
  /** Idle instances kept in memory; the ones idle longest leave. */
  residentLimit: number;
  /** Claims without an outcome after which an attempt of an activity is held in quarantine. */
  claimLimit: number;
  mailboxPollMs: number;
  /** False when the leases may have run out unnoticed, because the process stood still: then nothing is served. */
  leasesHold(): boolean;
  /** False while no activity may be begun, though the leases hold; `proceed` is called when that is over. */
  mayBegin(): boolean;
  /** Called after each commit with what it stored. */
  onStored(items: readonly CommitItem[], touchesTasks: boolean): void;
  onTrouble(where: string, error: Error, about?: { readonly instanceId: string }): void;
  observer: RuntimeObserver | null;
}

/** Answers a command that nobody waits for. */
const nobody = (): void => {};

export class Worker {
  readonly #options: WorkerOptions;
  readonly #owned = new Map<number, Ownership & { draining: boolean }>();
  /** Of every partition it ever had: how it had it last. */
  readonly #ownerships = new Map<number, Ownership>();
  readonly #residents: Residents;
  readonly #loader: Loader;
  readonly #takeovers: Takeovers;
  readonly #turns: Turns;
  readonly #activities: ActivityDesk;
  readonly #timers: TimerService;
  readonly #mailbox: Mailbox;
  readonly #children: ChildStarter;
  readonly #housekeeping: Housekeeping;
  #stopped = false;
  #readsInMemory = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
    const { store, hot, clock, plans, entityTypes, partitions, observer, onTrouble } = options;
    const enqueue = (id: InstanceId, command: QueuedCommand): void => this.#enqueue(id, command);
    const deliver = (messages: readonly OutgoingMessage[]): void => this.#deliverOrHint(messages);
    const lookForMail = (): void => this.#mailbox.look();
    this.#residents = new Residents(options.residentLimit);
    const claims = new Claims(store, options.claimLimit);
    this.#loader = new Loader({
      claims,
      withQueues: options.queue !== null,
      store,
      hot,
      plans,
      entityTypes,
      partitions,
      ownershipOf: (partition) => this.#owned.get(partition),
      admit: (resident, verdicts) => this.#admit(resident, verdicts),
      enqueue,
      wakeLater: (id) => this.#turns.wakeLater(id),
      deliver,
      lookForMail,
      onTrouble,
    });
    this.#takeovers = new Takeovers({
      leases: store.leases,
      ownershipOf: (partition) => this.#owned.get(partition),
      isResident: (id) => this.#residents.has(id),
      wake: (id) => new Promise((settle) => this.#enqueue(id, { ...wakeUp(), settle })),
      onTrouble: (error) => onTrouble('recover', error),
    });
    this.#activities = new ActivityDesk({
      store,
      hot,
      claims,
      payloads: options.payloads,
      activities: options.activities,
      cells: options.cells,
      claimLimit: options.claimLimit,
      queue: options.queue,
      workerId: options.workerId,
      partitions,
      concurrency: options.activityConcurrency,
      serves: (id) => this.serves(id),
      // What waited for a place is not begun behind the end of a lease either: it is dropped with the partition, and begun by its next owner.
      mayBegin: () => options.mayBegin() && options.leasesHold(),
      ownershipOf: (id) => this.#owned.get(partitionOf(id, partitions)),
      isResident: (resident) => this.#residents.holds(resident),
      request: (id, body) => this.#request(id, body, null),
      tell: (id, body) => this.#enqueue(id, { body, messageId: null, settle: nobody }),
      lookForMail,
      onTrouble,
      observer,
    });
    this.#timers = new TimerService(store, clock, {
      partitions: () => this.#servedPartitions(),
      fire: async ({ instanceId, timer, fireAt }) => {
        clock.passed(fireAt);
        await this.#request(instanceId, { type: 'FireTimer', timer }, null);
      },
      onTrouble: (error) => onTrouble('timers', error),
    });
    this.#mailbox = new Mailbox(store, {
      pollEveryMs: options.mailboxPollMs,
      partitions: () => this.#servedPartitions(),
      deliver: (message) => this.#deliver(message),
      onTrouble: (error) => onTrouble('mailbox', error),
    });
    this.#children = new ChildStarter({ store, plans, partitions, enqueue, deliver });
    this.#turns = new Turns({
      store,
      hot,
      clock,
      evaluator: options.evaluator,
      partitions,
      residents: this.#residents,
      activities: this.#activities,
      timers: this.#timers,
      enqueue,
      deliver,
      lookForMail,
      lostInCommit: (resident) => this.#lostInCommit(resident),
      onStored: options.onStored,
      onTrouble,
      observer,
    });
    this.#housekeeping = new Housekeeping(store, (error) => onTrouble('housekeeping', error));
  }

  get residentCount(): number {
    return this.#residents.size;
  }

  get runningActivities(): number {
    return this.#activities.size;
  }

  get waitingActivities(): number {
    return this.#activities.waiting;
  }

  get cells(): number {
    return this.#activities.cells;
  }

  get commitQueue(): number {
    return this.#turns.queued;
  }

  get counters(): Readonly<Record<string, number>> {
    return { ...this.#turns.counters, readsInMemory: this.#readsInMemory, ...this.#activities.counters, ...this.#loader.counters };
  }

  start(): void {
    this.#timers.start();
    this.#mailbox.start();
    this.#housekeeping.start();
    this.#activities.start();
  }

  /** Whether commands for this instance can be given to this worker directly. */
  serves(id: InstanceId): boolean {
    const owned = this.#owned.get(partitionOf(id, this.#options.partitions));
    return owned !== undefined && !owned.draining && !this.#stopped && this.#options.leasesHold();
  }

  /** Begins the activities that were kept waiting. */
  proceed(): void {
    this.#activities.proceed();
  }

  claimed(partitions: readonly TakenPartition[]): void {
    for (const partition of partitions) {
      this.#drop(partition.id);
      const owned = { ...ownershipOf(partition, this.#ownerships.get(partition.id)), draining: false };
      this.#owned.set(partition.id, owned);
      this.#ownerships.set(partition.id, owned);
    }
    this.#takeovers.begin(partitions.map(({ id }) => id));
    void this.#timers.survey();
    this.#mailbox.look();
  }

  lost(partitions: readonly number[]): void {
    for (const id of partitions) {
      this.#owned.delete(id);
      this.#drop(id);
    }
  }

  /** Takes nothing new for these partitions and lets what is underway finish, activities for at most `graceMs`. */
  async drain(partitions: readonly number[], graceMs = 3_000): Promise<void> {
    const leaving = new Set(partitions);
    // The next owner gets a partition in good order: what a vanished one had begun is counted before.
    await settledWithin(graceMs, this.#takeovers.of(partitions));
    const deadline = performance.now() + graceMs;
    for (const id of leaving) {
      const owned = this.#owned.get(id);
      if (owned !== undefined) owned.draining = true;
    }
    const isLeaving = (id: InstanceId): boolean => leaving.has(partitionOf(id, this.#options.partitions));
    const isBusy = (): boolean => this.#activities.countWhere(isLeaving) > 0 || this.#residents.isAnyBusyIn(leaving);
    while (performance.now() < deadline && isBusy()) await new Promise((resume) => setTimeout(resume, 10));
    await this.#activities.settle(isLeaving);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#takeovers.stop();
    this.#timers.stop();
    this.#mailbox.stop();
    this.#housekeeping.stop();
    await this.#activities.stop();
    this.#turns.close();
  }

  look(): void {
    this.#mailbox.look();
  }

  /** Starts an instance this worker serves. The row is made by the first turn's commit. */
  startInstance(
    published: PublishedPlan,
    id: InstanceId,
    input: Json,
    creation: InstanceCreation,
    more: Pick<Extract<CommandBody, { type: 'StartExecution' }>, 'traceParent' | 'test' | 'requester' | 'coRequesters'>,
  ): Promise<SendResult & { executionId?: string }> {
    const execution = newExecutionId();
    const body: CommandBody = {
      type: 'StartExecution',
      executionId: execution,
      workflow: published.workflow,
      version: published.version,
      input,
      tags: [...creation.tags],
      startedBy: creation.startedBy,
      parent: creation.parent,
      ...more,
    };
    return new Promise((settle) => {
      const command: QueuedCommand = {
        body,
        messageId: null,
        creation,
        settle: (result) => settle(result.ok ? { ...result, executionId: execution } : result),
      };
      if (this.#residents.has(id) || this.#loader.awaits(id)) this.#enqueue(id, command);
      else this.#loader.create(id, published, command);
    });
  }

  /** Gives a command to an instance this worker serves; resolves after its commit. */
  send(id: InstanceId, body: InstanceCommand): Promise<SendResult> {
    return this.#request(id, body, null);
  }

  #request(id: InstanceId, body: InstanceCommand, messageId: string | null): Promise<SendResult> {
    return new Promise((settle) => this.#enqueue(id, { body, messageId, settle }));
  }

  #servedPartitions(): number[] {
    return [...this.#owned].filter(([, { draining }]) => !draining).map(([id]) => id);
  }

  #enqueue(id: InstanceId, command: QueuedCommand): void {
    const resident = this.#residents.get(id);
    // A draining partition still takes the results of what runs in it.
    if (resident !== undefined && !this.#stopped) {
      this.#readsInMemory += 1;
      resident.inbox.push(command);
      this.#turns.take(resident);
      return;
    }
    if (!this.serves(id)) {
      command.settle(unavailable);
      return;
    }
    this.#loader.load(id, command);
  }

  /** Stored messages: to those this worker serves at once, to others by telling their owners to look. */
  #deliverOrHint(messages: readonly OutgoingMessage[]): void {
    const elsewhere = new Set<number>();
    for (const message of messages) {
      if (this.serves(message.instanceId)) this.#mailbox.deliver(message);
      else elsewhere.add(message.partition);
    }
    if (elsewhere.size > 0) this.#options.hot.hint({ type: 'mail', partitions: [...elsewhere] });
  }

  #lostInCommit(resident: Resident): void {
    const owned = this.#owned.get(resident.partition);
    if (owned !== undefined && owned.epoch === resident.epoch) this.lost([resident.partition]);
  }

  #drop(partition: number): void {
    for (const { inbox } of this.#residents.removeAllOf(partition)) for (const { settle } of inbox.splice(0)) settle(unavailable);
    this.#loader.drop(partition);
    this.#activities.dropWhere((id) => partitionOf(id, this.#options.partitions) === partition);
  }

  /** A resident from the loader: its unfinished activities are dispatched, then its inbox has its turn. */
  #admit(resident: Resident, verdicts: ReadonlyMap<StepKey, Verdict>): void {
    this.#residents.add(resident);
    this.#activities.resume(resident, verdicts, this.#owned.get(resident.partition)?.vanished ?? false);
    this.#turns.begin(resident);
  }

  async #deliver(message: StoredMessage): Promise<void> {
    const { body } = message;
    if (body.type === 'StartChild') await this.#children.start(message, body);
    else await this.#request(message.instanceId, body, message.messageId);
  }
}

/** Goes on after the limit, too. */
async function settledWithin(limitMs: number, underway: readonly Promise<void>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resume) => {
    timer = setTimeout(resume, limitMs);
  });
  await Promise.race([Promise.all(underway), limit]);
  clearTimeout(timer);
}
