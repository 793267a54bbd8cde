import { Escalation, type CheapRun, type CheapValue } from './cheap-run.ts';
import { jsonLength } from './json-size.ts';
import type { Json } from '@perdure/graph';

/** JSONata's conversions and comparisons of values. */

/** Longer texts are for the sandbox. */
const maxTextLength = 64 * 1024;

export function truthOf(run: CheapRun, value: CheapValue): boolean {
  run.spend(1);
  if (value === undefined || value === null) return false;
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return value !== '';
    case 'number':
      return value !== 0;
    default:
  }
  if (Array.isArray(value)) return value.some((item) => truthOf(run, item));
  return Object.keys(value).length > 0;
}

export function textOf(run: CheapRun, value: Exclude<CheapValue, undefined>): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null) {
    const length = jsonLength(value, maxTextLength);
    if (length > maxTextLength) throw new Escalation();
    run.spend(length >> 3);
  }
  return JSON.stringify(value, (_key, part: Json) => (typeof part === 'number' ? shortNumber(part) : part));
}

export function sameValue(run: CheapRun, left: CheapValue, right: CheapValue): boolean {
  run.spend(1);
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, at) => sameValue(run, item, right[at]));
  }
  if (Array.isArray(left) || Array.isArray(right)) throw new Escalation();
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => Object.hasOwn(right, name)) && names.every((name) => sameValue(run, left[name], right[name]));
}

function shortNumber(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(15));
}
