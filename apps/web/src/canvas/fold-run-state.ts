import type { Failure, HistoryEvent, StepKey, StepOpening } from '@perdure/engine';
import type { EdgeId, NodeId, PortId } from '@perdure/graph';

/*
 * What the canvas shows of a run, folded from its history one event at a time.
 * Not the engine's state: only what a node or an edge draws. Its size follows the workflow, plus the steps that are open now.
 *
 * 1. A node's status is that of its open steps if it has any (running before waiting), else of the step that closed last.
 * 2. An edge is taken once a token used it, active while the step it opened is still open.
 */

export type NodeRunStatus = 'running' | 'waiting' | 'suspended' | 'completed' | 'failed' | 'canceled';

export type NodeWait =
  | { kind: 'retry'; until: number }
  | { kind: 'quarantine' }
  | { kind: 'timer'; until: number }
  | { kind: 'event'; name: string }
  | { kind: 'task'; claimedBy: string | null }
  | { kind: 'subWorkflow'; instanceId: string }
  | { kind: 'entity'; entity: string }
  /** A scope that waits for its entities. */
  | { kind: 'lock'; entities: readonly string[] }
  | { kind: 'join' };

export interface NodeRun {
  status: NodeRunStatus;
  /** Steps opened so far. */
  visits: number;
  openSteps: number;
  /** Of the step that moved last; 0 for nodes that make no attempts. */
  attempt: number;
  wait: NodeWait | null;
  failure: Failure | null;
  /** For each: items. Loop: `total` is null. */
  items: { done: number; failed: number; running: number; total: number | null } | null;
  /** Join: tokens waiting for the current pass. */
  arrived: number;
  /** Its latest step gave what is pinned to it. */
  pinned: boolean;
  /** Exits used so far, latest last. */
  ports: readonly PortId[];
  /** The first step's opening and the last change, epoch milliseconds. */
  openedAt: number;
  changedAt: number;
  latestStep: StepKey | null;
}

/** What a node has before anything happened at it. */
export const untouchedNode: NodeRun = {
  status: 'completed',
  visits: 0,
  openSteps: 0,
  attempt: 0,
  wait: null,
  failure: null,
  items: null,
  arrived: 0,
  pinned: false,
  ports: [],
  openedAt: 0,
  changedAt: 0,
  latestStep: null,
};

export interface EdgeRun {
  taken: number;
  active: boolean;
}

export interface RunState {
  seq: number;
  startedAt: number | null;
  finishedAt: number | null;
  suspended: boolean;
  finished: 'Completed' | 'Failed' | 'Terminated' | 'Canceled' | null;
  /** Null: no test run. */
  test: { fastForward: boolean } | null;
  nodes: ReadonlyMap<NodeId, NodeRun>;
  edges: ReadonlyMap<EdgeId, EdgeRun>;
}

/** Folds a whole history. For a live run keep a `RunFold` and give it batches. */
export function foldRunState(events: readonly HistoryEvent[]): RunState {
  const fold = new RunFold();
  fold.apply(events);
  return fold.state();
}

interface OpenStep {
  key: StepKey;
  node: NodeId;
  via: EdgeId | null;
  wait: NodeWait | null;
}

interface JoinTokens {
  byEdge: Map<EdgeId, number>;
  fired: number;
}

export interface RunChanges {
  nodes: Set<NodeId>;
  edges: Set<EdgeId>;
}

export class RunFold {
  seq = 0;
  startedAt: number | null = null;
  finishedAt: number | null = null;
  suspended = false;
  finished: RunState['finished'] = null;
  test: RunState['test'] = null;
  readonly #nodes = new Map<NodeId, NodeRun>();
  readonly #edges = new Map<EdgeId, EdgeRun>();
  readonly #open = new Map<StepKey, OpenStep>();
  readonly #openByNode = new Map<NodeId, Set<StepKey>>();
  readonly #openByEdge = new Map<EdgeId, number>();
  readonly #joins = new Map<string, JoinTokens>();
  /** What the turn of the last change closed without success: a rewind opens it again. */
  #closed: { at: number; steps: OpenStep[] } = { at: 0, steps: [] };
  #changes: RunChanges = { nodes: new Set(), edges: new Set() };

  /** Applies events in order and says which nodes and edges look different now. Events already applied are passed over. */
  apply(events: readonly HistoryEvent[]): RunChanges {
    this.#changes = { nodes: new Set(), edges: new Set() };
    for (const event of events) {
      if (event.seq <= this.seq) continue;
      this.#applyOne(event);
      this.seq = event.seq;
    }
    return this.#changes;
  }

  /** A fold that goes on by itself from here. */
  clone(): RunFold {
    const copy = new RunFold();
    copy.seq = this.seq;
    copy.startedAt = this.startedAt;
    copy.finishedAt = this.finishedAt;
    copy.suspended = this.suspended;
    copy.finished = this.finished;
    copy.test = this.test;
    // Runs of nodes and edges are replaced, never changed.
    for (const [id, run] of this.#nodes) copy.#nodes.set(id, run);
    for (const [id, run] of this.#edges) copy.#edges.set(id, run);
    for (const [key, step] of this.#open) copy.#open.set(key, { ...step });
    for (const [node, keys] of this.#openByNode) copy.#openByNode.set(node, new Set(keys));
    for (const [edge, count] of this.#openByEdge) copy.#openByEdge.set(edge, count);
    for (const [place, { byEdge, fired }] of this.#joins) copy.#joins.set(place, { byEdge: new Map(byEdge), fired });
    copy.#closed = { at: this.#closed.at, steps: this.#closed.steps.map((step) => ({ ...step })) };
    return copy;
  }

  state(): RunState {
    return {
      seq: this.seq,
      startedAt: this.startedAt,
      finishedAt: this.finishedAt,
      suspended: this.suspended,
      finished: this.finished,
      test: this.test,
      nodes: new Map(this.#nodes),
      edges: new Map(this.#edges),
    };
  }

  node(id: NodeId): NodeRun | undefined {
    return this.#nodes.get(id);
  }

  edge(id: EdgeId): EdgeRun | undefined {
    return this.#edges.get(id);
  }

  #applyOne(event: HistoryEvent): void {
    const { at } = event;
    switch (event.type) {
      case 'ExecutionStarted':
        this.startedAt ??= at;
        this.test = event.test ? { fastForward: event.test.fastForward } : null;
        this.finished = null;
        this.finishedAt = null;
        return;
      case 'ExecutionSuspended':
        this.suspended = true;
        for (const node of this.#openByNode.keys()) this.#refreshStatus(node, at);
        return;
      case 'ExecutionResumed':
        this.suspended = false;
        for (const node of this.#openByNode.keys()) this.#refreshStatus(node, at);
        return;
      case 'ExecutionRewound':
        this.finished = null;
        this.finishedAt = null;
        for (const step of this.#closed.steps.toReversed()) this.#reopen(step, at);
        this.#closed = { at, steps: [] };
        return;
      case 'ExecutionTerminated':
        return this.#finish('Terminated', at);
      case 'ExecutionCompleted':
        return this.#finish(event.status, at);
      case 'TaskScheduled':
        this.#openStep(event, at, null);
        return this.#update(event.node, at, { attempt: event.attempt, latestStep: event.step });
      case 'TaskCompleted':
        return this.#closeStep(event.step, at, 'completed');
      case 'TaskQuarantined':
        return this.#wait(event.step, at, { kind: 'quarantine' });
      case 'TaskReleased':
        return this.#wait(event.step, at, null);
      case 'TaskFailed':
        if (!event.retry) return this.#closeStep(event.step, at, 'failed', event.failure);
        return this.#failAttempt(event.step, at, event.failure);
      case 'TimerCreated':
        if (event.opening) return this.#openStep(event.opening, at, { kind: 'timer', until: event.fireAt });
        if (event.purpose === 'retry') return this.#wait(event.step, at, { kind: 'retry', until: event.fireAt });
        return;
      case 'TimerFired':
        if (event.purpose === 'reminder' || event.purpose === 'escalation') return;
        if (event.purpose === 'retry') return this.#wait(event.step, at, null);
        if (event.purpose === 'timer') return this.#closeStep(event.step, at, 'completed');
        return this.#closeStep(event.step, at, 'completed', undefined, (event.purpose === 'deadline' ? 'overdue' : 'timeout') as PortId); // the two ports' fixed names
      case 'EventRaised':
        return;
      case 'SubOrchestrationInstanceCreated':
        this.#openStep(event, at, event.wait ? { kind: 'subWorkflow', instanceId: event.instanceId } : null);
        this.#update(event.node, at, { attempt: event.attempt });
        return;
      case 'SubOrchestrationInstanceCompleted':
        return this.#closeStep(event.step, at, 'completed');
      case 'SubOrchestrationInstanceFailed':
        if (!event.retry) return this.#closeStep(event.step, at, 'failed', event.failure);
        return this.#failAttempt(event.step, at, event.failure);
      case 'EntityOperationCalled':
        return this.#openStep(event, at, { kind: 'entity', entity: event.entity });
      case 'EntityOperationCompleted':
        return this.#closeStep(event.step, at, 'completed');
      case 'EntityOperationFailed':
        return this.#closeStep(event.step, at, 'failed', event.failure);
      case 'EntityOperationSignaled':
        return this.#passStep(event, at, 'completed');
      case 'EntityLockRequested':
        return this.#wait(event.step, at, { kind: 'lock', entities: event.entities });
      case 'EntityLockGranted':
        return this.#wait(event.step, at, null);
      case 'EventAwaited':
        return this.#openStep(event, at, { kind: 'event', name: event.name });
      case 'EventReceived':
        return this.#closeStep(event.step, at, 'completed');
      case 'TransformCompleted':
      case 'VariablesSet':
      case 'CustomStatusSet':
      case 'StepSkipped':
      case 'EndReached':
        return this.#passStep(event, at, 'completed');
      case 'ConditionTaken':
        return this.#passStep(event, at, 'completed', undefined, event.port);
      case 'StepPinned':
        this.#passStep(event, at, event.failure ? 'failed' : 'completed', event.failure, event.port);
        return this.#update(event.node, at, { pinned: true });
      case 'StepFailed':
        if (this.#open.has(event.step)) return this.#closeStep(event.step, at, 'failed', event.failure);
        return this.#passStep(event, at, 'failed', event.failure);
      case 'JoinReached': {
        const tokens = this.#join(event.frame, event.node);
        tokens.byEdge.set(event.via, (tokens.byEdge.get(event.via) ?? 0) + 1);
        this.#take(event.via);
        return this.#refreshJoin(event.node, event.frame, at);
      }
      case 'JoinFired': {
        const tokens = this.#join(event.frame, event.node);
        tokens.fired = Math.max(tokens.fired, event.pass);
        this.#update(event.node, at, { visits: (this.#nodes.get(event.node)?.visits ?? 0) + 1, latestStep: event.step });
        return this.#refreshJoin(event.node, event.frame, at);
      }
      case 'ContainerEntered':
        this.#openStep(event, at, null);
        return this.#update(event.node, at, { items: { done: 0, failed: 0, running: 0, total: event.count ?? null } });
      case 'PassStarted':
        return this.#countItems(event.step, at, { running: 1 });
      case 'PassEnded':
        return this.#countItems(event.step, at, { running: -1, done: 1, failed: event.failure ? 1 : 0 });
      case 'ContainerExited':
        return this.#closeStep(event.step, at, event.failure ? 'failed' : 'completed', event.failure, event.port);
      case 'HumanTaskCreated':
        return this.#openStep(event, at, { kind: 'task', claimedBy: null });
      case 'HumanTaskClaimed':
        return this.#wait(event.step, at, { kind: 'task', claimedBy: event.by });
      case 'HumanTaskAssigned':
        return this.#wait(event.step, at, { kind: 'task', claimedBy: event.to });
      case 'HumanTaskReleased':
      case 'HumanTaskVoted':
      case 'HumanTaskEscalated':
        return this.#wait(event.step, at, { kind: 'task', claimedBy: null });
      case 'HumanTaskDecided':
        return this.#closeStep(event.step, at, 'completed', undefined, event.outcome);
      case 'StepRetried':
        return this.#wait(event.step, at, null);
      case 'StepSkippedByHand':
        return this.#closeStep(event.step, at, 'completed', undefined, event.port);
      case 'VersionMigrated':
        return this.#rename(event.nodes, event.edges);
      case 'VariablesEdited':
        return;
      case 'TokenCancelled':
        for (const step of event.steps) this.#closeStep(step, at, 'canceled');
        return;
    }
  }

  #reopen(step: OpenStep, at: number): void {
    if (this.#open.has(step.key)) return;
    this.#open.set(step.key, { ...step, wait: null });
    const ofNode = this.#openByNode.get(step.node) ?? new Set<StepKey>();
    ofNode.add(step.key);
    this.#openByNode.set(step.node, ofNode);
    if (step.via !== null) {
      this.#openByEdge.set(step.via, (this.#openByEdge.get(step.via) ?? 0) + 1);
      this.#refreshEdge(step.via);
    }
    this.#update(step.node, at, { failure: null });
    this.#refreshStatus(step.node, at);
  }

  /** What the new version calls otherwise goes by its new id from here on. */
  #rename(nodes: Record<NodeId, NodeId>, edges: Record<EdgeId, EdgeId>): void {
    renameKeys(this.#nodes, nodes);
    renameKeys(this.#openByNode, nodes);
    renameKeys(this.#edges, edges);
    renameKeys(this.#openByEdge, edges);
    for (const step of this.#open.values()) {
      step.node = nodes[step.node] ?? step.node;
      if (step.via !== null) step.via = edges[step.via] ?? step.via;
    }
    for (const [place, tokens] of [...this.#joins]) {
      renameKeys(tokens.byEdge, edges);
      const [frame = '', node = ''] = place.split('|');
      this.#joins.delete(place);
      this.#joins.set(`${frame}|${nodes[node as NodeId] ?? node}`, tokens); // keys of this map are made of node ids
    }
    for (const node of this.#nodes.keys()) this.#changes.nodes.add(node);
  }

  #finish(status: NonNullable<RunState['finished']>, at: number): void {
    this.finished = status;
    this.finishedAt = at;
    this.suspended = false;
    for (const step of [...this.#open.keys()]) this.#closeStep(step, at, 'canceled');
  }

  #openStep(opening: StepOpening, at: number, wait: NodeWait | null): void {
    const known = this.#open.get(opening.step);
    if (known) {
      // A further attempt of the same step.
      known.wait = wait;
      this.#refreshStatus(opening.node, at);
      return;
    }
    this.#open.set(opening.step, { key: opening.step, node: opening.node, via: opening.via, wait });
    const ofNode = this.#openByNode.get(opening.node) ?? new Set<StepKey>();
    ofNode.add(opening.step);
    this.#openByNode.set(opening.node, ofNode);
    if (opening.via !== null) {
      this.#openByEdge.set(opening.via, (this.#openByEdge.get(opening.via) ?? 0) + 1);
      this.#take(opening.via);
    }
    const before = this.#nodes.get(opening.node);
    this.#update(opening.node, at, {
      visits: (before?.visits ?? 0) + 1,
      openedAt: before?.openedAt ?? at,
      latestStep: opening.step,
      failure: null,
      attempt: 0,
    });
    this.#refreshStatus(opening.node, at);
  }

  /** A step that opens and closes in one event. */
  #passStep(opening: StepOpening, at: number, status: NodeRunStatus, failure?: Failure, port?: PortId): void {
    this.#openStep(opening, at, null);
    this.#closeStep(opening.step, at, status, failure, port);
    // A rewind brings its token to the node once more: that is another visit.
    this.#closed.steps = this.#closed.steps.filter(({ key }) => key !== opening.step);
  }

  #closeStep(key: StepKey, at: number, status: NodeRunStatus, failure?: Failure, port?: PortId): void {
    const step = this.#open.get(key);
    if (!step) return;
    this.#open.delete(key);
    if (status === 'failed' || status === 'canceled') {
      if (this.#closed.at !== at) this.#closed = { at, steps: [] };
      this.#closed.steps.push(step);
    }
    const ofNode = this.#openByNode.get(step.node);
    ofNode?.delete(key);
    if (ofNode?.size === 0) this.#openByNode.delete(step.node);
    if (step.via !== null) {
      const left = (this.#openByEdge.get(step.via) ?? 1) - 1;
      if (left > 0) this.#openByEdge.set(step.via, left);
      else this.#openByEdge.delete(step.via);
      this.#refreshEdge(step.via);
    }
    const before = this.#nodes.get(step.node);
    const ports = port === undefined ? before?.ports : [...(before?.ports ?? []).filter((used) => used !== port), port];
    this.#update(step.node, at, { status, failure: failure ?? null, wait: null, ...(ports && { ports }) });
    this.#refreshStatus(step.node, at);
  }

  #failAttempt(key: StepKey, at: number, failure: Failure): void {
    const step = this.#open.get(key);
    if (step) this.#update(step.node, at, { failure });
  }

  #wait(key: StepKey, at: number, wait: NodeWait | null): void {
    const step = this.#open.get(key);
    if (!step) return;
    step.wait = wait;
    this.#refreshStatus(step.node, at);
  }

  #countItems(key: StepKey, at: number, by: { running?: number; done?: number; failed?: number }): void {
    const step = this.#open.get(key);
    if (!step) return;
    const items = this.#nodes.get(step.node)?.items ?? { done: 0, failed: 0, running: 0, total: null };
    this.#update(step.node, at, {
      items: {
        ...items,
        running: Math.max(0, items.running + (by.running ?? 0)),
        done: items.done + (by.done ?? 0),
        failed: items.failed + (by.failed ?? 0),
      },
    });
  }

  #join(frame: string, node: NodeId): JoinTokens {
    const key = `${frame}|${node}`;
    const known = this.#joins.get(key);
    if (known) return known;
    const fresh: JoinTokens = { byEdge: new Map(), fired: 0 };
    this.#joins.set(key, fresh);
    return fresh;
  }

  #refreshJoin(node: NodeId, frame: string, at: number): void {
    const { byEdge, fired } = this.#join(frame, node);
    let arrived = 0;
    for (const count of byEdge.values()) if (count > fired) arrived += 1;
    const waits = arrived > 0;
    this.#update(node, at, {
      arrived,
      status: waits ? (this.suspended ? 'suspended' : 'waiting') : 'completed',
      wait: waits ? { kind: 'join' } : null,
    });
  }

  /** Invariant 1. */
  #refreshStatus(node: NodeId, at: number): void {
    const open = this.#openByNode.get(node);
    const size = open?.size ?? 0;
    if (!open || size === 0) return this.#update(node, at, { openSteps: 0 });
    let wait: NodeWait | null = null;
    let running = false;
    for (const key of open) {
      const step = this.#open.get(key);
      if (step?.wait) wait = step.wait;
      else running = true;
    }
    const status: NodeRunStatus = this.suspended ? 'suspended' : running ? 'running' : 'waiting';
    this.#update(node, at, { status, wait: running ? null : wait, openSteps: size });
  }

  #take(edge: EdgeId): void {
    this.#edges.set(edge, { taken: (this.#edges.get(edge)?.taken ?? 0) + 1, active: false });
    this.#refreshEdge(edge);
  }

  /** Invariant 2. */
  #refreshEdge(edge: EdgeId): void {
    const taken = this.#edges.get(edge)?.taken ?? 0;
    this.#edges.set(edge, { taken, active: this.#openByEdge.has(edge) });
    this.#changes.edges.add(edge);
  }

  #update(node: NodeId, at: number, change: Partial<NodeRun>): void {
    const before = this.#nodes.get(node);
    this.#nodes.set(node, {
      ...(before ?? { ...untouchedNode, status: 'running', openedAt: at }),
      ...change,
      changedAt: at,
    });
    this.#changes.nodes.add(node);
  }
}

function renameKeys<Key extends string, Value>(map: Map<Key, Value>, names: Readonly<Record<Key, Key>>): void {
  const renamed = [...map].filter(([key]) => names[key] !== undefined);
  for (const [key] of renamed) map.delete(key);
  for (const [key, value] of renamed) map.set(names[key], value);
}
