import { canonicalJson, checkJson } from '@perdure/graph';
import type { EntityPlan, Json } from '@perdure/graph';
import type { Failure } from '../failure.ts';
import { addToWindow, emptyWindow, figuresOf, isWindow } from './aggregator-window.ts';

/** What a built-in operation does to a state. Without `state` it only reads. */
export type Change = { ok: true; result: Json; state?: Json } | { ok: false; failure: Failure };

type BuiltinPlan = EntityPlan & { kind: Exclude<EntityPlan['kind'], 'custom'> };

/** An operation of a kind that needs no expressions. Undefined when the kind has none of this name (in lower case). [N10] */
export function builtinOperation(plan: BuiltinPlan, name: string, state: Json | null, input: Json, at: number): Change | undefined {
  switch (plan.kind) {
    case 'counter':
      return counter(name, state ?? 0, input);
    case 'value':
      if (name === 'set') return { ok: true, result: null, state: input };
      return name === 'get' ? { ok: true, result: state } : undefined;
    case 'list':
      return list(name, state ?? [], input);
    case 'map':
      return map(name, state ?? {}, input);
    case 'aggregator':
      return aggregator(name, state, input, at, plan.windowMs);
  }
}

function counter(name: string, state: Json, input: Json): Change | undefined {
  if (name === 'reset') return { ok: true, result: null, state: 0 };
  if (name !== 'get' && name !== 'add' && name !== 'subtract') return undefined;
  if (typeof state !== 'number') return wrongState('a number');
  if (name === 'get') return { ok: true, result: state };
  const amount = input ?? 1;
  if (typeof amount !== 'number') return invalidInput(`${name} takes a number.`);
  const next = name === 'add' ? state + amount : state - amount;
  return Number.isFinite(next) ? { ok: true, result: next, state: next } : invalidInput('The number would be too large.');
}

function list(name: string, state: Json, input: Json): Change | undefined {
  if (name === 'clear') return { ok: true, result: null, state: [] };
  if (name !== 'get' && name !== 'add' && name !== 'remove') return undefined;
  if (!Array.isArray(state)) return wrongState('a list');
  if (name === 'get') return { ok: true, result: state };
  if (name === 'add') return { ok: true, result: state.length + 1, state: [...state, input] };
  const wanted = canonicalJson(input);
  const at = state.findIndex((item) => canonicalJson(item) === wanted);
  return at < 0 ? { ok: true, result: false } : { ok: true, result: true, state: state.toSpliced(at, 1) };
}

function map(name: string, state: Json, input: Json): Change | undefined {
  if (name === 'clear') return { ok: true, result: null, state: {} };
  if (name !== 'get' && name !== 'set' && name !== 'remove') return undefined;
  if (!isObject(state)) return wrongState('an object');
  if (name === 'get' && input === null) return { ok: true, result: state };
  const key = isObject(input) ? input.key : undefined;
  if (typeof key !== 'string' || key === '') return invalidInput(`${name} takes an object with a key, which is a text.`);
  const refusal = checkJson({ [key]: null });
  if (refusal) return invalidInput(refusal.message);
  const has = Object.hasOwn(state, key);
  if (name === 'get') return { ok: true, result: has ? (state[key] ?? null) : null };
  if (name === 'set') return { ok: true, result: null, state: { ...state, [key]: (isObject(input) ? input.value : undefined) ?? null } };
  if (!has) return { ok: true, result: false };
  const { [key]: _removed, ...rest } = state;
  return { ok: true, result: true, state: rest };
}

function aggregator(name: string, state: Json | null, input: Json, at: number, windowMs: number): Change | undefined {
  if (name === 'reset') return { ok: true, result: null, state: emptyWindow() };
  if (name !== 'get' && name !== 'add') return undefined;
  const window = state ?? emptyWindow();
  if (!isWindow(window)) return wrongState('what an aggregator keeps');
  if (name === 'get') return { ok: true, result: figuresOf(window, at, windowMs) };
  const value = isObject(input) ? input.value : input;
  if (typeof value !== 'number') return invalidInput('add takes a number, or an object with a number as its value.');
  const next = addToWindow(window, value, at, windowMs);
  const result = figuresOf(next, at, windowMs);
  return Number.isFinite(result.sum) ? { ok: true, result, state: next } : invalidInput('The sum would be too large.');
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalidInput(message: string): Change {
  return { ok: false, failure: { code: 'InvalidInput', message } };
}

/** Left by an earlier version of the type, of another kind. */
function wrongState(wanted: string): Change {
  return {
    ok: false,
    failure: { code: 'InvalidState', message: `The state is not ${wanted}. Delete it, or give the type back its former kind.` },
  };
}
