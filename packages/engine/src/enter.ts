import type { ConditionNode, EndNode, FailNode, Json, PlanNode, SetStatusNode, SetVariablesNode, TransformNode } from '@perdure/graph';
import { enterActivity } from './activity.ts';
import { enterForEach, enterLoop, enterScope } from './container.ts';
import { enterEntityOperation } from './entity-operation.ts';
import { evaluate, evaluateExpression, evaluateLoaded } from './expression-scope.ts';
import { enterEvent } from './external-event.ts';
import { enterHumanTask } from './human-task.ts';
import { OTHERWISE, firstNormalPort } from './first-normal-port.ts';
import { isTruthy } from './is-truthy.ts';
import { reachJoin } from './join.ts';
import { lacksPin, notPinned, passPinned, pinOf } from './pinned.ts';
import { failEntering } from './raise.ts';
import { enterSubWorkflow } from './sub-workflow.ts';
import { enterTimer } from './timer.ts';
import { settle } from './steps.ts';
import { OUT, emit, opening, sendTokens } from './turn.ts';
import type { Steps } from './steps.ts';
import type { Token, Turn } from './turn.ts';

/** A token arrives at a node: the node runs once, and either opens a step that later turns close, or passes the token on in this one. [T1] */
export function* enter(turn: Turn, token: Token, node: PlanNode): Steps<void> {
  if (node.disabled) return skip(turn, token, node);
  const pin = pinOf(turn, node);
  if (pin) return passPinned(turn, token, node, pin);
  if (lacksPin(turn, node)) return failEntering(turn, token, node, notPinned(node));
  switch (node.kind) {
    case 'start':
      // No edge leads to a start node; it is left by ExecutionStarted.
      throw new Error(`A token reached the start node ${node.id}.`);
    case 'activity':
      return yield* enterActivity(turn, token, node);
    case 'transform':
      return yield* transform(turn, token, node);
    case 'condition':
      return yield* takeCondition(turn, token, node);
    case 'join':
      if (token.via === null) throw new Error(`A token reached the join ${node.id} without an edge.`);
      return reachJoin(turn, token, token.via, node);
    case 'setVariables':
      return yield* setVariables(turn, token, node);
    case 'forEach':
      return yield* enterForEach(turn, token, node);
    case 'loop':
      return yield* enterLoop(turn, token, node);
    case 'scope':
      return yield* enterScope(turn, token, node);
    case 'timer':
      return yield* enterTimer(turn, token, node);
    case 'event':
      return yield* enterEvent(turn, token, node);
    case 'humanTask':
      return yield* enterHumanTask(turn, token, node);
    case 'subWorkflow':
      return yield* enterSubWorkflow(turn, token, node);
    case 'entityOperation':
      return yield* enterEntityOperation(turn, token, node);
    case 'setStatus':
      return yield* setStatus(turn, token, node);
    case 'fail':
      return yield* fail(turn, token, node);
    case 'end':
      return yield* end(turn, token, node);
  }
}

/** [T5] */
function skip(turn: Turn, token: Token, node: PlanNode): void {
  emit(turn, { type: 'StepSkipped', ...opening(turn, token) });
  const port = firstNormalPort(node);
  if (port !== null) sendTokens(turn, token.frame, node, port, token.caughtFrom);
}

/** [D1] */
function* transform(turn: Turn, token: Token, node: TransformNode): Steps<void> {
  const value = yield* evaluate(turn, node.value, 'value', token);
  if (!value.ok) return failEntering(turn, token, node, value.failure);
  emit(turn, { type: 'TransformCompleted', ...opening(turn, token), output: value.value });
  sendTokens(turn, token.frame, node, OUT, token.caughtFrom);
}

/** The first case that is truthy; the ones after it are not evaluated. [D5] */
function* takeCondition(turn: Turn, token: Token, node: ConditionNode): Steps<void> {
  let port = OTHERWISE;
  for (const candidate of node.cases) {
    const when = yield* evaluateExpression(turn, candidate.when, `case ${candidate.port}`, token);
    if (!when.ok) return failEntering(turn, token, node, when.failure);
    if (isTruthy(yield* settle(turn.evaluator.load(when.value)))) {
      port = candidate.port;
      break;
    }
  }
  emit(turn, { type: 'ConditionTaken', ...opening(turn, token), port });
  sendTokens(turn, token.frame, node, port, token.caughtFrom);
}

/** [D9] */
function* setVariables(turn: Turn, token: Token, node: SetVariablesNode): Steps<void> {
  const values: Record<string, Json> = {};
  for (const name in node.variables) {
    const source = node.variables[name];
    if (!source) continue;
    const value = yield* evaluate(turn, source, name, token);
    if (!value.ok) return failEntering(turn, token, node, value.failure);
    values[name] = value.value;
  }
  emit(turn, { type: 'VariablesSet', ...opening(turn, token), values });
  sendTokens(turn, token.frame, node, OUT, token.caughtFrom);
}

function* setStatus(turn: Turn, token: Token, node: SetStatusNode): Steps<void> {
  const status = yield* evaluate(turn, node.value, 'value', token);
  if (!status.ok) return failEntering(turn, token, node, status.failure);
  emit(turn, { type: 'CustomStatusSet', ...opening(turn, token), status: status.value });
  sendTokens(turn, token.frame, node, OUT, token.caughtFrom);
}

/** [F2] */
function* fail(turn: Turn, token: Token, node: FailNode): Steps<void> {
  const code = yield* evaluateLoaded(turn, node.code, 'code', token);
  if (!code.ok) return failEntering(turn, token, node, code.failure);
  const message = yield* evaluateLoaded(turn, node.message, 'message', token);
  if (!message.ok) return failEntering(turn, token, node, message.failure);
  const failure = { code: text(code.value) || 'Failed', message: text(message.value).slice(0, LONGEST_MESSAGE) };
  failEntering(turn, token, node, failure);
}

/** [T7] */
function* end(turn: Turn, token: Token, node: EndNode): Steps<void> {
  const output = yield* evaluate(turn, node.value, 'value', token);
  if (!output.ok) return failEntering(turn, token, node, output.failure);
  emit(turn, { type: 'EndReached', ...opening(turn, token), output: output.value });
}

function text(value: Json): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const LONGEST_MESSAGE = 4096;
