import type { CompiledExpression, CompiledValue, Json, NodeId } from '@perdure/graph';
import { isPayloadRef } from '@perdure/graph';
import type { ExpressionScope } from './evaluator.ts';
import type { Failure } from './failure.ts';
import type { FrameId, StepKey } from './ids.ts';
import { formatMoment } from './moment.ts';
import type { Frame, InstanceState } from './state.ts';
import { settle } from './steps.ts';
import { frameOf, nodeOf } from './turn.ts';
import type { Steps } from './steps.ts';
import type { Turn } from './turn.ts';

/** Where an expression is evaluated: what it sees depends on nothing else. `index` overrides the frame's, for a loop's condition. */
export interface Viewpoint {
  frame: FrameId;
  caughtFrom: StepKey | undefined;
  index?: number;
}

export type Evaluated<T = Json> = { ok: true; value: T } | { ok: false; failure: Failure };

/** The value of a field; an expression that matched nothing gives null. `field` names it in the failure. [D1, D7] */
export function* evaluate(turn: Turn, value: CompiledValue, field: string, view: Viewpoint): Steps<Evaluated> {
  if (value.kind === 'literal') {
    // Only these can be over the size from which values are kept aside.
    const large = typeof value.value === 'string' ? value.value.length > 16_384 : typeof value.value === 'object' && value.value !== null;
    return { ok: true, value: large ? yield* settle(turn.evaluator.keep(value.value)) : value.value };
  }
  return yield* evaluateExpression(turn, value.expression, field, view);
}

export function* evaluateExpression(turn: Turn, expression: CompiledExpression, field: string, view: Viewpoint): Steps<Evaluated> {
  const { at, seed } = turn.command;
  const clock = { at, seed: `${seed}:${turn.evaluations++}` };
  const evaluation = yield* settle(turn.evaluator.evaluate(expression, expressionScope(turn, expression, view), clock));
  if (evaluation.ok) return { ok: true, value: evaluation.value ?? null };
  return { ok: false, failure: { code: evaluation.code, message: `${field}: ${evaluation.message}` } };
}

/** The value behind a field, never a reference: for what the engine itself must look into. */
export function* evaluateLoaded(turn: Turn, value: CompiledValue, field: string, view: Viewpoint): Steps<Evaluated> {
  const result = yield* evaluate(turn, value, field, view);
  return result.ok && isPayloadRef(result.value) ? { ok: true, value: yield* settle(turn.evaluator.load(result.value)) } : result;
}

/** An object of evaluated fields. Fields kept aside stay so; many small ones may still be too large together. [D3] */
export function* evaluateFields(turn: Turn, fields: Readonly<Record<string, CompiledValue>>, view: Viewpoint): Steps<Evaluated> {
  const value: { [key: string]: Json } = {};
  for (const field in fields) {
    const source = fields[field];
    if (!source) continue;
    const result = yield* evaluate(turn, source, field, view);
    if (!result.ok) return result;
    value[field] = result.value;
  }
  return { ok: true, value: yield* settle(turn.evaluator.keep(value)) };
}

function expressionScope(turn: Turn, expression: CompiledExpression, view: Viewpoint): ExpressionScope {
  const { state } = turn;
  const scope: ExpressionScope = { input: state.input, vars: state.vars, steps: {}, instance: NO_INSTANCE };
  for (const path of expression.reads) {
    switch (path[0]) {
      case 'steps':
        addSteps(state, scope.steps, path[1], view.frame);
        break;
      case 'item':
      case 'index':
        addPass(turn, scope, view);
        break;
      case 'error':
        addError(state, scope, view);
        break;
      case 'instance':
        scope.instance = instanceFacts(state);
        break;
      case undefined:
        addSteps(state, scope.steps, undefined, view.frame);
        addPass(turn, scope, view);
        addError(state, scope, view);
        scope.instance = instanceFacts(state);
        break;
    }
  }
  return scope;
}

/** Outputs are looked for from the innermost frame outwards. [D2] */
function addSteps(state: InstanceState, steps: ExpressionScope['steps'], name: string | undefined, from: FrameId): void {
  for (let frame = state.frames.get(from); frame; frame = parentOf(state, frame)) {
    if (name === undefined) {
      for (const [node, output] of frame.outputs) if (!(node in steps)) steps[node] = { output };
    } else {
      // A path names a node by its id.
      const output = frame.outputs.get(name as NodeId);
      if (output !== undefined) {
        steps[name] = { output };
        return;
      }
    }
  }
}

/** `item`: of the innermost for each. `index`: of the innermost for each or loop. [D4] */
function addPass(turn: Turn, scope: ExpressionScope, view: Viewpoint): void {
  let index = view.index;
  for (let frame: Frame | undefined = frameOf(turn, view.frame); frame?.node; frame = parentOf(turn.state, frame)) {
    const { kind } = nodeOf(turn, frame.node);
    if (kind === 'scope') continue;
    index ??= frame.index;
    if (kind === 'forEach') {
      if (frame.item !== undefined) scope.item = frame.item;
      break;
    }
  }
  if (index !== undefined) scope.index = index;
}

/** `error`: the failure that brought the token here. [D6] */
function addError(state: InstanceState, scope: ExpressionScope, view: Viewpoint): void {
  if (view.caughtFrom === undefined) return;
  for (let frame = state.frames.get(view.frame); frame; frame = parentOf(state, frame)) {
    const failure = frame.failures.get(view.caughtFrom);
    if (failure) {
      scope.error = { ...failure };
      return;
    }
  }
}

function parentOf(state: InstanceState, frame: Frame): Frame | undefined {
  return frame.parent === null ? undefined : state.frames.get(frame.parent);
}

function instanceFacts(state: InstanceState): ExpressionScope['instance'] {
  const { instanceId: id, executionId, workflow, version, startedAt } = state;
  return { id, executionId, workflow, version, startedAt: formatMoment(startedAt) };
}

/** For expressions that do not read it: formatting a moment for nothing would be most of their cost. */
const NO_INSTANCE: ExpressionScope['instance'] = { id: '', executionId: '', workflow: '', version: 0, startedAt: '' };
