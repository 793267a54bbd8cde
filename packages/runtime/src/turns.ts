/**
 * The turns of instances in memory: commands become events, the events one item of a commit, and what follows from it happens once that is stored.
 *
 * W2 turns of one instance never overlap: commands that arrive during a turn or its commit are taken up together by the next one;
 * W3 nothing external happens before its cause is stored: activities start, messages travel and callers are answered after the commit;
 * W4 what a failed commit leaves in memory is worthless: the instance is dropped and read again when it is next needed.
 *
 * Not here: what a command means (the engine), what a turn writes (TurnRecord), how a batch is stored (CommitLanes), whose instance it is (the worker).
 */
import { randomUUID } from 'node:crypto';
import { isFinal, type Evaluator, type InstanceId } from '@perdure/engine';
import type { ActivityDesk } from './activity-desk.ts';
import { CommitLanes, type ItemOutcome } from './commit-lanes.ts';
import type { DatabaseClock } from './database-clock.ts';
import { isWakeUp, reopens, unavailable, wakeUp } from './loader.ts';
import type { CommitItem, DurableStore, OutgoingMessage } from './ports/durable-store.ts';
import type { HotStore } from './ports/hot-store.ts';
import type { RuntimeObserver } from './ports/runtime-observer.ts';
import type { QueuedCommand, Resident } from './resident.ts';
import type { Residents } from './residents.ts';
import type { SendResult } from './runtime.ts';
import type { TimerService } from './timer-service.ts';
import { TurnRecord } from './turn-record.ts';

export interface TurnsOptions {
  store: Pick<DurableStore, 'commit' | 'stored'>;
  hot: Pick<HotStore, 'save'>;
  clock: DatabaseClock;
  evaluator: Evaluator;
  partitions: number;
  residents: Residents;
  activities: Pick<ActivityDesk, 'concluded' | 'abort' | 'run' | 'dropWhere'>;
  timers: Pick<TimerService, 'set'>;
  /** A command for an instance that is in memory, or that has to be loaded. */
  enqueue(id: InstanceId, command: QueuedCommand): void;
  /** These are in the store. */
  deliver(messages: readonly OutgoingMessage[]): void;
  lookForMail(): void;
  /** A commit found its partition under another epoch. */
  lostInCommit(resident: Resident): void;
  /** Called after each commit with what it stored. */
  onStored(items: readonly CommitItem[], touchesTasks: boolean): void;
  onTrouble(where: string, error: Error, about?: { readonly instanceId: string }): void;
  observer: RuntimeObserver | null;
}

/** Commands taken up by one turn at most. */
const turnLimit = 1_000;
const reloadAfterMs = 1_000;
const reloadAtLatestMs = 5 * 60_000;

interface Answer {
  readonly command: QueuedCommand;
  readonly result: SendResult;
}

export class Turns {
  readonly #options: TurnsOptions;
  readonly #residents: Residents;
  readonly #activities: TurnsOptions['activities'];
  readonly #lanes: CommitLanes;
  /** Turns in a row that could not be stored. */
  readonly #setbacks = new Map<InstanceId, number>();
  readonly #touchesTasks = new WeakSet<CommitItem>();
  readonly #counters = { turns: 0, commands: 0 };

  constructor(options: TurnsOptions) {
    this.#options = options;
    this.#residents = options.residents;
    this.#activities = options.activities;
    this.#lanes = new CommitLanes(options.store, {
      onStored: (items) => this.#afterCommit(items),
      onAnswered: options.observer?.committed,
      onTrouble: (error) => options.onTrouble('commit', error),
    });
  }

  /** Turns that wait for their commit. */
  get queued(): number {
    return this.#lanes.queued;
  }

  get counters(): Readonly<Record<string, number>> {
    return { ...this.#counters, ...this.#lanes.counters };
  }

  /** Takes a resident's inbox up, now or after what is underway. */
  take(resident: Resident): void {
    if (resident.busy || resident.inbox.length === 0) return;
    resident.busy = true;
    this.#residents.wake(resident);
    void this.#turn(resident).catch((error: Error) => {
      this.#options.onTrouble('turn', error, { instanceId: resident.id });
      this.#forget(resident);
      this.#reloadSoon(resident);
    });
  }

  /** Of one that has just come into memory. */
  begin(resident: Resident): void {
    if (resident.inbox.length === 0) this.#rest(resident);
    else this.take(resident);
  }

  /**
   * Brings an instance back that could not be read or stored. The pause grows with every setback: a turn that can never be stored must not run
   * its activities every second.
   */
  wakeLater(id: InstanceId): void {
    const setbacks = this.#setbacks.get(id) ?? 0;
    this.#setbacks.set(id, setbacks + 1);
    setTimeout(() => this.#options.enqueue(id, wakeUp()), Math.min(reloadAfterMs * 2 ** setbacks, reloadAtLatestMs)).unref();
  }

  /** What waits for its commit is answered as lost. */
  close(): void {
    this.#lanes.close();
  }

  async #turn(resident: Resident): Promise<void> {
    const commands = resident.inbox.splice(0, turnLimit);
    const record = new TurnRecord(resident, this.#options.partitions);
    const answers: Answer[] = [];
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
    for (const fireAt of record.timersSet) this.#options.timers.set(fireAt);
    this.#options.deliver(record.messages);
  }

  #rest(resident: Resident): void {
    resident.busy = false;
    if (!this.#residents.holds(resident)) return;
    const isOver = isFinal(resident.decider.status) || resident.storedSeq === 0;
    if (resident.inbox.length > 0 && !(isOver && resident.decider.startsAnew)) {
      this.take(resident);
      return;
    }
    if (isOver) {
      this.#residents.remove(resident);
      for (const command of resident.inbox.splice(0)) this.#options.enqueue(resident.id, command);
      return;
    }
    if (resident.decider.runningActivities === 0) this.#residents.rest(resident);
  }

  /**
   * A message had taken effect before, so nothing of the turn is stored (S5). Messages that are still there come again; what else was asked is
   * asked again of the stored state. What runs goes on running.
   */
  #messageGone(resident: Resident, answers: readonly Answer[], item: CommitItem): void {
    // Once those that are given back here are underway no more.
    setImmediate(() => this.#options.lookForMail());
    if (item.events.length === 0) {
      for (const { command, result } of answers) command.settle(command.messageId === null ? result : unavailable);
      this.#rest(resident);
      return;
    }
    const commands = [...answers.map(({ command }) => command), ...resident.inbox.splice(0)];
    const wasInMemory = this.#residents.remove(resident);
    for (const command of commands) {
      if (wasInMemory && command.messageId === null && command.creation === undefined) this.#options.enqueue(resident.id, command);
      else command.settle(unavailable);
    }
    if (wasInMemory && resident.hasRow) this.#options.enqueue(resident.id, wakeUp());
  }

  #notStored(resident: Resident, answers: readonly Answer[], outcome: Exclude<ItemOutcome, 'stored' | 'message-gone'>): void {
    const isNew = resident.creation !== null;
    this.#forget(resident);
    if (outcome === 'lost-partition') this.#options.lostInCommit(resident);
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

  /** Drops one instance; whoever waits is told so, and its activities are aborted. */
  #forget(resident: Resident): void {
    for (const { settle } of resident.inbox.splice(0)) settle(unavailable);
    // Otherwise what runs now belongs to the instance's new resident.
    if (this.#residents.remove(resident)) this.#activities.dropWhere((id) => id === resident.id);
  }

  /** Its unfinished activities would otherwise wait for a takeover that may never come. */
  #reloadSoon(resident: Resident): void {
    if (resident.hasRow && !this.#residents.has(resident.id)) this.wakeLater(resident.id);
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
}
