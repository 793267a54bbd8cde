import type { FrameId, StepKey, TimerId } from './ids.ts';
import type { HistoryEvent, TokenLeft } from './history-event.ts';
import { indexState } from './index-state.ts';
import type { Fallen, Frame, InstanceState, OpenStep } from './state.ts';
import { timerIdOf } from './step-timers.ts';

/*
 * What the failure underway has closed so far, noted by the fold so that a person may take it back: a rewind opens it again as it was.
 * Only the events between the failure and the instance's end are noted; whatever else happens, and an event that says that the failure was
 * taken (tolerated, or by an error port), forgets them: of several outcomes that are acted on in one turn, the next may fail as well.
 * So a failure that ends nothing costs one note, and a history of any age can be rewound. [O1–O4]
 *
 * Invariant: in the status Failed `state.fallen` holds all that was open and on its way when the instance failed.
 */

/** Looks at an event before it is folded in. */
export function noteFailure(state: InstanceState, event: HistoryEvent): void {
  switch (event.type) {
    case 'TaskFailed':
    case 'SubOrchestrationInstanceFailed':
      state.fallen = event.retry ? null : nothing(event.step);
      return;
    case 'EntityOperationFailed':
      state.fallen = nothing(event.step);
      return;
    case 'TimerFired':
      state.fallen = event.purpose === 'timeout' || event.purpose === 'deadline' ? nothing(event.step) : null;
      return;
    case 'StepFailed':
    case 'StepPinned': {
      if (event.failure === undefined || ('taken' in event && event.taken)) break;
      if (!state.steps.has(event.step)) {
        const { step, frame, node, via, caughtFrom } = event;
        const token = { step, frame, node, via };
        state.fallen = { ...nothing(), tokens: [caughtFrom === undefined ? token : { ...token, caughtFrom }] };
        // The container whose pass it has just ended fails with it; any other begins a failure of its own.
      } else if (state.fallen?.leaving !== event.step) {
        state.fallen = nothing();
      }
      return;
    }
    case 'PassEnded':
      if (event.failure === undefined || event.taken) break;
      state.fallen ??= nothing();
      state.fallen.leaving = event.step;
      return;
    case 'TokenCancelled':
      if (event.reason !== 'failure' && event.reason !== 'scope') break;
      state.fallen ??= nothing();
      return;
    case 'ExecutionCompleted':
      if (event.status !== 'Failed') break;
      state.fallen ??= nothing();
      return;
    case 'ExecutionRewound':
      return;
    default:
  }
  state.fallen = null;
}

export function noteStep({ fallen, quarantined }: InstanceState, step: OpenStep): void {
  const claims = quarantined.get(step.key);
  fallen?.steps.push(claims === undefined ? { step } : { step, claims });
}

export function noteTimer({ fallen, timers }: InstanceState, timer: TimerId, fired: boolean): void {
  const info = timers.get(timer);
  if (info) fallen?.timers.push({ timer, ...info, fired });
}

/** `ended`: by the failure itself, which the container has counted. */
export function noteFrame(state: InstanceState, frame: Frame, ended: boolean): void {
  const before =
    ended && frame.parent !== null && frame.node !== null ? state.frames.get(frame.parent)?.outputs.get(frame.node) : undefined;
  state.fallen?.frames.push({ frame, ended, ...(before !== undefined && { before }) });
}

/** The instance has failed: what is left of it is put with the rest. */
export function noteEnd(state: InstanceState, event: HistoryEvent & { type: 'ExecutionCompleted' }): void {
  const { fallen } = state;
  if (!fallen) return;
  for (const frame of state.frames.values()) fallen.frames.push({ frame, ended: false });
  fallen.buffered = [...state.buffered];
  fallen.tokens.push(...(event.left?.tokens ?? []));
  for (const step of event.left?.steps ?? []) {
    fallen.steps.push({ step: { ...step } });
    fallen.failed.push(step.key);
  }
  fallen.at = event.at;
  fallen.recorded = event.left !== undefined;
}

/** Opens everything again. Timeouts and deadlines go on where they stopped; the one that was the failure begins anew. [O2, O3] */
export function rise(state: InstanceState, at: number): void {
  const { fallen } = state;
  if (!fallen) throw new Error(`The instance “${state.instanceId}” has not failed.`);
  const isThere = new Set(fallen.frames.map(({ frame }) => frame.id));
  const steps = fallen.steps
    // An outcome that came while the instance was suspended may be of a frame that was gone before the failure.
    .filter(({ step }) => isThere.has(step.frame))
    // In which order the failure closed them says nothing about them.
    .toSorted((a, b) => a.step.openedAt - b.step.openedAt || (a.step.key < b.step.key ? -1 : 1));
  const frames = fallen.frames.toSorted(
    ({ frame: a }, { frame: b }) => depthOf(a.id) - depthOf(b.id) || a.index - b.index || (a.id < b.id ? -1 : 1),
  );
  state.frames = new Map(frames.map(({ frame }) => [frame.id, frame]));
  state.steps = new Map(steps.map(({ step }) => [step.key, step]));
  state.quarantined = new Map();
  for (const { step, claims } of steps) {
    if (fallen.failed.includes(step.key)) startOver(step, at);
    else if (claims !== undefined) state.quarantined.set(step.key, claims);
  }
  for (const { frame, ended, before } of frames) {
    if (!ended || frame.step === null || frame.parent === null || frame.node === null) continue;
    const container = state.steps.get(frame.step);
    if (container?.kind !== 'container') continue;
    const { outputs } = state.frames.get(frame.parent) ?? {};
    if (container.container.type === 'forEach') {
      container.container.running++;
      container.container.done--;
      container.container.failed--;
    } else if (container.container.type === 'loop') {
      if (before === undefined) outputs?.delete(frame.node);
      else outputs?.set(frame.node, before);
    }
  }
  state.timers = new Map();
  for (const { timer, step, purpose, fireAt, fired } of fallen.timers) {
    const owner = state.steps.get(step);
    if (!owner) continue;
    const isLimit = purpose === 'timeout' || purpose === 'deadline';
    const moved = isLimit ? at + fireAt - (fired ? owner.openedAt : fallen.at) : fireAt;
    state.timers.set(timer, { step, purpose, fireAt: moved });
    if (isLimit && owner.kind === 'event') owner.deadlineAt = moved;
    if (purpose === 'deadline' && owner.kind === 'humanTask') owner.task = { ...owner.task, deadlineAt: moved };
  }
  for (const { step } of steps) limitAnew(state, step, at);
  state.buffered = new Map(fallen.buffered);
  state.fallen = null;
  state.status = 'Running';
  state.output = null;
  state.failure = null;
  indexState(state);
}

/** Its limit had passed while the instance was suspended, long before it failed. */
function limitAnew(state: InstanceState, step: OpenStep, at: number): void {
  if (step.kind === 'event' && step.deadlineAt !== null) {
    const timer = timerIdOf(step.key, 'timeout', 1);
    if (state.timers.has(timer)) return;
    step.deadlineAt = at + step.deadlineAt - step.openedAt;
    state.timers.set(timer, { step: step.key, purpose: 'timeout', fireAt: step.deadlineAt });
  } else if (step.kind === 'humanTask' && step.task.deadlineAt !== null) {
    const timer = timerIdOf(step.key, 'deadline', 1);
    if (state.timers.has(timer)) return;
    const deadlineAt = at + step.task.deadlineAt - step.openedAt;
    step.task = { ...step.task, deadlineAt };
    state.timers.set(timer, { step: step.key, purpose: 'deadline', fireAt: deadlineAt });
  }
}

/** The failed step has its attempts before it again. [O3] */
function startOver(step: OpenStep, at: number): void {
  if (step.kind !== 'activity' && step.kind !== 'subWorkflow') return;
  // Its next attempt follows; a sub-workflow's instance is asked first, and what becomes of it then is its first.
  step.since = { attempt: step.kind === 'activity' ? step.attempt : step.attempt - 1, at };
  if (step.kind === 'activity') step.phase = 'backoff';
}

function nothing(...failed: StepKey[]): Fallen {
  return { failed, leaving: null, steps: [], frames: [], timers: [], tokens: [], buffered: [], at: 0, recorded: false };
}

function depthOf(frame: FrameId): number {
  return frame.split('/').length;
}

/** Tokens whose frame is there, in the order they moved. */
export function tokensOf(state: InstanceState, tokens: Fallen['tokens']): TokenLeft[] {
  return tokens.filter(({ frame }) => state.frames.has(frame));
}
