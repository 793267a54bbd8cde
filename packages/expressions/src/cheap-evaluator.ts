import type { Json } from '@perdure/graph';
import type { BinaryOperator, CheapNode } from './cheap-expression.ts';
import { cheapFunctions } from './cheap-functions.ts';
import { CheapError, Escalation, type CheapRun, type CheapValue } from './cheap-run.ts';
import { sameValue, textOf, truthOf } from './cheap-values.ts';
import { explainFault } from './error-message.ts';
import type { EntityScope, Evaluation, ExpressionScope, TurnClock } from './evaluation.ts';
import { turnRandom, type TurnRandom } from './turn-random.ts';

/**
 * Evaluates cheap expressions synchronously, with JSONata's answers.
 *
 * 1. Sequences: a path over lists flattens what it finds; one item stands for itself, none for `undefined`. A list found by the last
 *    step alone stays as it is. Which lists are sequences is noted beside them, so that results are plain JSON.
 * 2. Own properties only: no name reaches a prototype.
 * 3. Data is never changed; results may share parts with it.
 * 4. Work is budgeted. What runs over the budget, or meets a case not answered here exactly, is for the sandbox (`null`).
 * 5. Every number is finite: a calculation that leaves the range is for the sandbox too.
 */
export function evaluateCheap(node: CheapNode, scope: ExpressionScope | EntityScope, clock: TurnClock): Evaluation | null {
  const run = new Run(scope, clock);
  try {
    return { ok: true, value: run.evaluate(node, null) };
  } catch (thrown) {
    if (thrown instanceof Escalation) return null;
    if (thrown instanceof CheapError) return { ok: false, code: 'Expression', message: explainFault(thrown.fault) };
    throw thrown;
  }
}

interface Frame {
  variables: Map<string, CheapValue>;
  outer: Frame | null;
}

const maxSteps = 50_000;
const maxTextLength = 1024 * 1024;
/** Keys that could pass for something else: references to payloads, JSONata's own marks, prototypes. */
const refusedKeys = new Set(['$payload', '__proto__', '_jsonata_lambda', '_jsonata_function']);

class Run implements CheapRun {
  readonly random: TurnRandom;
  readonly #scope: Json;
  readonly #at: number;
  readonly #sequences = new WeakSet<object>();
  #steps = maxSteps;

  constructor(scope: ExpressionScope | EntityScope, clock: TurnClock) {
    // Its optional fields are absent rather than undefined, so it is JSON.
    this.#scope = scope as unknown as Json;
    this.#at = clock.at;
    this.random = turnRandom(clock.seed);
  }

  now(): string {
    // A moment given as a number, so the host's clock is not read.
    return new Date(this.#at).toISOString();
  }

  millis(): number {
    return this.#at;
  }

  spend(steps: number): void {
    this.#steps -= steps;
    if (this.#steps < 0) throw new Escalation();
  }

  evaluate(node: CheapNode, frame: Frame | null): CheapValue {
    this.spend(1);
    return this.#single(this.#evaluateBare(node, frame));
  }

  #evaluateBare(node: CheapNode, frame: Frame | null): CheapValue {
    switch (node.kind) {
      case 'literal':
        return node.value;
      case 'path':
        return this.#path(node, frame);
      case 'variable':
        return this.#variable(node.name, frame);
      case 'negate': {
        const value = this.evaluate(node.operand, frame);
        if (value === undefined) return undefined;
        if (typeof value !== 'number') throw new CheapError({ code: 'D1002', value });
        return 0 - value;
      }
      case 'binary':
        return this.#binary(node, frame);
      case 'array':
        return this.#array(node, frame);
      case 'object':
        return this.#object(node, frame);
      case 'condition':
        if (truthOf(this, this.evaluate(node.condition, frame))) return this.evaluate(node.then, frame);
        return node.otherwise ? this.evaluate(node.otherwise, frame) : undefined;
      case 'block': {
        const inner: Frame = { variables: new Map(), outer: frame };
        let last: CheapValue;
        for (const expression of node.expressions) last = this.evaluate(expression, inner);
        return last;
      }
      case 'bind': {
        const value = this.evaluate(node.value, frame);
        // Outside a block nothing can look the variable up.
        frame?.variables.set(node.name, value);
        return value;
      }
      case 'call': {
        const args = node.arguments.map((argument) => this.evaluate(argument, frame));
        return cheapFunctions[node.function](this, ...args);
      }
      case 'indexed': {
        let value = this.#evaluateBare(node.value, frame);
        for (const index of node.indexes) value = this.#pick(value, index);
        return value;
      }
    }
  }

  #variable(name: string | null, frame: Frame | null): CheapValue {
    if (name === null || name === '$') return this.#scope;
    for (let at = frame; at !== null; at = at.outer) if (at.variables.has(name)) return at.variables.get(name);
    return undefined;
  }

  #path(node: CheapNode & { kind: 'path' }, frame: Frame | null): CheapValue {
    let current: Json[] = this.#sequence([this.#scope]);
    let remaining = node.steps.length;
    const { start } = node;
    if (start !== null) current = this.#step(current, () => this.evaluate(start, frame), [], remaining === 0);
    for (const step of node.steps) {
      if (current.length === 0) break;
      remaining--;
      current = this.#step(current, (item) => this.#single(this.#lookup(item, step.name)), step.indexes, remaining === 0);
    }
    return current;
  }

  #step(input: Json[], evaluate: (item: Json) => CheapValue, indexes: readonly number[], last: boolean): Json[] {
    const found: Json[] = [];
    for (const item of input) {
      let value = evaluate(item);
      for (const index of indexes) value = this.#pick(value, index);
      if (value !== undefined) found.push(value);
    }
    const only = found[0];
    if (last && found.length === 1 && Array.isArray(only) && !this.#sequences.has(only)) return only;
    const flat: Json[] = [];
    for (const value of found) {
      if (!Array.isArray(value)) flat.push(value);
      else {
        this.spend(value.length);
        for (const part of value) flat.push(part);
      }
    }
    return this.#sequence(flat);
  }

  #lookup(item: CheapValue, name: string): CheapValue {
    this.spend(1);
    if (Array.isArray(item)) {
      const found: Json[] = [];
      for (const part of item) {
        const value = this.#lookup(part, name);
        if (value === undefined) continue;
        if (!Array.isArray(value)) found.push(value);
        else {
          this.spend(value.length);
          for (const one of value) found.push(one);
        }
      }
      return this.#sequence(found);
    }
    if (typeof item !== 'object' || item === null || !Object.hasOwn(item, name)) return undefined;
    return item[name];
  }

  /** A literal position. A list found there is the result itself; anything else is a sequence of one. */
  #pick(value: CheapValue, index: number): Json[] {
    const list = Array.isArray(value) ? value : [value];
    const item = list[index < 0 ? list.length + index : index];
    if (item === undefined) return this.#sequence([]);
    return Array.isArray(item) ? item : this.#sequence([item]);
  }

  #binary(node: CheapNode & { kind: 'binary' }, frame: Frame | null): CheapValue {
    const left = this.evaluate(node.left, frame);
    if (node.operator === 'and') return truthOf(this, left) && truthOf(this, this.evaluate(node.right, frame));
    if (node.operator === 'or') return truthOf(this, left) || truthOf(this, this.evaluate(node.right, frame));
    const right = this.evaluate(node.right, frame);
    switch (node.operator) {
      case '=':
        return left !== undefined && right !== undefined && sameValue(this, left, right);
      case '!=':
        return left !== undefined && right !== undefined && !sameValue(this, left, right);
      case '<':
      case '<=':
      case '>':
      case '>=':
        return compare(left, right, node.operator);
      case '&': {
        const text = (left === undefined ? '' : textOf(this, left)) + (right === undefined ? '' : textOf(this, right));
        if (text.length > maxTextLength) throw new Escalation();
        return text;
      }
      case 'in': {
        if (left === undefined || right === undefined) return false;
        const list = Array.isArray(right) ? right : [right];
        this.spend(list.length);
        return list.includes(left);
      }
      default:
        return calculate(left, right, node.operator);
    }
  }

  #array(node: CheapNode & { kind: 'array' }, frame: Frame | null): CheapValue {
    const result: Json[] = [];
    for (const item of node.items) {
      const value = this.evaluate(item.value, frame);
      if (value === undefined) continue;
      if (item.nested || !Array.isArray(value)) result.push(value);
      else {
        this.spend(value.length);
        for (const part of value) result.push(part);
      }
    }
    return result;
  }

  #object(node: CheapNode & { kind: 'object' }, frame: Frame | null): CheapValue {
    // JSONata evaluates all keys first, then the values in the order of the finished object.
    const pairs: Record<string, number> = {};
    for (const [at, pair] of node.pairs.entries()) {
      const key = this.evaluate(pair.key, frame);
      if (key === undefined) continue;
      if (typeof key !== 'string') throw new CheapError({ code: 'T1003', value: key });
      if (refusedKeys.has(key)) throw new CheapError({ code: 'D1013', message: `An object cannot have the key “${key}”.` });
      if (Object.hasOwn(pairs, key)) throw new CheapError({ code: 'D1009', value: key });
      pairs[key] = at;
    }
    const result: { [key: string]: Json } = {};
    for (const [key, at] of Object.entries(pairs)) {
      const value = this.evaluate(node.pairs[at]!.value, frame); // an index of this very list
      if (value !== undefined) result[key] = value;
    }
    return result;
  }

  #sequence(items: Json[]): Json[] {
    this.#sequences.add(items);
    return items;
  }

  #single(value: CheapValue): CheapValue {
    if (!Array.isArray(value) || value.length > 1 || !this.#sequences.has(value)) return value;
    return value[0];
  }
}

function compare(left: CheapValue, right: CheapValue, operator: '<' | '<=' | '>' | '>='): CheapValue {
  for (const side of [left, right]) {
    if (side !== undefined && typeof side !== 'string' && typeof side !== 'number')
      throw new CheapError({ code: 'T2010', token: operator, value: side });
  }
  if (left === undefined || right === undefined) return undefined;
  if (typeof left !== typeof right) throw new CheapError({ code: 'T2009', token: operator, value: left, value2: right });
  // Both are texts or both are numbers.
  const [a, b] = [left as string, right as string];
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

function calculate(left: CheapValue, right: CheapValue, operator: Extract<BinaryOperator, '+' | '-' | '*' | '/' | '%'>): CheapValue {
  if (left !== undefined && typeof left !== 'number') throw new CheapError({ code: 'T2001', token: operator, value: left });
  if (right !== undefined && typeof right !== 'number') throw new CheapError({ code: 'T2002', token: operator, value: right });
  if (left === undefined || right === undefined) return undefined;
  const result = arithmetic(left, right, operator);
  if (!Number.isFinite(result)) throw new Escalation();
  // JSON has no negative zero.
  return result === 0 ? 0 : result;
}

function arithmetic(left: number, right: number, operator: '+' | '-' | '*' | '/' | '%'): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
  }
}
