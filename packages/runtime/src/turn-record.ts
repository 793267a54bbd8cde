/**
 * Collects what the turns of one commit write: events, and the rows their effects stand for. What is set and taken back within the same
 * commit cancels out here, because one statement cannot insert and delete the same row.
 */
import { createHash } from 'node:crypto';
import { isFinal, type InstanceId, type StepKey, type TimerId } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import { partitionOf } from './partition-of.ts';
import type { ClosedTask, CommitItem, OpenedTask, OutgoingMessage, TaskChange } from './ports/durable-store.ts';
import type { Decision, StoredEvent } from './ports/decider.ts';
import type { Resident } from './resident.ts';

/** A checkpoint is kept at least this often (time travel), or when the tail outgrows what is open now. */
const checkpointEvery = 1_000;

const none: readonly never[] = [];

export class TurnRecord {
  readonly resident: Resident;
  readonly #partitions: number;
  readonly #version: number;
  readonly #events: StoredEvent[] = [];
  // Most turns touch neither timers nor tasks: what holds them is made when it is needed.
  #timers: { set: Map<TimerId, number>; cleared: Set<TimerId> } | null = null;
  readonly #messages: OutgoingMessage[] = [];
  readonly #consumed: string[] = [];
  readonly #refused: { messageId: string; refusal: Json }[] = [];
  #tasks: TaskChanges | null = null;
  #run: Set<StepKey> | null = null;
  #abort: Set<StepKey> | null = null;
  /** Steps whose attempt was reported. */
  readonly concluded: StepKey[] = [];

  constructor(resident: Resident, partitions: number) {
    this.resident = resident;
    this.#partitions = partitions;
    this.#version = resident.decider.version;
  }

  get isEmpty(): boolean {
    return (
      this.#events.length === 0 &&
      this.#consumed.length === 0 &&
      this.#refused.length === 0 &&
      this.#messages.length === 0 &&
      (this.#timers === null || this.#timers.cleared.size === 0)
    );
  }

  get hasEvents(): boolean {
    return this.#events.length > 0;
  }

  get messages(): readonly OutgoingMessage[] {
    return this.#messages;
  }

  get timersSet(): Iterable<number> {
    return this.#timers?.set.values() ?? none;
  }

  /** Activities to begin after the commit. */
  get run(): Iterable<StepKey> {
    return this.#run ?? none;
  }

  /** Activities to abort after the commit. */
  get abort(): Iterable<StepKey> {
    return this.#abort ?? none;
  }

  get touchesTasks(): boolean {
    return this.#tasks !== null;
  }

  consume(messageId: string): void {
    this.#consumed.push(messageId);
  }

  refuse(messageId: string, refusal: Json): void {
    this.#refused.push({ messageId, refusal });
  }

  clearTimer(timer: TimerId): void {
    const timers = this.#timersTouched();
    if (!timers.set.delete(timer)) timers.cleared.add(timer);
  }

  send(message: Omit<OutgoingMessage, 'partition'>): void {
    this.#messages.push({ ...message, partition: partitionOf(message.instanceId, this.#partitions) });
  }

  add({ events, effects }: Pick<Decision, 'events' | 'effects'>): void {
    for (const event of events) this.#events.push(event);
    for (const effect of effects) this.#addEffect(effect);
  }

  #addEffect(effect: Decision['effects'][number]): void {
    const { id: self, decider } = this.resident;
    switch (effect.type) {
      case 'RunActivity':
        (this.#run ??= new Set()).add(effect.step);
        this.#abort?.delete(effect.step);
        return;
      case 'AbortActivity':
        (this.#abort ??= new Set()).add(effect.step);
        this.#run?.delete(effect.step);
        return;
      case 'SetTimer':
        this.#timersTouched().set.set(effect.timer, effect.fireAt);
        return;
      case 'ClearTimer':
        this.clearTimer(effect.timer);
        return;
      case 'StartChild':
        this.send({
          instanceId: effect.child,
          messageId: `start:${effect.child}`,
          body: {
            type: 'StartChild',
            workflow: effect.workflow,
            version: effect.version,
            input: effect.input,
            parent: effect.parent,
            tags: effect.tags,
            ...(decider.traceParent === undefined ? {} : { traceParent: decider.traceParent }),
            ...(effect.test === undefined ? {} : { test: effect.test }),
            ...(effect.requester === undefined ? {} : { requester: effect.requester }),
            ...(effect.coRequesters === undefined ? {} : { coRequesters: effect.coRequesters }),
          },
        });
        return;
      case 'NotifyParent': {
        const { parent, result } = effect;
        this.send({
          instanceId: parent.instanceId,
          // An instance that was rewound ends again.
          messageId: `done:${self}:${decider.executionId}:${decider.seq}`,
          body: result.ok
            ? { type: 'CompleteChild', step: parent.step, child: self, output: result.output }
            : { type: 'FailChild', step: parent.step, child: self, failure: result.failure },
        });
        return;
      }
      case 'CancelChild':
        this.send({ instanceId: effect.child, messageId: `cancel:${effect.child}`, body: { type: 'Cancel', reason: effect.reason } });
        return;
      case 'TerminateChild':
        this.send({
          instanceId: effect.child,
          messageId: `terminate:${effect.child}`,
          body: { type: 'Terminate', reason: effect.reason, by: effect.by, recursive: true },
        });
        return;
      case 'SendToEntity':
        this.send({ instanceId: effect.entity, messageId: effect.messageId, body: effect.command });
        return;
      case 'SendToInstance':
        this.send({ instanceId: effect.instanceId, messageId: effect.messageId, body: effect.command });
        return;
      case 'OpenHumanTask': {
        const id = humanTaskId(self, decider.executionId, effect.step);
        const { workflow, version, executionId } = decider;
        this.#tasksTouched().opened.set(id, {
          id,
          step: effect.step,
          node: effect.node,
          executionId,
          workflow,
          version,
          task: effect.task,
          at: this.#at(),
          change: null,
          closed: null,
        });
        return;
      }
      case 'ChangeHumanTask': {
        const id = humanTaskId(self, decider.executionId, effect.step);
        const tasks = this.#tasksTouched();
        const opened = tasks.opened.get(id);
        const change = { ...effect.change, version: decider.version };
        if (opened === undefined) tasks.changed.set(id, { id, ...change });
        else opened.change = change;
        return;
      }
      case 'CloseHumanTask': {
        const id = humanTaskId(self, decider.executionId, effect.step);
        const { status, outcome, by, data, comment, at } = effect;
        const tasks = this.#tasksTouched();
        const closed: ClosedTask = { id, status, outcome, by, data, comment, at, change: tasks.changed.get(id) ?? null };
        const opened = tasks.opened.get(id);
        if (opened === undefined) tasks.closed.set(id, closed);
        else opened.closed = closed;
        tasks.changed.delete(id);
      }
    }
  }

  #migrations(): { version: number; afterSeq: number }[] {
    return this.#events.flatMap((event) => (event.type === 'VersionMigrated' ? [{ version: event.version, afterSeq: event.seq }] : []));
  }

  #timersTouched(): { set: Map<TimerId, number>; cleared: Set<TimerId> } {
    return (this.#timers ??= { set: new Map(), cleared: new Set() });
  }

  #tasksTouched(): TaskChanges {
    return (this.#tasks ??= { opened: new Map(), changed: new Map(), closed: new Map() });
  }

  /** Of the turn whose effect is looked at: effects come with events. */
  #at(): number {
    const last = this.#events.at(-1);
    if (last === undefined) throw new Error(`${this.resident.id} has an effect that no event tells of.`);
    return last.at;
  }

  /** Call once, when the commit's turns are all in. `now`: database clock, for a commit without events. */
  toItem(now: number): CommitItem {
    const { resident } = this;
    const { decider } = resident;
    const final = isFinal(decider.status);
    const sinceCheckpoint = decider.seq - resident.checkpointSeq;
    const keepsCheckpoint = !final && sinceCheckpoint >= Math.max(checkpointEvery, decider.size);
    return {
      instanceId: resident.id,
      partition: resident.partition,
      epoch: resident.epoch,
      executionId: decider.executionId,
      baseSeq: resident.storedSeq,
      seq: decider.seq,
      events: this.#events,
      row: {
        status: decider.status,
        customStatus: decider.customStatus,
        whereabouts: decider.whereabouts(),
        runningActivities: final ? 0 : decider.runningActivities,
        at: this.#events.at(-1)?.at ?? now,
        final,
        // The version it starts with is the creation's; an entity's is its type's and stands in no event.
        migrations: decider.version === this.#version || resident.creation !== null || decider.startsAnew ? null : this.#migrations(),
      },
      create: resident.creation === null ? null : { ...resident.creation, version: decider.version },
      checkpoint: keepsCheckpoint ? JSON.stringify(decider.encode()) : null,
      timersSet: this.#timers === null ? none : Array.from(this.#timers.set, ([timer, fireAt]) => ({ timer, fireAt })),
      timersCleared: this.#timers === null ? none : [...this.#timers.cleared],
      messagesOut: this.#messages,
      messagesConsumed: this.#consumed,
      messagesRefused: this.#refused,
      tasksOpened: this.#tasks === null ? none : [...this.#tasks.opened.values()],
      tasksChanged: this.#tasks === null ? none : [...this.#tasks.changed.values()],
      tasksClosed: this.#tasks === null ? none : [...this.#tasks.closed.values()],
    };
  }
}

interface TaskChanges {
  opened: Map<string, OpenedTask>;
  changed: Map<string, { id: string } & TaskChange>;
  closed: Map<string, ClosedTask>;
}

/** The same task always has the same id; safe in addresses. */
export function humanTaskId(instance: InstanceId, execution: string, step: StepKey): string {
  return createHash('sha256').update(`${instance}/${execution}/${step}`).digest('base64url').slice(0, 22);
}
