import type { Failure, FrameId, HistoryEvent, HumanTaskBody, StepKey, StepOpening } from '@perdure/engine';
import type { EdgeId, Json, NodeId, PortId } from '@perdure/graph';

/*
 * A run's history as steps: what the step panel, the item pager and the timeline show. One record per visit of a node.
 * Not the engine's state: closed steps stay, with their data, attempts and waits.
 *
 * 1. Records are changed in place as events arrive; `revision` tells React that something moved.
 * 2. A join has a record from the first token that reaches it until it fires.
 * 3. Everything that has a moment has the seq of its event beside it, so that `stepAt` can tell what was so at any event.
 */

export type StepStatus = 'running' | 'waiting' | 'completed' | 'failed' | 'canceled';

export interface Attempt {
  number: number;
  startedAt: number;
  startedSeq: number;
  endedAt: number | null;
  endedSeq: number | null;
  outcome: 'running' | 'completed' | 'failed' | 'canceled' | 'held';
  failure: Failure | null;
}

export interface Wait {
  kind: 'retry' | 'quarantine' | 'timer' | 'event' | 'task' | 'join' | 'subWorkflow' | 'entity' | 'lock';
  from: number;
  fromSeq: number;
  to: number | null;
  toSeq: number | null;
  /** When it will end, if that is known. */
  until: number | null;
}

export interface Pass {
  index: number;
  frame: FrameId;
  startedAt: number;
  startedSeq: number;
  endedAt: number | null;
  endedSeq: number | null;
  failure: Failure | null;
  item: Json | undefined;
}

export interface StepRecord {
  key: StepKey;
  node: NodeId;
  frame: FrameId;
  via: EdgeId | null;
  openedAt: number;
  openedSeq: number;
  closedAt: number | null;
  closedSeq: number | null;
  status: StepStatus;
  input: Json | undefined;
  output: Json | undefined;
  failure: Failure | null;
  port: PortId | null;
  attempts: Attempt[];
  waits: Wait[];
  passes: Pass[];
  /** For each: how many items there are. */
  itemCount: number | null;
  task: HumanTaskBody | null;
  /** Sub-workflow: the instance it started. */
  child: string | null;
  /** Held in quarantine: how often it was begun without an outcome. */
  heldAfter: number | null;
  /** Test run: it gave what is pinned to its node. */
  isPinned: boolean;
  /** Entity operation: the entity it asks. */
  entity: string | null;
  /** The event it waits for. */
  eventName: string | null;
  /** Closed by a person in its place. */
  skippedBy: { by: string; reason: string } | null;
}

export class StepFold {
  seq = 0;
  revision = 0;
  startedAt: number | null = null;
  finishedAt: number | null = null;
  readonly steps = new Map<StepKey, StepRecord>();
  /** In order of opening. */
  readonly byNode = new Map<NodeId, StepRecord[]>();
  readonly #startNode: NodeId | null;
  readonly openSteps = new Set<StepRecord>();
  readonly #joins = new Map<string, StepRecord>();
  readonly #raised = new Map<number, Json>();
  /** Of the event being applied. */
  #now = 0;
  /** What the last turn closed without success: a rewind opens it again. */
  #closed: { at: number; steps: StepRecord[] } = { at: 0, steps: [] };
  /** Ids that migrations changed, old to new. */
  readonly #renamed = new Map<NodeId, NodeId>();

  constructor(startNode: NodeId | null) {
    this.#startNode = startNode;
  }

  apply(events: readonly HistoryEvent[]): void {
    for (const event of events) {
      if (event.seq <= this.seq) continue;
      this.#now = event.seq;
      this.#applyOne(event);
      this.seq = event.seq;
    }
    this.revision++;
  }

  /** The id by which a node of an older version is found here. */
  nodeNow(node: NodeId): NodeId {
    return this.#renamed.get(node) ?? node;
  }

  #applyOne(event: HistoryEvent): void {
    const { at } = event;
    switch (event.type) {
      case 'ExecutionStarted': {
        this.startedAt ??= at;
        // A test run may begin somewhere else.
        if (this.#startNode === null || (event.test?.from && event.test.from.node !== this.#startNode)) return;
        // The start node has no event of its own: the execution's start is its step.
        const key = `${this.#startNode}#1` as StepKey;
        const start = this.#open({ step: key, node: this.#startNode, frame: '' as FrameId, via: null }, at, 'completed');
        start.output = event.input;
        this.#close(start, at, 'completed');
        return;
      }
      case 'ExecutionSuspended':
      case 'ExecutionResumed':
      case 'VariablesEdited':
        return;
      case 'ExecutionRewound':
        this.finishedAt = null;
        for (const step of this.#closed.steps) this.#reopen(step);
        this.#closed = { at, steps: [] };
        return;
      case 'StepRetried': {
        const step = this.steps.get(event.step);
        if (step) this.#endWaits(step, at);
        return;
      }
      case 'StepSkippedByHand': {
        const step = this.steps.get(event.step);
        if (!step) return;
        this.#unhold(step, at);
        this.#endAttempt(step, at, 'canceled', null);
        step.port = event.port;
        step.skippedBy = { by: event.by, reason: event.reason };
        this.#cancelInside(event.step, at);
        this.#close(step, at, 'completed', event.output);
        return;
      }
      case 'VersionMigrated':
        this.#rename(event.nodes);
        return;
      case 'ExecutionTerminated':
      case 'ExecutionCompleted':
        this.finishedAt = at;
        for (const step of this.openSteps) this.#cancel(step, at);
        this.#joins.clear();
        return;
      case 'TaskScheduled': {
        const step = this.#open(event, at, 'running');
        if (event.input !== undefined) step.input = event.input;
        this.#endWaits(step, at);
        step.status = 'running';
        step.attempts.push({
          number: event.attempt,
          startedAt: at,
          startedSeq: event.seq,
          endedAt: null,
          endedSeq: null,
          outcome: 'running',
          failure: null,
        });
        return;
      }
      case 'TaskCompleted': {
        const step = this.steps.get(event.step);
        if (!step) return;
        this.#unhold(step, at);
        this.#endAttempt(step, at, 'completed', null);
        this.#close(step, at, 'completed', event.output);
        return;
      }
      case 'TaskQuarantined': {
        const step = this.steps.get(event.step);
        if (!step) return;
        this.#endAttempt(step, at, 'held', null);
        step.status = 'waiting';
        step.heldAfter = event.claims;
        step.waits.push(this.#wait('quarantine', at, null));
        return;
      }
      case 'TaskReleased': {
        const step = this.steps.get(event.step);
        if (!step) return;
        this.#unhold(step, at);
        step.status = 'running';
        return;
      }
      case 'TaskFailed': {
        const step = this.steps.get(event.step);
        if (!step) return;
        this.#unhold(step, at);
        this.#endAttempt(step, at, 'failed', event.failure);
        step.failure = event.failure;
        if (event.retry) step.status = 'waiting';
        else this.#close(step, at, 'failed');
        return;
      }
      case 'TimerCreated': {
        const step = event.opening ? this.#open(event.opening, at, 'waiting') : this.steps.get(event.step);
        if (!step) return;
        if (event.purpose === 'retry' || event.purpose === 'timer') step.waits.push(this.#wait(event.purpose, at, event.fireAt));
        return;
      }
      case 'TimerFired': {
        const step = this.steps.get(event.step);
        if (!step) return;
        this.#endWaits(step, at);
        if (event.purpose === 'timer') this.#close(step, at, 'completed');
        else if (event.purpose === 'timeout') this.#leave(step, at, 'timeout' as PortId);
        else if (event.purpose === 'deadline') this.#leave(step, at, 'overdue' as PortId);
        return;
      }
      case 'EventRaised':
        this.#raised.set(event.seq, event.data);
        return;
      case 'SubOrchestrationInstanceCreated': {
        const step = this.#open(event, at, event.wait ? 'waiting' : 'completed');
        step.input = event.input;
        step.child = event.instanceId;
        step.attempts.push({
          number: event.attempt,
          startedAt: at,
          startedSeq: event.seq,
          endedAt: event.wait ? null : at,
          endedSeq: event.wait ? null : event.seq,
          outcome: event.wait ? 'running' : 'completed',
          failure: null,
        });
        if (event.wait) {
          this.#endWaits(step, at);
          step.status = 'waiting';
          step.waits.push(this.#wait('subWorkflow', at, null));
        } else this.#close(step, at, 'completed', { instanceId: event.instanceId });
        return;
      }
      case 'SubOrchestrationInstanceCompleted': {
        const step = this.steps.get(event.step);
        if (!step) return;
        this.#endAttempt(step, at, 'completed', null);
        this.#close(step, at, 'completed', event.output);
        return;
      }
      case 'SubOrchestrationInstanceFailed': {
        const step = this.steps.get(event.step);
        if (!step) return;
        this.#endAttempt(step, at, 'failed', event.failure);
        this.#endWaits(step, at);
        step.failure = event.failure;
        if (!event.retry) this.#close(step, at, 'failed');
        return;
      }
      case 'EntityOperationCalled': {
        const step = this.#open(event, at, 'waiting');
        step.input = event.input;
        step.entity = event.entity;
        step.waits.push(this.#wait('entity', at, null));
        return;
      }
      case 'EntityOperationCompleted': {
        const step = this.steps.get(event.step);
        if (step) this.#close(step, at, 'completed', event.output);
        return;
      }
      case 'EntityOperationFailed': {
        const step = this.steps.get(event.step);
        if (!step) return;
        step.failure = event.failure;
        this.#close(step, at, 'failed');
        return;
      }
      case 'EntityOperationSignaled': {
        const step = this.#open(event, at, 'completed');
        step.input = event.input;
        step.entity = event.entity;
        this.#close(step, at, 'completed', null);
        return;
      }
      case 'EntityLockRequested': {
        const step = this.steps.get(event.step);
        if (!step) return;
        step.status = 'waiting';
        step.waits.push(this.#wait('lock', at, null));
        return;
      }
      case 'EntityLockGranted': {
        const step = this.steps.get(event.step);
        if (!step) return;
        this.#endWaits(step, at);
        step.status = 'running';
        return;
      }
      case 'EventAwaited': {
        const step = this.#open(event, at, 'waiting');
        step.eventName = event.name;
        step.waits.push(this.#wait('event', at, null));
        return;
      }
      case 'EventReceived': {
        const step = this.steps.get(event.step);
        if (step) this.#close(step, at, 'completed', this.#raised.get(event.raised));
        return;
      }
      case 'TransformCompleted':
      case 'EndReached':
        this.#close(this.#open(event, at, 'completed'), at, 'completed', event.output);
        return;
      case 'ConditionTaken': {
        const step = this.#open(event, at, 'completed');
        step.port = event.port;
        this.#close(step, at, 'completed');
        return;
      }
      case 'StepPinned': {
        const step = this.#open(event, at, 'completed');
        step.port = event.port;
        step.isPinned = true;
        step.failure = event.failure ?? null;
        this.#close(step, at, event.failure ? 'failed' : 'completed', event.failure ? undefined : event.output);
        return;
      }
      case 'VariablesSet':
        this.#close(this.#open(event, at, 'completed'), at, 'completed', event.values);
        return;
      case 'CustomStatusSet':
        this.#close(this.#open(event, at, 'completed'), at, 'completed', event.status);
        return;
      case 'StepSkipped':
        this.#close(this.#open(event, at, 'completed'), at, 'completed');
        return;
      case 'StepFailed': {
        const step = this.#open(event, at, 'failed');
        step.failure = event.failure;
        this.#close(step, at, 'failed');
        return;
      }
      case 'JoinReached': {
        const place = event.frame + event.node;
        if (this.#joins.has(place)) return;
        const join = this.#open(
          {
            step: `${place}#waiting${this.byNode.get(event.node)?.length ?? 0}` as StepKey,
            node: event.node,
            frame: event.frame,
            via: event.via,
          },
          at,
          'waiting',
        );
        join.waits.push(this.#wait('join', at, null));
        this.#joins.set(place, join);
        return;
      }
      case 'JoinFired': {
        const place = event.frame + event.node;
        const join =
          this.#joins.get(place) ?? this.#open({ step: event.step, node: event.node, frame: event.frame, via: null }, at, 'waiting');
        this.#joins.delete(place);
        this.steps.delete(join.key);
        join.key = event.step;
        this.steps.set(join.key, join);
        this.#close(join, at, 'completed');
        return;
      }
      case 'ContainerEntered': {
        const step = this.#open(event, at, 'running');
        step.input = event.items;
        step.itemCount = event.count ?? null;
        return;
      }
      case 'PassStarted': {
        this.steps.get(event.step)?.passes.push({
          index: event.index,
          frame: event.frame,
          startedAt: at,
          startedSeq: event.seq,
          endedAt: null,
          endedSeq: null,
          failure: null,
          item: event.item,
        });
        return;
      }
      case 'PassEnded': {
        const passes = this.steps.get(event.step)?.passes;
        // Passes start in order, so the index nearly always finds it at once.
        const pass = passes?.[event.index]?.frame === event.frame ? passes[event.index] : passes?.find((one) => one.frame === event.frame);
        if (!pass) return;
        pass.endedAt = at;
        pass.endedSeq = event.seq;
        pass.failure = event.failure ?? null;
        this.#cancelInside(event.frame, at);
        return;
      }
      case 'ContainerExited': {
        const step = this.steps.get(event.step);
        if (!step) return;
        step.port = event.port;
        step.failure = event.failure ?? null;
        this.#close(step, at, 'completed', event.output);
        return;
      }
      case 'HumanTaskCreated': {
        const step = this.#open(event, at, 'waiting');
        step.task = event.task;
        step.input = event.task.context;
        step.waits.push(this.#wait('task', at, event.task.deadlineAt));
        return;
      }
      case 'HumanTaskClaimed':
      case 'HumanTaskReleased':
        return;
      case 'HumanTaskDecided': {
        const step = this.steps.get(event.step);
        if (!step) return;
        step.port = event.outcome;
        this.#close(step, at, 'completed', { outcome: event.outcome, data: event.data, comment: event.comment, by: event.by });
        return;
      }
      case 'TokenCancelled':
        for (const key of event.steps) {
          const step = this.steps.get(key);
          if (step && step.closedAt === null) this.#cancel(step, at);
          this.#cancelInside(key, at);
        }
        return;
    }
  }

  #open(opening: StepOpening, at: number, status: StepStatus): StepRecord {
    const known = this.steps.get(opening.step);
    if (known) return known;
    const step: StepRecord = {
      key: opening.step,
      node: opening.node,
      frame: opening.frame,
      via: opening.via,
      openedAt: at,
      openedSeq: this.#now,
      closedAt: null,
      closedSeq: null,
      status,
      input: undefined,
      output: undefined,
      failure: null,
      port: null,
      attempts: [],
      waits: [],
      passes: [],
      itemCount: null,
      task: null,
      child: null,
      heldAfter: null,
      isPinned: false,
      entity: null,
      eventName: null,
      skippedBy: null,
    };
    this.steps.set(step.key, step);
    this.openSteps.add(step);
    const siblings = this.byNode.get(step.node);
    if (siblings) siblings.push(step);
    else this.byNode.set(step.node, [step]);
    return step;
  }

  #close(step: StepRecord, at: number, status: StepStatus, output?: Json): void {
    if (output !== undefined) step.output = output;
    step.status = status;
    step.closedAt = at;
    step.closedSeq = this.#now;
    // What opened and closed in one event is no step a rewind opens: its token comes to the node once more, as another visit.
    if ((status === 'failed' || status === 'canceled') && step.openedSeq !== this.#now) {
      if (this.#closed.at !== at) this.#closed = { at, steps: [] };
      this.#closed.steps.push(step);
    }
    this.openSteps.delete(step);
    this.#endWaits(step, at);
  }

  #leave(step: StepRecord, at: number, port: PortId): void {
    step.port = port;
    this.#close(step, at, 'completed');
  }

  #cancel(step: StepRecord, at: number): void {
    this.#unhold(step, at);
    this.#endAttempt(step, at, 'canceled', null);
    this.#close(step, at, 'canceled');
  }

  #cancelInside(frame: string, at: number): void {
    for (const step of this.openSteps) if (step.frame.startsWith(frame) && step.frame !== '') this.#cancel(step, at);
  }

  /** The attempt is held no more: it was let out, came to an outcome after all, or is cancelled. */
  #unhold(step: StepRecord, at: number): void {
    const attempt = step.attempts.at(-1);
    if (step.heldAfter === null || !attempt) return;
    step.heldAfter = null;
    attempt.endedAt = null;
    attempt.endedSeq = null;
    attempt.outcome = 'running';
    this.#endWaits(step, at);
  }

  #endAttempt(step: StepRecord, at: number, outcome: Attempt['outcome'], failure: Failure | null): void {
    const attempt = step.attempts.at(-1);
    if (!attempt || attempt.endedAt !== null) return;
    attempt.endedAt = at;
    attempt.endedSeq = this.#now;
    attempt.outcome = outcome;
    attempt.failure = failure;
  }

  #endWaits(step: StepRecord, at: number): void {
    for (const wait of step.waits) {
      if (wait.to !== null) continue;
      wait.to = at;
      wait.toSeq = this.#now;
    }
  }

  #wait(kind: Wait['kind'], from: number, until: number | null): Wait {
    return { kind, from, fromSeq: this.#now, to: null, toSeq: null, until };
  }

  #reopen(step: StepRecord): void {
    step.closedAt = null;
    step.closedSeq = null;
    step.status = 'running';
    this.openSteps.add(step);
    // An attempt that was under way when all ended is under way again.
    const attempt = step.attempts.at(-1);
    if (attempt?.outcome === 'canceled') Object.assign(attempt, { outcome: 'running', endedAt: null, endedSeq: null });
  }

  #rename(nodes: Readonly<Record<NodeId, NodeId>>): void {
    for (const [old, records] of [...this.byNode]) {
      const now = nodes[old];
      if (now === undefined || now === old) continue;
      this.#renamed.set(old, now);
      this.byNode.delete(old);
      for (const record of records) record.node = now;
      this.byNode.set(
        now,
        [...(this.byNode.get(now) ?? []), ...records].sort((a, b) => a.openedSeq - b.openedSeq),
      );
    }
  }
}

/** `for_each#1[12]/inner#2[0]/` → `item 13, 1`: which item or pass of the containers around it, counted from 1. */
export function frameWords(frame: string): string {
  const indexes = [...frame.matchAll(/\[(\d+)\]\//g)].map((match) => Number(match[1]) + 1);
  return indexes.length === 0 ? '' : `item ${indexes.join(', ')}`;
}
