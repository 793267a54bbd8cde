import { portId } from '@perdure/graph';
import type { EdgeId, Json, NodeId, PlanNode, PortId, ScopeNode } from '@perdure/graph';
import { cancelFrame, cancelSteps, letGo } from './cancel.ts';
import { finishInstance } from './finish-instance.ts';
import type { Failure } from './failure.ts';
import type { LeftBehind, StepOpening, TokenLeft } from './history-event.ts';
import type { FrameId, StepKey } from './ids.ts';
import type { OpenStep, PlainStep } from './state.ts';
import { ROOT_FRAME } from './step-place.ts';
import { emit, endsAt, frameOf, nodeOf, opening, sendTokens } from './turn.ts';
import type { Token, Turn } from './turn.ts';

/**
 * A failure nobody on the spot takes travels outwards frame by frame: a for each may tolerate it, a scope may catch it, a container may
 * have its `error` port connected, and at the root the instance fails. Each frame it leaves is emptied first. [F1–F7]
 */
export function raise(turn: Turn, frameId: FrameId, failure: Failure): void {
  const frame = frameOf(turn, frameId);
  const container = frame.step === null ? undefined : turn.state.steps.get(frame.step);
  if (!container || container.kind !== 'container') return failInstance(turn, failure);
  const node = nodeOf(turn, container.node);
  const caughtBy = node.kind === 'scope' ? catchingPort(node, failure) : null;
  cancelFrame(turn, frameId, caughtBy ? 'scope' : 'failure');
  const ended = { type: 'PassEnded', frame: frameId, step: container.key, index: frame.index, output: null, failure } as const;
  if (container.container.type === 'forEach' && node.kind === 'forEach' && container.container.failed < node.errorTolerance) {
    emit(turn, { ...ended, taken: true });
    turn.work.push({ type: 'advance', step: container.key });
  } else {
    emit(turn, ended);
    failInside(turn, container, failure);
  }
}

/** A failure among a container's content, with nothing of that pass left: a scope's catch takes it, or the container fails. [F6] */
export function failInside(turn: Turn, container: OpenStep & { kind: 'container' }, failure: Failure): void {
  const node = nodeOf(turn, container.node);
  const caughtBy = node.kind === 'scope' ? catchingPort(node, failure) : null;
  if (!caughtBy) return failContainer(turn, container, failure);
  letGo(turn, container);
  emit(turn, { type: 'ContainerExited', step: container.key, port: caughtBy, output: null, failure });
  sendTokens(turn, container.frame, node, caughtBy, container.key);
}

/** A container fails as a whole: its other passes are cancelled and it closes. [F4, F5] */
export function failContainer(turn: Turn, container: OpenStep & { kind: 'container' }, failure: Failure): void {
  const others: StepKey[] = [];
  for (const pass of container.passes) others.push(...frameOf(turn, pass).open);
  cancelSteps(turn, others, 'failure');
  letGo(turn, container);
  const { key: step, node: id, frame, via } = container;
  const node = nodeOf(turn, id);
  const caughtFrom = container.caughtFrom === undefined ? {} : { caughtFrom: container.caughtFrom };
  emitFailed(turn, { step, node: id, frame, via, ...caughtFrom }, node, failure);
}

/** What a closed step's failure leads to: its `error` port when connected, else the frame's failure. [F1] */
export function failStep(turn: Turn, frame: FrameId, node: PlanNode, step: StepKey, failure: Failure): void {
  if (takesError(turn, frame, node)) sendTokens(turn, frame, node, ERROR, step);
  else raise(turn, frame, failure);
}

/** A node that fails before it opened a step. [F2] */
export function failEntering(turn: Turn, token: Token, node: PlanNode, failure: Failure): void {
  emitFailed(turn, opening(turn, token), node, failure);
}

/** The failure is on its way out from here on, unless the step's own port takes it. */
function emitFailed(turn: Turn, place: StepOpening, node: PlanNode, failure: Failure): void {
  const { step, frame } = place;
  const blamed = blame(failure, node, step);
  emit(turn, { type: 'StepFailed', ...place, failure: blamed, ...(takesError(turn, frame, node) && { taken: true }) });
  failStep(turn, frame, node, step, blamed);
}

/** A token leaves by a normal or an exceptional port. An unconnected normal port ends it; an unconnected exceptional one raises. [T2, F3] */
export function leave(turn: Turn, frame: FrameId, node: PlanNode, step: StepKey, port: PortId, caughtFrom: StepKey | undefined): void {
  if (sendTokens(turn, frame, node, port, caughtFrom) > 0) return;
  if (node.kind === 'event' && port === 'timeout') {
    raise(turn, frame, blame({ code: 'Timeout', message: `No event came for “${node.title}” in time.` }, node, step));
  } else if (node.kind === 'humanTask' && port === 'overdue') {
    raise(turn, frame, blame({ code: 'Overdue', message: `Nobody decided “${node.title}” before its deadline.` }, node, step));
  }
}

/** Names the node that failed first; a failure that travels keeps its origin. [F7] */
export function blame(failure: Failure, node: PlanNode, step: StepKey): Failure {
  return failure.node === undefined ? { ...failure, node: node.title, step } : failure;
}

export function failInstance(turn: Turn, failure: Failure): void {
  const left = leftBehind(turn);
  cancelFrame(turn, ROOT_FRAME, 'failure');
  const output: Json = null;
  finishInstance(turn, { type: 'ExecutionCompleted', status: 'Failed', output, failure, left }, { ok: false, failure });
}

/** What a rewind could not tell from what was open. [O2] */
function leftBehind(turn: Turn): LeftBehind {
  const tokens: TokenLeft[] = [];
  const steps: PlainStep[] = [];
  const add = (frame: FrameId, node: NodeId, via: EdgeId | null, caughtFrom: StepKey | undefined) =>
    tokens.push(caughtFrom === undefined ? { frame, node, via } : { frame, node, via, caughtFrom });
  for (const work of turn.work.slice(turn.next)) if (work.type === 'token') add(work.frame, work.node, work.via, work.caughtFrom);
  for (const work of turn.resuming) {
    if (work.type !== 'leave' && work.type !== 'fail') continue;
    if (work.was) steps.push(work.was);
    else if (work.type === 'leave' && !endsAt(turn, work.frame, nodeOf(turn, work.node))) {
      for (const edge of nodeOf(turn, work.node).outputs.get(work.port) ?? []) add(work.frame, edge.target, edge.id, work.caughtFrom);
    }
  }
  return steps.length === 0 ? { tokens } : { tokens, steps };
}

const ERROR = portId('error');

function takesError(turn: Turn, frame: FrameId, node: PlanNode): boolean {
  return hasErrorPort(node) && !endsAt(turn, frame, node) && (node.outputs.get(ERROR)?.length ?? 0) > 0;
}

/** By kind: a condition's case or a task's outcome may be called `error` too. */
function hasErrorPort(node: PlanNode): boolean {
  const { kind } = node;
  return (
    kind === 'activity' ||
    kind === 'transform' ||
    kind === 'subWorkflow' ||
    kind === 'entityOperation' ||
    kind === 'forEach' ||
    kind === 'loop'
  );
}

/** The first connected catch whose codes include the failure's, or that takes every code. [F6] */
function catchingPort(node: ScopeNode, failure: Failure): PortId | null {
  for (const { port, codes } of node.catches) {
    if ((codes === null || codes.includes(failure.code)) && (node.outputs.get(port)?.length ?? 0) > 0) return port;
  }
  return null;
}
