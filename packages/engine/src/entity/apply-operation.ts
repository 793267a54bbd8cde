import { isPayloadRef } from '@perdure/graph';
import type { CompiledExpression, EntityPlan, Json, PlanOperation } from '@perdure/graph';
import type { EntityScope, Evaluator, TurnClock } from '../evaluator.ts';
import type { Failure } from '../failure.ts';
import type { InstanceId } from '../ids.ts';
import { settle } from '../steps.ts';
import type { Steps } from '../steps.ts';
import { durationOf } from '../when.ts';
import { builtinOperation } from './builtin-operations.ts';
import { entityIdOf } from './entity-id.ts';
import type { EntityState } from './entity-state.ts';
import { fitsEntityState } from './state-size.ts';

/** What an operation comes to. `state` only when it changed; `exists` false = there is none. */
export type Applied =
  | { ok: true; result: Json; state?: Json; exists: boolean; signals: OutgoingSignal[] }
  | { ok: false; failure: Failure };

/** A signal an operation sends to another entity. */
export interface OutgoingSignal {
  entity: InstanceId;
  operation: string;
  input: Json;
  /** Not before this moment; null = at once. */
  at: number | null;
}

/** Everything an operation is evaluated with. `clock` gives each expression its own seed. */
export interface OperationContext {
  plan: EntityPlan | null;
  state: EntityState;
  at: number;
  evaluator: Evaluator;
  clock(): TurnClock;
}

/** Pure: the state is changed by the event that records the answer. [N5–N11] */
export function* applyOperation(context: OperationContext, name: string, input: Json): Steps<Applied> {
  const { plan, state } = context;
  if (!plan) return failed('UnknownEntityType', `There is no entity type “${state.name}”.`);
  const operation = name.toLowerCase();
  if (operation === 'delete') return { ok: true, result: null, exists: false, signals: [] };
  const applied = yield* plan.kind === 'custom'
    ? applyCustom(context, plan, operation, name, input)
    : applyBuiltin(context, plan, operation, name, input);
  if (!applied.ok || applied.state === undefined || fitsEntityState(applied.state)) return applied;
  return failed('EntityStateTooLarge', `The state of ${state.instanceId} would have more than 64 KB.`);
}

function* applyBuiltin(
  { state, at, evaluator }: OperationContext,
  plan: EntityPlan & { kind: Exclude<EntityPlan['kind'], 'custom'> },
  operation: string,
  name: string,
  input: Json,
): Steps<Applied> {
  const loaded = isPayloadRef(input) ? yield* settle(evaluator.load(input)) : input;
  const change = builtinOperation(plan, operation, state.content?.state ?? null, loaded, at);
  if (!change) return unknownOperation(state, name);
  if (!change.ok) return change;
  const exists = change.state !== undefined || state.content !== null;
  return { ...change, exists, signals: [] };
}

function* applyCustom(
  context: OperationContext,
  plan: EntityPlan & { kind: 'custom' },
  folded: string,
  name: string,
  input: Json,
): Steps<Applied> {
  const { state } = context;
  const operation = plan.operations.get(folded);
  if (!operation) return unknownOperation(state, name);
  const before = state.content ? state.content.state : plan.initialState;
  const entity = { name: state.name, key: state.key };
  let after = before;
  if (operation.state) {
    const next = yield* evaluate(context, operation, 'state', operation.state, { state: before, input, entity });
    if (!next.ok) return next;
    after = next.value;
  }
  // A state kept aside is too large, and no use to what is evaluated next.
  if (isPayloadRef(after)) return failed('EntityStateTooLarge', `The state of ${state.instanceId} would have more than 64 KB.`);
  const scope: EntityScope = { state: after, input, entity, before };
  const result = operation.result ? yield* evaluate(context, operation, 'result', operation.result, scope) : NOTHING;
  if (!result.ok) return result;
  const listed = operation.signals ? yield* evaluate(context, operation, 'signals', operation.signals, scope) : NOTHING;
  if (!listed.ok) return listed;
  const list = isPayloadRef(listed.value) ? yield* settle(context.evaluator.load(listed.value)) : listed.value;
  const signals = readSignals(list, context.at);
  if (typeof signals === 'string') return failed('InvalidValue', `signals of ${operation.name}: ${signals}`);
  const exists = operation.state !== null || state.content !== null;
  const applied: Applied = { ok: true, result: result.value, exists, signals };
  return operation.state ? { ...applied, state: after } : applied;
}

type Evaluated = { ok: true; value: Json } | { ok: false; failure: Failure };

const NOTHING: Evaluated = { ok: true, value: null };

function* evaluate(
  { evaluator, clock }: OperationContext,
  operation: PlanOperation,
  field: string,
  expression: CompiledExpression,
  scope: EntityScope,
): Steps<Evaluated> {
  const evaluation = yield* settle(evaluator.evaluate(expression, scope, clock()));
  if (evaluation.ok) return { ok: true, value: evaluation.value ?? null };
  const own = ownFailure.exec(evaluation.message);
  if (evaluation.code === 'Expression' && own?.groups?.code !== undefined) {
    return { ok: false, failure: { code: own.groups.code, message: own.groups.message ?? '' } };
  }
  return { ok: false, failure: { code: evaluation.code, message: `${field} of ${operation.name}: ${evaluation.message}` } };
}

/** `$error("Insufficient: there is too little")` fails with a code of its own. [N8] */
const ownFailure = /^(?<code>[A-Z][A-Za-z0-9]{0,63}): (?<message>[^]*)$/;

/** A message instead of signals says what is wrong with them. [N11] */
function readSignals(value: Json, now: number): OutgoingSignal[] | string {
  if (value === null) return [];
  const list = Array.isArray(value) ? value : [value];
  if (list.length > mostSignals) return `more than ${mostSignals} at once.`;
  const signals: OutgoingSignal[] = [];
  for (const entry of list) {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return 'must be a list of objects.';
    const { entity, key, operation, input = null, delay = null } = entry;
    const id = typeof entity === 'string' ? entityIdOf(entity, key) : undefined;
    if (id === undefined) return 'each needs an entity (the name of its type) and a key.';
    if (typeof operation !== 'string' || operation === '') return 'each needs an operation.';
    const at = delay === null ? null : durationOf(delay, now);
    if (at === undefined) return 'delay must be a duration such as 90s or 2h 30m, or milliseconds.';
    signals.push({ entity: id, operation, input, at });
  }
  return signals;
}

const mostSignals = 1_000;

function unknownOperation(state: EntityState, name: string): Applied {
  return failed('UnknownOperation', `The entity type “${state.name}” has no operation “${name}”.`);
}

function failed(code: string, message: string): { ok: false; failure: Failure } {
  return { ok: false, failure: { code, message } };
}
