/**
 * The worker: owns partitions, keeps their busy instances in memory, turns commands into events, and lets Postgres have the last word.
 *
 * W1 an instance is served only under the epoch its partition was claimed with; losing the partition drops it from memory with all that is underway;
 * W2 turns of one instance never overlap: commands that arrive during a turn or its commit are taken up together by the next one;
 * W3 nothing external happens before its cause is stored: activities start, messages travel and callers are answered after the commit;
 * W4 what a failed commit leaves in memory is worthless: the instance is dropped and read again when it is next needed.
 *
 * Not here: what a command means (the engine), how instances come into memory (Loader), their activities (ActivityDesk), how a batch is
 * stored (CommitLanes, the durable store), who owns what (LeaseKeeper).
 */
import { randomUUID } from 'node:crypto';
import { isFinal, type CommandBody, type Evaluator, type InstanceId, type StepKey } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import { ActivityDesk, type ActivityDeskOptions } from './activity-desk.ts';
import type { Activity } from './activity-runner.ts';
import { Claims, type Verdict } from './claims.ts';
import { CommitLanes, type ItemOutcome } from './commit-lanes.ts';
import type { DatabaseClock } from './database-clock.ts';
import type { EntityTypes } from './entity-types.ts';
import { Housekeeping } from './housekeeping.ts';
import { isWakeUp, Loader, reopens, unavailable, wakeUp } from './loader.ts';
import { Mailbox } from './mailbox.ts';
import { newExecutionId } from './new-execution-id.ts';
import { ownershipOf, type TakenPartition } from './ownership.ts';
import { partitionOf } from './partition-of.ts';
import type { PlanCache, PublishedPlan } from './plan-cache.ts';
import type {
  CommitItem,
  DurableStore,
  InstanceCreation,
  MessageBody,
  OutgoingMessage,
  Ownership,
  StoredMessage,
} from './ports/durable-store.ts';
import type { InstanceCommand } from './ports/decider.ts';
import type { ActivityQueue } from './ports/activity-queue.ts';
import type { HotStore } from './ports/hot-store.ts';
import type { RuntimeObserver } from './ports/runtime-observer.ts';
import type { QueuedCommand, Resident } from './resident.ts';
import type { SendResult } from './runtime.ts';
import { TimerService } from './timer-service.ts';
import { TurnRecord } from './turn-record.ts';
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
/** Commands taken up by one turn at most. */
const turnLimit = 1_000;
const recoverPage = 500;
const reloadAfterMs = 1_000;
const reloadAtLatestMs = 5 * 60_000;

export class Worker {
  readonly #options: WorkerOptions;
  readonly #owned = new Map<number, Ownership & { draining: boolean }>();
  /** Of every partition it ever had: how it had it last. */
  readonly #ownerships = new Map<number, Ownership>();
  readonly #residents = new Map<InstanceId, Resident>();
  /** Residents with nothing to do, the one idle longest first. */
  readonly #idle = new Map<InstanceId, Resident>();
  /** Of the partitions by the last claim of each: settled when what was found unfinished has come into memory. */
  readonly #recoveries = new Map<number, Promise<void>>();
  /** Turns in a row that could not be stored. */
  readonly #setbacks = new Map<InstanceId, number>();
  readonly #touchesTasks = new WeakSet<CommitItem>();
  readonly #loader: Loader;
  readonly #lanes: CommitLanes;
  readonly #activities: ActivityDesk;
  readonly #timers: TimerService;
  readonly #mailbox: Mailbox;
  readonly #housekeeping: Housekeeping;
  #stopped = false;
  readonly #counters = { turns: 0, commands: 0, readsInMemory: 0 };

  constructor(options: WorkerOptions) {
    this.#options = options;
    const { store, hot, plans, entityTypes, partitions, onTrouble } = options;
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
      enqueue: (id, command) => this.#enqueue(id, command),
      wakeLater: (id) => this.#wakeLater(id),
      deliver: (messages) => this.#deliverOrHint(messages),
      lookForMail: () => this.#mailbox.look(),
      onTrouble,
    });
    this.#lanes = new CommitLanes(options.store, {
      onStored: (items) => this.#afterCommit(items),
      onAnswered: options.observer?.committed,
      onTrouble: (error) => options.onTrouble('commit', error),
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
      isResident: (resident) => this.#residents.get(resident.id) === resident,
      request: (id, body) => this.#request(id, body, null),
      tell: (id, body) => this.#enqueue(id, { body, messageId: null, settle: nobody }),
      lookForMail: () => this.#mailbox.look(),
      onTrouble,
      observer: options.observer,
    });
    this.#timers = new TimerService(options.store, options.clock, {
      partitions: () => this.#servedPartitions(),
      fire: async ({ instanceId, timer, fireAt }) => {
        options.clock.passed(fireAt);
        await this.#request(instanceId, { type: 'FireTimer', timer }, null);
      },
      onTrouble: (error) => options.onTrouble('timers', error),
    });
    this.#mailbox = new Mailbox(options.store, {
      pollEveryMs: options.mailboxPollMs,
      partitions: () => this.#servedPartitions(),
      deliver: (message) => this.#deliver(message),
      onTrouble: (error) => options.onTrouble('mailbox', error),
    });
    this.#housekeeping = new Housekeeping(options.store, (error) => options.onTrouble('housekeeping', error));
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
    return this.#lanes.queued;
  }

  get counters(): Readonly<Record<string, number>> {
    return { ...this.#counters, ...this.#activities.counters, ...this.#loader.counters, ...this.#lanes.counters };
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
    const recovery = this.#recover(partitions.map(({ id }) => id));
    for (const { id } of partitions) this.#recoveries.set(id, recovery);
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
    await settledWithin(
      graceMs,
      partitions.flatMap((id) => this.#recoveries.get(id) ?? []),
    );
    const deadline = performance.now() + graceMs;
    for (const id of leaving) {
      const owned = this.#owned.get(id);
      if (owned !== undefined) owned.draining = true;
    }
    const isLeaving = (id: InstanceId): boolean => leaving.has(partitionOf(id, this.#options.partitions));
    const isBusy = (): boolean =>
      this.#activities.countWhere(isLeaving) > 0 ||
      [...this.#residents.values()].some((resident) => leaving.has(resident.partition) && resident.busy);
    while (performance.now() < deadline && isBusy()) await new Promise((resume) => setTimeout(resume, 10));
    await this.#activities.settle(isLeaving);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timers.stop();
    this.#mailbox.stop();
    this.#housekeeping.stop();
    await this.#activities.stop();
    this.#lanes.close();
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
      this.#counters.readsInMemory += 1;
      resident.inbox.push(command);
      this.#pump(resident);
      return;
    }
    if (!this.serves(id)) {
      command.settle(unavailable);
      return;
    }
    this.#loader.load(id, command);
  }

  // ── Turns ──────────────────────────────────────────────────────────────────

  #pump(resident: Resident): void {
    if (resident.busy || resident.inbox.length === 0) return;
    resident.busy = true;
    this.#idle.delete(resident.id);
    void this.#turn(resident).catch((error: Error) => {
      this.#options.onTrouble('turn', error, { instanceId: resident.id });
      this.#forget(resident);
      this.#reloadSoon(resident);
    });
  }

  async #turn(resident: Resident): Promise<void> {
    const commands = resident.inbox.splice(0, turnLimit);
    const record = new TurnRecord(resident, this.#options.partitions);
    const answers: { command: QueuedCommand; result: SendResult }[] = [];
    let item: CommitItem | null = null;
    const startedAt = this.#options.observer?.turn === undefined ? 0 : Date.now();
    try {
      for (const command of commands) {
        // An entity that ended: what comes next belongs to its next execution.
        const isOver = isFinal(resident.decider.status);
        // One that failed in this turn: what it closes here it would open again, and a commit touches a row once.
        const goesOn = isOver && record.hasEvents && reopens(command.body);
        if ((resident.decider.startsAnew && isOver) || goesOn) {
          resident.inbox.unshift(...commands.splice(answers.length));
          break;
        }
        const turn = resident.decider.decide(
          { ...command.body, at: this.#options.clock.now(), seed: randomUUID() },
          this.#options.evaluator,
        );
        const decision = turn instanceof Promise ? await turn : turn;
        const { outcome } = decision;
        record.add(decision);
        if (command.body.type === 'CompleteTask' || command.body.type === 'FailTask') record.concluded.push(command.body.step);
        if (command.body.type === 'FireTimer' && !isWakeUp(command)) record.clearTimer(command.body.timer);
        if (command.creation !== undefined && outcome.ok && !resident.hasRow) resident.creation = command.creation;
        if (command.messageId !== null) {
          if (outcome.ok || !command.messageId.startsWith('ask:')) record.consume(command.messageId);
          else record.refuse(command.messageId, { code: outcome.code, message: outcome.message });
        }
        answers.push({ command, result: outcome });
      }
      if (!record.isEmpty) item = record.toItem(this.#options.clock.now());
    } catch (error) {
      // W4. A bug, or a payload that could not be read: nothing of this turn is stored.
      for (const { settle } of commands) settle(unavailable);
      throw error;
    }
    this.#counters.turns += 1;
    this.#counters.commands += commands.length;
    if (item === null) {
      for (const { command, result } of answers) command.settle(result);
      this.#rest(resident);
      return;
    }
    if (record.touchesTasks) this.#touchesTasks.add(item);
    const observed = this.#observe(resident, item, commands, startedAt);
    const outcome = await this.#lanes.submit(item);
    observed?.end(outcome === 'stored');
    if (outcome !== 'stored') {
      if (outcome === 'message-gone') this.#messageGone(resident, answers, item);
      else this.#notStored(resident, answers, outcome);
      return;
    }
    if (item.row.final || item.baseSeq === 0) this.#tellOfInstance(resident);
    this.#setbacks.delete(resident.id);
    resident.storedSeq = item.seq;
    resident.hasRow = true;
    resident.creation = null;
    if (item.checkpoint !== null) resident.checkpointSeq = item.seq;
    this.#act(resident, record);
    for (const { command, result } of answers) command.settle(result);
    this.#rest(resident);
  }

  #tellOfInstance(resident: Resident): void {
    const { workflow, version, status, traceParent } = resident.decider;
    this.#options.observer?.instance?.({ instanceId: resident.id, workflow, version, status, traceParent });
  }

  #observe(
    resident: Resident,
    item: CommitItem,
    commands: readonly QueuedCommand[],
    startedAt: number,
  ): ReturnType<NonNullable<RuntimeObserver['turn']>> {
    const { traceParent, executionId, workflow, version } = resident.decider;
    const observe = this.#options.observer?.turn;
    if (observe === undefined || traceParent === undefined) return null;
    const observed = observe({
      instanceId: resident.id,
      executionId,
      workflow,
      version,
      traceParent,
      causes: commands.flatMap(({ body }) => (body.type === 'RaiseEvent' && body.traceParent !== undefined ? [body.traceParent] : [])),
      startedAt,
      firstSeq: item.baseSeq + 1,
      lastSeq: item.seq,
      commands: commands.map(({ body }) => body.type),
    });
    resident.traceParent = observed?.traceParent;
    return observed;
  }

  /** W3: the effects that happen outside the commit. */
  #act(resident: Resident, record: TurnRecord): void {
    for (const step of record.concluded) this.#activities.concluded(resident.id, step);
    for (const step of record.abort) this.#activities.abort(resident.id, step);
    for (const step of record.run) this.#activities.run(resident, step);
    for (const fireAt of record.timersSet) this.#timers.set(fireAt);
    this.#deliverOrHint(record.messages);
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

  #rest(resident: Resident): void {
    resident.busy = false;
    if (this.#residents.get(resident.id) !== resident) return;
    const isOver = isFinal(resident.decider.status) || resident.storedSeq === 0;
    if (resident.inbox.length > 0 && !(isOver && resident.decider.startsAnew)) {
      this.#pump(resident);
      return;
    }
    if (isOver) {
      this.#residents.delete(resident.id);
      for (const command of resident.inbox.splice(0)) this.#enqueue(resident.id, command);
      return;
    }
    if (resident.decider.runningActivities > 0) return;
    this.#idle.set(resident.id, resident);
    for (const [id] of this.#idle) {
      if (this.#idle.size <= this.#options.residentLimit) break;
      this.#idle.delete(id);
      this.#residents.delete(id);
    }
  }

  /**
   * A message had taken effect before, so nothing of the turn is stored (S5). Messages that are still there come again; what else was asked is
   * asked again of the stored state. What runs goes on running.
   */
  #messageGone(resident: Resident, answers: readonly { command: QueuedCommand; result: SendResult }[], item: CommitItem): void {
    // Once those that are given back here are underway no more.
    setImmediate(() => this.#mailbox.look());
    if (item.events.length === 0) {
      for (const { command, result } of answers) command.settle(command.messageId === null ? result : unavailable);
      this.#rest(resident);
      return;
    }
    const commands = [...answers.map(({ command }) => command), ...resident.inbox.splice(0)];
    const isOwn = this.#residents.get(resident.id) === resident;
    if (isOwn) {
      this.#residents.delete(resident.id);
      this.#idle.delete(resident.id);
    }
    for (const command of commands) {
      if (isOwn && command.messageId === null && command.creation === undefined) this.#enqueue(resident.id, command);
      else command.settle(unavailable);
    }
    if (isOwn && resident.hasRow) this.#enqueue(resident.id, wakeUp());
  }

  #notStored(
    resident: Resident,
    answers: readonly { command: QueuedCommand; result: SendResult }[],
    outcome: Exclude<ItemOutcome, 'stored' | 'message-gone'>,
  ): void {
    const isNew = resident.creation !== null;
    this.#forget(resident);
    if (outcome === 'lost-partition') this.#lostInCommit(resident);
    else if (typeof outcome === 'object') this.#options.onTrouble('commit', outcome.refused, { instanceId: resident.id });
    else if (!isNew)
      this.#options.onTrouble('commit', new Error('The stored state is not the one in memory; it is read again.'), {
        instanceId: resident.id,
      });
    if (outcome !== 'lost-partition') this.#reloadSoon(resident);
    for (const { command, result } of answers) {
      if (outcome === 'conflict' && isNew && command.body.type === 'StartExecution')
        command.settle({ ok: false, code: 'instance.exists', message: `An instance with the id ${resident.id} exists.` });
      else command.settle(result.ok ? unavailable : result);
    }
  }

  #lostInCommit(resident: Resident): void {
    const owned = this.#owned.get(resident.partition);
    if (owned !== undefined && owned.epoch === resident.epoch) this.lost([resident.partition]);
  }

  /** Drops one instance; whoever waits is told so, and its activities are aborted. */
  #forget(resident: Resident): void {
    for (const { settle } of resident.inbox.splice(0)) settle(unavailable);
    // The partition may have been lost and won back meanwhile: what runs now belongs to the instance's new resident.
    if (this.#residents.get(resident.id) !== resident) return;
    this.#residents.delete(resident.id);
    this.#idle.delete(resident.id);
    this.#activities.dropWhere((id) => id === resident.id);
  }

  /** Its unfinished activities would otherwise wait for a takeover that may never come. */
  #reloadSoon(resident: Resident): void {
    if (resident.hasRow && !this.#residents.has(resident.id)) this.#wakeLater(resident.id);
  }

  /** The pause grows with every setback: a turn that can never be stored must not run its activities every second. */
  #wakeLater(id: InstanceId): void {
    const setbacks = this.#setbacks.get(id) ?? 0;
    this.#setbacks.set(id, setbacks + 1);
    setTimeout(() => this.#enqueue(id, wakeUp()), Math.min(reloadAfterMs * 2 ** setbacks, reloadAtLatestMs)).unref();
  }

  #drop(partition: number): void {
    const dropped = [...this.#residents.values()].filter((resident) => resident.partition === partition);
    for (const resident of dropped) {
      this.#residents.delete(resident.id);
      this.#idle.delete(resident.id);
      for (const { settle } of resident.inbox.splice(0)) settle(unavailable);
    }
    this.#loader.drop(partition);
    this.#activities.dropWhere((id) => partitionOf(id, this.#options.partitions) === partition);
  }

  #afterCommit(items: readonly CommitItem[]): void {
    void this.#options.hot.save(
      items
        .filter((item) => item.events.length > 0)
        .map((item) => ({
          instanceId: item.instanceId,
          baseSeq: item.baseSeq,
          seq: item.seq,
          events: item.events,
          checkpoint: item.checkpoint,
          final: item.row.final,
        })),
    );
    this.#options.observer?.stored?.(items);
    this.#options.onStored(
      items,
      items.some((item) => this.#touchesTasks.has(item)),
    );
  }

  /** A resident from the loader: its unfinished activities are dispatched, then its inbox has its turn. */
  #admit(resident: Resident, verdicts: ReadonlyMap<StepKey, Verdict>): void {
    this.#residents.set(resident.id, resident);
    this.#activities.resume(resident, verdicts, this.#owned.get(resident.partition)?.vanished ?? false);
    if (resident.inbox.length === 0) this.#rest(resident);
    else this.#pump(resident);
  }

  /** After a takeover: every instance with unfinished activities comes into memory, which dispatches them again. */
  async #recover(partitions: readonly number[]): Promise<void> {
    const recoveries: Promise<void>[] = [];
    for (const partition of partitions) {
      const owned = this.#owned.get(partition);
      const found = await this.#findUnfinished(partition);
      if (owned === undefined || found === null) continue;
      const recovered = Promise.all(found).then((results) => {
        // All it left has been counted: what is begun again from here on was not in flight when that owner vanished.
        if (results.every((result) => result.ok || result.code !== 'unavailable')) owned.vanished = false;
      });
      recoveries.push(recovered);
    }
    await Promise.all(recoveries);
  }

  /** Those of its instances that come into memory for it; null when it was lost before all were found. */
  async #findUnfinished(partition: number): Promise<Promise<SendResult>[] | null> {
    const arrivals: Promise<SendResult>[] = [];
    let cursor: InstanceId | null = null;
    while (this.#owned.has(partition) && !this.#stopped) {
      try {
        const page: InstanceId[] = await this.#options.store.leases.unfinishedWork(partition, cursor, recoverPage);
        for (const id of page) {
          // Loading is what resumes.
          if (!this.#residents.has(id)) arrivals.push(new Promise((settle) => this.#enqueue(id, { ...wakeUp(), settle })));
        }
        if (page.length < recoverPage) return arrivals;
        cursor = page.at(-1) ?? null;
      } catch (error) {
        this.#options.onTrouble('recover', error as Error);
        await new Promise((resume) => setTimeout(resume, 500));
      }
    }
    return null;
  }

  // ── Messages ───────────────────────────────────────────────────────────────

  async #deliver(message: StoredMessage): Promise<void> {
    if (message.body.type === 'StartChild') await this.#startChild(message, message.body);
    else {
      const { body } = message;
      await this.#request(message.instanceId, body, message.messageId);
    }
  }

  /** A sub-workflow's start: the version is looked up here, where a child that cannot be started is also reported to its parent. */
  async #startChild(message: StoredMessage, body: Extract<MessageBody, { type: 'StartChild' }>): Promise<void> {
    const { instanceId: id, messageId } = message;
    const published = await this.#options.plans.find(body.workflow, body.version);
    if (published === null) {
      const version = body.version === null ? 'a published version' : `version ${body.version}`;
      await this.#failChild(message, body, { code: 'UnknownWorkflow', message: `There is no workflow ${body.workflow} with ${version}.` });
      return;
    }
    const creation: InstanceCreation = {
      workflow: published.workflow,
      version: published.version,
      tags: body.tags,
      startedBy: 'workflow',
      parent: body.parent,
      replace: [],
    };
    const command: CommandBody = {
      type: 'StartExecution',
      executionId: newExecutionId(),
      workflow: published.workflow,
      version: published.version,
      input: body.input,
      tags: body.tags,
      startedBy: 'workflow',
      parent: body.parent,
      ...(body.traceParent === undefined ? {} : { traceParent: body.traceParent }),
      ...(body.test === undefined ? {} : { test: body.test }),
      ...(body.requester === undefined ? {} : { requester: body.requester }),
      ...(body.coRequesters === undefined ? {} : { coRequesters: body.coRequesters }),
    };
    const result = await new Promise<SendResult>((settle) => this.#enqueue(id, { body: command, messageId, settle, creation }));
    if (result.ok || result.code !== 'instance.exists' || body.parent === null) return;
    // Either this very start was taken up before, or somebody else's instance has the id.
    const { parent } = body;
    const existing = (await this.#options.store.load([id])).get(id);
    if (existing === undefined || (existing.parent?.instanceId === parent.instanceId && existing.parent.step === parent.step)) return;
    await this.#failChild(message, body, { code: 'InstanceExists', message: `Another instance has the id ${id} already.` });
  }

  async #failChild(
    message: StoredMessage,
    body: Extract<MessageBody, { type: 'StartChild' }>,
    failure: { code: string; message: string },
  ): Promise<void> {
    if (body.parent !== null) {
      const parent = body.parent.instanceId;
      const told = {
        partition: partitionOf(parent, this.#options.partitions),
        instanceId: parent,
        messageId: `done:${message.instanceId}:unstarted`,
        body: { type: 'FailChild' as const, step: body.parent.step, child: message.instanceId, failure },
      };
      await this.#options.store.accept([], [told]);
      this.#deliverOrHint([told]);
    }
    await this.#options.store.deleteMessages([message.messageId]);
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
