import { nodeId } from '@perdure/graph';
import type { Json, NodeId } from '@perdure/graph';
import { consequence } from './consequence.ts';
import type { Failure } from './failure.ts';
import { noteEnd, noteFailure, noteFrame, noteStep, noteTimer, rise } from './fallen.ts';
import type { EventBody, HistoryEvent, StepOpening } from './history-event.ts';
import type { FrameId, InstanceId, StepKey } from './ids.ts';
import { arrive, clearWaiting, countAsArrived, fire } from './join-tokens.ts';
import { migrateState } from './migrate-state.ts';
import type { ContainerState, Deferred, Frame, InstanceState, JoinState, OpenStep, SectionLock } from './state.ts';
import { ROOT_FRAME } from './step-place.ts';
import { possibleTimers } from './step-timers.ts';
import type { TestRun } from './test-run.ts';

/**
 * The fold: applies one event to the state in place and gives it back. It evaluates nothing and needs no plan; what it must know is in the event.
 * An event that does not fit the state is a bug or a damaged history, and throws.
 *
 * Invariants it keeps: `seq` has no gaps [V1]; a frame's `open` and a container's `passes` name exactly what `steps` and `frames` hold;
 * a closed step leaves no timer and no event wait behind [E2]; nothing is open in a final status [L6].
 */
export function evolve(state: InstanceState, event: HistoryEvent): InstanceState {
  if (event.seq !== state.seq + 1) throw new Error(`History event ${event.seq} (${event.type}) does not follow ${state.seq}.`);
  state.seq = event.seq;
  noteFailure(state, event);
  switch (event.type) {
    case 'ExecutionStarted':
      state.executionId = event.executionId;
      state.workflow = event.workflow;
      state.version = event.version;
      state.input = event.input;
      state.tags = event.tags;
      state.parent = event.parent;
      if (event.traceParent !== undefined) state.traceParent = event.traceParent;
      if (event.requester !== undefined) state.requester = event.requester;
      if (event.coRequesters !== undefined) state.coRequesters = event.coRequesters;
      state.startedAt = event.at;
      state.status = 'Running';
      state.frames.set(ROOT_FRAME, newFrame(ROOT_FRAME, null, null, null, 0));
      if (event.test) beginTestRun(state, event.test);
      break;
    case 'ExecutionSuspended':
      state.status = 'Suspended';
      break;
    case 'ExecutionResumed':
      state.status = 'Running';
      state.deferred = [];
      break;
    case 'ExecutionTerminated':
      state.status = 'Terminated';
      state.output = event.output;
      clearOpenWork(state);
      break;
    case 'ExecutionCompleted':
      state.status = event.status;
      state.output = event.output;
      state.failure = event.failure ?? null;
      noteEnd(state, event);
      clearOpenWork(state);
      break;
    case 'ExecutionRewound':
      rise(state, event.at);
      break;
    case 'VersionMigrated':
      migrateState(state, event);
      break;

    case 'TaskScheduled':
      if (event.attempt === 1) {
        const { activity, queue, input = null } = event;
        open(state, event, {
          ...base(event, event.at),
          kind: 'activity',
          activity,
          queue,
          input,
          attempt: 1,
          phase: 'scheduled',
          lastFailure: null,
        });
      } else {
        const step = openStep(state, event.step, 'activity');
        step.attempt = event.attempt;
        // Another version may have another input for it.
        if (event.input !== undefined) {
          step.activity = event.activity;
          step.queue = event.queue;
          step.input = event.input;
        }
        step.phase = 'scheduled';
        delete step.releases;
      }
      state.runningActivities++;
      break;
    case 'TaskCompleted':
      defer(state, event);
      finish(state, event.step, event.output);
      break;
    case 'TaskFailed': {
      defer(state, event);
      if (event.retry) {
        const step = openStep(state, event.step, 'activity');
        leavePhase(state, step);
        step.phase = 'backoff';
        step.lastFailure = event.failure;
      } else {
        failed(state, event.step, event.failure);
      }
      break;
    }
    case 'TaskQuarantined': {
      const step = openStep(state, event.step, 'activity');
      leavePhase(state, step);
      step.phase = 'quarantined';
      state.quarantined.set(step.key, event.claims);
      break;
    }
    case 'TaskReleased': {
      const step = openStep(state, event.step, 'activity');
      leavePhase(state, step);
      step.phase = 'scheduled';
      step.releases = (step.releases ?? 0) + 1;
      state.runningActivities++;
      break;
    }

    case 'StepRetried': {
      defer(state, event);
      for (const timer of possibleTimers(anyOpenStep(state, event.step))) state.timers.delete(timer);
      break;
    }
    case 'StepSkippedByHand':
      if (event.opening) {
        visit(state, event.opening).outputs.set(event.opening.node, event.output);
      } else {
        defer(state, event);
        finish(state, event.step, event.output);
      }
      break;

    case 'TimerCreated':
      if (event.opening) open(state, event.opening, { ...base(event.opening, event.at), kind: 'timer', fireAt: event.fireAt });
      state.timers.set(event.timer, { step: event.step, purpose: event.purpose, fireAt: event.fireAt });
      if (event.purpose === 'timeout') {
        const step = anyOpenStep(state, event.step);
        if (step.kind === 'event') step.deadlineAt = event.fireAt;
      }
      break;
    case 'TimerFired': {
      defer(state, event);
      noteTimer(state, event.timer, true);
      state.timers.delete(event.timer);
      const step = anyOpenStep(state, event.step);
      if (step.kind === 'timer' || step.kind === 'event' || (step.kind === 'humanTask' && event.purpose === 'deadline')) close(state, step);
      break;
    }

    case 'EventRaised': {
      const name = event.name.toLowerCase();
      const entry = { raised: event.seq, data: event.data };
      const queue = state.buffered.get(name);
      if (queue) queue.push(entry);
      else state.buffered.set(name, [entry]);
      break;
    }
    case 'EventAwaited': {
      open(state, event, { ...base(event, event.at), kind: 'event', name: event.name, deadlineAt: null });
      const name = event.name.toLowerCase();
      const waits = state.eventWaits.get(name);
      if (waits) waits.add(event.step);
      else state.eventWaits.set(name, new Set([event.step]));
      break;
    }
    case 'EventReceived':
      defer(state, event);
      finish(state, event.step, takeBuffered(state, openStep(state, event.step, 'event').name.toLowerCase(), event.raised));
      break;

    case 'SubOrchestrationInstanceCreated': {
      const { instanceId: child, workflow, version, input, attempt } = event;
      if (!event.wait) {
        visit(state, event).outputs.set(event.node, { instanceId: child });
      } else if (attempt === 1) {
        open(state, event, { ...base(event, event.at), kind: 'subWorkflow', child, workflow, version, input, attempt, phase: 'scheduled' });
      } else {
        const step = openStep(state, event.step, 'subWorkflow');
        // Of an attempt that another takes the place of.
        for (const timer of possibleTimers(step)) state.timers.delete(timer);
        // One that did not fail itself costs none of the step's attempts. [O6]
        if (step.phase === 'scheduled') step.since = { attempt: (step.since?.attempt ?? 0) + 1, at: step.since?.at ?? step.openedAt };
        step.child = child;
        step.attempt = attempt;
        step.phase = 'scheduled';
      }
      break;
    }
    case 'SubOrchestrationInstanceCompleted':
      defer(state, event);
      finish(state, event.step, event.output);
      break;
    case 'SubOrchestrationInstanceFailed':
      defer(state, event);
      if (event.retry) {
        const step = openStep(state, event.step, 'subWorkflow');
        step.phase = 'backoff';
        for (const timer of possibleTimers(step)) state.timers.delete(timer);
      } else {
        failed(state, event.step, event.failure);
      }
      break;

    case 'EntityOperationCalled': {
      const { request, entity, operation, section } = event;
      const step = { ...base(event, event.at), kind: 'entityCall', request, entity, operation } as const;
      open(state, event, section === undefined ? step : { ...step, section });
      if (section !== undefined) sectionLock(state, section).calling.push(entity);
      break;
    }
    case 'EntityOperationCompleted':
      defer(state, event);
      finish(state, event.step, event.output);
      break;
    case 'EntityOperationFailed':
      defer(state, event);
      failed(state, event.step, event.failure);
      break;
    case 'EntityOperationSignaled':
      visit(state, event).outputs.set(event.node, null);
      break;
    case 'EntityLockRequested': {
      const { container } = openStep(state, event.step, 'container');
      if (container.type !== 'scope') throw new Error(`Step ${event.step} is a ${container.type} and locks nothing.`);
      container.lock = { id: event.lock, entities: event.entities, held: false, calling: [] };
      break;
    }
    case 'EntityLockGranted':
      defer(state, event);
      sectionLock(state, event.step).held = true;
      break;

    case 'TransformCompleted':
      visit(state, event).outputs.set(event.node, event.output);
      break;
    case 'ConditionTaken':
    case 'StepSkipped':
      visit(state, event);
      break;
    case 'VariablesSet':
      visit(state, event);
      // Replaced, not changed: an expression may have answered with the very object, which is then in an event.
      state.vars = { ...state.vars, ...event.values };
      break;
    case 'VariablesEdited':
      state.vars = { ...state.vars, ...event.values };
      break;
    case 'CustomStatusSet':
      visit(state, event);
      state.customStatus = event.status;
      break;
    case 'StepPinned': {
      const frame = visit(state, event);
      if (event.failure) rememberFailure(state, frame, event.step, event.failure);
      else frame.outputs.set(event.node, event.output);
      break;
    }
    case 'StepFailed':
      if (state.steps.has(event.step)) {
        failed(state, event.step, event.failure);
      } else {
        rememberFailure(state, visit(state, event), event.step, event.failure);
      }
      break;
    case 'JoinReached':
      arrive(joinOf(state, event.frame, event.node), event.via, event.caughtFrom);
      break;
    case 'JoinFired': {
      const join = joinOf(state, event.frame, event.node);
      visit(state, event);
      fire(join, event.pass);
      if (event.rest) {
        countAsArrived(join, event.rest.edges, event.pass);
        for (const node of event.rest.joins) clearWaiting(joinOf(state, event.frame, node));
      }
      break;
    }
    case 'EndReached':
      visit(state, event).result = event.output;
      break;

    case 'ContainerEntered': {
      open(state, event, { ...base(event, event.at), kind: 'container', container: newContainer(event), passes: new Set() });
      // A loop's condition reads its own last pass; an earlier visit's is none of its business. [C7]
      frameOf(state, event.frame).outputs.delete(event.node);
      break;
    }
    case 'PassStarted': {
      const step = openStep(state, event.step, 'container');
      const frame = newFrame(event.frame, step.key, step.frame, step.node, event.index);
      if (event.item !== undefined) frame.item = event.item;
      if (step.caughtFrom !== undefined) frame.caughtFrom = step.caughtFrom;
      state.frames.set(frame.id, frame);
      step.passes.add(frame.id);
      if (step.container.type === 'forEach') {
        step.container.next = event.index + 1;
        step.container.running++;
      } else if (step.container.type === 'loop') {
        step.container.passes = event.index + 1;
      }
      break;
    }
    case 'PassEnded': {
      const step = openStep(state, event.step, 'container');
      dropFrame(state, event.frame, event.failure !== undefined);
      step.passes.delete(event.frame);
      if (step.container.type === 'forEach') {
        step.container.running--;
        step.container.done++;
        if (event.failure) step.container.failed++;
        else step.container.results[event.index] = event.output;
      } else if (step.container.type === 'loop') {
        frameOf(state, step.frame).outputs.set(step.node, event.output);
      }
      break;
    }
    case 'ContainerExited':
      if (event.failure) failed(state, event.step, event.failure);
      else finish(state, event.step, event.output);
      break;

    case 'HumanTaskCreated':
      open(state, event, { ...base(event, event.at), kind: 'humanTask', task: event.task, holders: [], votes: [] });
      break;
    case 'HumanTaskClaimed': {
      const step = openStep(state, event.step, 'humanTask');
      step.holders = [...step.holders, { by: event.by, at: event.at, how: 'claimed', from: null }];
      break;
    }
    case 'HumanTaskReleased':
      leaveSeat(openStep(state, event.step, 'humanTask'), event.by);
      break;
    case 'HumanTaskAssigned': {
      const step = openStep(state, event.step, 'humanTask');
      if (event.from !== null) leaveSeat(step, event.from);
      step.holders = [...step.holders, { by: event.to, at: event.at, how: event.kind, from: event.by }];
      break;
    }
    case 'HumanTaskVoted': {
      const step = openStep(state, event.step, 'humanTask');
      leaveSeat(step, event.by);
      const { by, outcome, comment, at, groups, data } = event;
      step.votes = [...step.votes, { by, outcome, comment, at, groups, data }];
      break;
    }
    case 'HumanTaskEscalated': {
      const step = openStep(state, event.step, 'humanTask');
      const { task } = step;
      // Replaced, not changed: the body is in an event. Nobody named means everybody, and adding to everybody changes nothing.
      const candidates = task.candidates.length === 0 ? [] : [...new Set([...task.candidates, ...event.to])];
      step.task = { ...task, candidates, priority: event.priority ?? task.priority };
      step.escalatedAt = event.at;
      step.holders = [];
      break;
    }
    case 'HumanTaskDecided':
      defer(state, event);
      finish(state, event.step, decision(openStep(state, event.step, 'humanTask'), event));
      break;

    case 'TokenCancelled':
      for (const key of event.steps) close(state, anyOpenStep(state, key));
      break;
  }
  return state;
}

/** [P7] */
function beginTestRun(state: InstanceState, test: TestRun): void {
  state.test = test;
  if (!test.from) return;
  state.vars = { ...test.from.vars };
  const { outputs } = frameOf(state, ROOT_FRAME);
  for (const [node, output] of Object.entries<Json>(test.from.outputs)) outputs.set(nodeId(node), output);
}

// Steps

function base(opening: StepOpening, at: number) {
  const { step: key, node, frame, via, caughtFrom } = opening;
  return caughtFrom === undefined ? { key, node, frame, via, openedAt: at } : { key, node, frame, via, openedAt: at, caughtFrom };
}

/** Counts a visit of the node in its frame, which is what makes the next step key a new one. */
function visit(state: InstanceState, opening: { frame: FrameId; node: NodeId }): Frame {
  const frame = frameOf(state, opening.frame);
  frame.visits.set(opening.node, (frame.visits.get(opening.node) ?? 0) + 1);
  return frame;
}

function open(state: InstanceState, opening: StepOpening, step: OpenStep): void {
  visit(state, opening).open.add(step.key);
  state.steps.set(step.key, step);
}

function finish(state: InstanceState, key: StepKey, output: Json): void {
  const step = anyOpenStep(state, key);
  frameOf(state, step.frame).outputs.set(step.node, output);
  close(state, step);
}

function failed(state: InstanceState, key: StepKey, failure: Failure): void {
  const step = anyOpenStep(state, key);
  close(state, step);
  rememberFailure(state, frameOf(state, step.frame), key, failure);
}

/** Removes an open step, with everything inside it when it is a container. */
function close(state: InstanceState, step: OpenStep): void {
  for (const timer of possibleTimers(step)) {
    noteTimer(state, timer, false);
    state.timers.delete(timer);
  }
  noteStep(state, step);
  if (step.kind === 'activity') {
    leavePhase(state, step);
  } else if (step.kind === 'event') {
    const name = step.name.toLowerCase();
    const waits = state.eventWaits.get(name);
    waits?.delete(step.key);
    if (waits?.size === 0) state.eventWaits.delete(name);
  } else if (step.kind === 'entityCall') {
    if (step.section !== undefined) endCall(sectionLock(state, step.section), step.entity);
  } else if (step.kind === 'container') {
    for (const pass of step.passes) dropFrame(state, pass);
  }
  state.steps.delete(step.key);
  state.frames.get(step.frame)?.open.delete(step.key);
}

/** An activity that closes or changes its phase is no longer counted among those of the phase it was in. */
function leavePhase(state: InstanceState, step: OpenStep & { kind: 'activity' }): void {
  if (step.phase === 'scheduled') state.runningActivities--;
  else if (step.phase === 'quarantined') state.quarantined.delete(step.key);
}

function anyOpenStep(state: InstanceState, key: StepKey): OpenStep {
  const step = state.steps.get(key);
  if (!step) throw new Error(`Step ${key} is not open.`);
  return step;
}

function openStep<Kind extends OpenStep['kind']>(state: InstanceState, key: StepKey, kind: Kind): OpenStep & { kind: Kind } {
  const step = anyOpenStep(state, key);
  if (step.kind !== kind) throw new Error(`Step ${key} is a ${step.kind}, not a ${kind}.`);
  // The line above has just compared the discriminant; TypeScript does not narrow by a generic one.
  return step as OpenStep & { kind: Kind };
}

// Human tasks

function leaveSeat(step: OpenStep & { kind: 'humanTask' }, person: string): void {
  step.holders = step.holders.filter(({ by }) => by !== person);
}

/** Tasks opened before there were rules have no votes in their output. */
function decision(step: OpenStep & { kind: 'humanTask' }, event: HistoryEvent & { type: 'HumanTaskDecided' }): Json {
  const { outcome, data, by, comment, at } = event;
  const output = { outcome, data, by, comment };
  if (step.task.rule === undefined) return output;
  const votes = step.votes.length > 0 ? step.votes : [{ by, outcome, comment, at, data }];
  return {
    ...output,
    votes: votes.map((vote) => ({ by: vote.by, outcome: vote.outcome, data: vote.data, comment: vote.comment, at: vote.at })),
  };
}

// Frames

function newFrame(id: FrameId, step: StepKey | null, parent: FrameId | null, node: NodeId | null, index: number): Frame {
  return {
    id,
    step,
    parent,
    node,
    index,
    open: new Set(),
    visits: new Map(),
    outputs: new Map(),
    joins: new Map(),
    failures: new Map(),
    result: null,
  };
}

function frameOf(state: InstanceState, id: FrameId): Frame {
  const frame = state.frames.get(id);
  if (!frame) throw new Error(`Frame “${id}” is gone.`);
  return frame;
}

function dropFrame(state: InstanceState, id: FrameId, ended = false): void {
  const frame = state.frames.get(id);
  if (!frame) return;
  for (const key of frame.open) close(state, anyOpenStep(state, key));
  noteFrame(state, frame, ended);
  state.frames.delete(id);
}

function newContainer(event: EventBody & { type: 'ContainerEntered' }): ContainerState {
  if (event.container === 'scope') return { type: 'scope' };
  if (event.container === 'loop') return { type: 'loop', passes: 0 };
  const count = event.count ?? 0;
  return {
    type: 'forEach',
    items: event.items ?? null,
    count,
    next: 0,
    running: 0,
    done: 0,
    failed: 0,
    results: Array.from({ length: count }, () => null),
  };
}

// Critical sections

function sectionLock(state: InstanceState, key: StepKey): SectionLock {
  const { container } = openStep(state, key, 'container');
  if (container.type !== 'scope' || !container.lock) throw new Error(`Step ${key} is not a critical section.`);
  return container.lock;
}

function endCall(lock: SectionLock, entity: InstanceId): void {
  const at = lock.calling.indexOf(entity);
  if (at >= 0) lock.calling.splice(at, 1);
}

// Joins

function joinOf(state: InstanceState, frame: FrameId, node: NodeId): JoinState {
  const { joins } = frameOf(state, frame);
  let join = joins.get(node);
  if (!join) joins.set(node, (join = { arrived: new Map(), fired: 0, caught: new Map() }));
  return join;
}

// Failures, events, the end

/**
 * Failures are kept for `error` until their frame is gone. A frame that keeps failing and going on (a cycle with a caught error) would
 * collect them without end, so beyond a bound only the newest and those an open step still carries stay. [D6]
 */
function rememberFailure(state: InstanceState, frame: Frame, step: StepKey, failure: Failure): void {
  frame.failures.set(step, failure);
  if (frame.failures.size <= FAILURES_KEPT * 2) return;
  const carried = new Set<StepKey | undefined>();
  for (const key of frame.open) carried.add(state.steps.get(key)?.caughtFrom);
  for (const join of frame.joins.values()) for (const key of join.caught.values()) carried.add(key);
  let surplus = frame.failures.size - FAILURES_KEPT;
  for (const key of frame.failures.keys()) {
    if (surplus-- <= 0) break;
    if (!carried.has(key)) frame.failures.delete(key);
  }
}

const FAILURES_KEPT = 64;

function takeBuffered(state: InstanceState, name: string, raised: number): Json {
  const queue = state.buffered.get(name);
  const index = queue?.findIndex((entry) => entry.raised === raised) ?? -1;
  const [entry] = queue && index >= 0 ? queue.splice(index, 1) : [];
  if (!queue || !entry) throw new Error(`External event ${raised} (“${name}”) is not buffered.`);
  if (queue.length === 0) state.buffered.delete(name);
  return entry.data;
}

/** While suspended, what an outcome leads to waits for the resumption. Must look at the step before it closes. */
function defer(state: InstanceState, event: EventBody & { step: StepKey }): void {
  if (state.status !== 'Suspended') return;
  const step = anyOpenStep(state, event.step);
  const deferred = consequence(step, event);
  if (!deferred) return;
  if (mayFail(deferred, event) && step.kind !== 'container') deferred.was = step;
  state.deferred.push(deferred);
}

/** What it leads to may fail the instance: a failure, or an exceptional port that nobody has connected. */
function mayFail(deferred: Deferred, event: EventBody): deferred is Deferred & { type: 'fail' | 'leave' } {
  return deferred.type === 'fail' || (deferred.type === 'leave' && event.type === 'TimerFired' && event.purpose !== 'timer');
}

function clearOpenWork(state: InstanceState): void {
  state.frames.clear();
  state.steps.clear();
  state.timers.clear();
  state.buffered.clear();
  state.eventWaits.clear();
  state.deferred = [];
  state.runningActivities = 0;
  state.quarantined.clear();
}
