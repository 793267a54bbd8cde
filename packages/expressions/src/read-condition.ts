import { pathSource } from './condition-source.ts';
import type { Condition, ConditionGroup, ConditionRow, ConditionTest, DataPath, Literal, Moment, Operand } from './condition.ts';
import type { ExpressionNode } from './expression-node.ts';
import { parseExpression } from './parse.ts';

/** `reason`: what in it has no row; for a person, a sentence. */
export type ReadCondition = { ok: true; condition: ConditionGroup } | { ok: false; reason: string };

/** JSONata back into rows and groups, where it has that shape. */
export function readCondition(source: string): ReadCondition {
  if (source.trim() === '') return { ok: true, condition: { kind: 'group', join: 'and', parts: [] } };
  const parsed = parseExpression(source);
  if (!parsed.ok) return { ok: false, reason: `It does not parse. ${parsed.message}` };
  try {
    const read = readPart(parsed.root);
    return { ok: true, condition: read.kind === 'group' ? read : { kind: 'group', join: 'and', parts: [read] } };
  } catch (thrown) {
    if (thrown instanceof NoRow) return { ok: false, reason: thrown.message };
    throw thrown;
  }
}

/** A path as a person writes it, or null where it is none. */
export function readPathText(text: string): DataPath | null {
  const parsed = parseExpression(text);
  if (!parsed.ok) return null;
  try {
    return readPath(parsed.root);
  } catch (thrown) {
    if (thrown instanceof NoRow) return null;
    throw thrown;
  }
}

class NoRow extends Error {}

function readPart(node: ExpressionNode): Condition {
  const bare = withoutBrackets(node);
  if (bare.type !== 'binary' || (bare.value !== 'and' && bare.value !== 'or')) return readRow(bare, false);
  if (bare.value === 'or') {
    const empty = emptyRow(bare, false);
    if (empty) return empty;
  }
  const parts = pairsOfMoments(chain(bare, bare.value));
  const [only, ...more] = parts;
  return only && more.length === 0 ? only : { kind: 'group', join: bare.value, parts };
}

/** `a and b and c` leans to the left; what has brackets of its own is a group of its own. */
function chain(node: ExpressionNode, join: 'and' | 'or'): ExpressionNode[] {
  if (node.type !== 'binary' || node.value !== join) return [node];
  const [left, right] = sides(node);
  return [...chain(left, join), right];
}

/** Two neighbours that say "from … to …" about one place are one row. */
function pairsOfMoments(nodes: ExpressionNode[]): Condition[] {
  const parts: Condition[] = [];
  for (let at = 0; at < nodes.length; at += 1) {
    const first = nodes[at]!; // at < length
    const second = nodes[at + 1];
    const pair = second && betweenRow(first, second);
    if (pair) at += 1;
    parts.push(pair ?? readPart(first));
  }
  return parts;
}

function betweenRow(first: ExpressionNode, second: ExpressionNode): ConditionRow | null {
  if (!isComparison(first, '>=') || !isComparison(second, '<=')) return null;
  const [left, from] = sides(first);
  const [again, to] = sides(second);
  const place = argumentOf(left, 'toMillis');
  const placeAgain = argumentOf(again, 'toMillis');
  if (!place || !placeAgain) return null;
  const path = readPath(place);
  return pathSource(path) === pathSource(readPath(placeAgain))
    ? { kind: 'row', left: path, operator: 'between', from: readMoment(from), to: readMoment(to) }
    : null;
}

const comparisons = {
  '=': 'equals',
  '!=': 'differs',
  '<': 'less',
  '<=': 'lessOrEqual',
  '>': 'greater',
  '>=': 'greaterOrEqual',
} as const;

function readRow(node: ExpressionNode, not: boolean): ConditionRow {
  const inner = argumentOf(node, 'not');
  if (inner) {
    if (not) throw new NoRow('It turns a condition round twice.');
    const turned = withoutBrackets(inner);
    return emptyRow(turned, true) ?? readRow(turned, true);
  }
  const call = calledFunction(node);
  if (call === 'exists') return row(readPath(onlyArgument(node)), { operator: 'exists', not });
  if (call === 'contains') {
    const [place, part] = argumentsOf(node, 2);
    const left = readPath(place);
    if (part.value instanceof RegExp && part.type === 'regex') {
      const { source, flags } = part.value;
      if (flags.includes('m')) throw new NoRow('A pattern of several lines has no row.');
      return row(left, { operator: 'matches', pattern: source, ignoreCase: flags.includes('i'), not });
    }
    return row(left, { operator: 'contains', text: readText(part), not });
  }
  if (node.type === 'binary' && node.value === 'in') return inRow(node, not);
  if (node.type === 'binary' && typeof node.value === 'string' && Object.hasOwn(comparisons, node.value)) return comparisonRow(node, not);
  throw new NoRow(`${describe(node)} has no row of its own.`);
}

function comparisonRow(node: ExpressionNode, not: boolean): ConditionRow {
  const [left, right] = sides(node);
  const operator = comparisons[node.value as keyof typeof comparisons]; // asked before
  if (operator === 'equals' && calledFunction(left) === 'substring') return edgeRow(left, right, not);
  if (not) throw new NoRow('“not” around a comparison has no row: a comparison with nothing is false either way.');
  const moment = argumentOf(left, 'toMillis');
  if (moment) {
    if (operator === 'less') return row(readPath(moment), { operator: 'before', moment: readMoment(right) });
    if (operator === 'greaterOrEqual') return row(readPath(moment), { operator: 'from', moment: readMoment(right) });
    throw new NoRow('Moments are compared with < and >= only.');
  }
  return row(readPath(left), { operator, right: readOperand(right) });
}

/** `$substring(left, 0, 3) = "abc"` and `$substring(left, -3) = "abc"`. */
function edgeRow(call: ExpressionNode, right: ExpressionNode, not: boolean): ConditionRow {
  const [place, start, length] = call.arguments ?? [];
  const text = readText(right);
  const count = [...text].length;
  const isStart = start?.value === 0 && length?.type === 'number' && length.value === count;
  const isEnd = length === undefined && start?.type === 'number' && start.value === -count && count > 0;
  if (!place || !(isStart || isEnd)) throw new NoRow('A part of a text has no row, only its start and its end.');
  return row(readPath(place), { operator: isStart ? 'startsWith' : 'endsWith', text, not });
}

function inRow(node: ExpressionNode, not: boolean): ConditionRow {
  const [left, right] = sides(node);
  if (left.type !== 'path') return row(readPath(right), { operator: 'hasItem', value: readLiteral(left), not });
  if (right.type === 'unary' && right.value === '[') {
    const values = (right.expressions ?? []).map(readLiteral);
    return row(readPath(left), { operator: 'oneOf', right: { kind: 'list', values }, not });
  }
  return row(readPath(left), { operator: 'oneOf', right: { kind: 'path', path: readPath(right) }, not });
}

/** `$count(x) = 0 or x in [null, ""]`. */
function emptyRow(node: ExpressionNode, not: boolean): ConditionRow | null {
  if (node.type !== 'binary' || node.value !== 'or') return null;
  const [none, blank] = sides(node);
  if (!isComparison(none, '=') || blank.type !== 'binary' || blank.value !== 'in') return null;
  const [count, zero] = sides(none);
  const [place, list] = sides(blank);
  const counted = argumentOf(count, 'count');
  const items = list.type === 'unary' && list.value === '[' ? (list.expressions ?? []) : [];
  if (counted?.type !== 'path' || place.type !== 'path' || zero.value !== 0 || items.length !== 2) return null;
  if (items[0]?.value !== null || items[1]?.value !== '' || items[1].type !== 'string') return null;
  const left = readPath(counted);
  return pathSource(left) === pathSource(readPath(place)) ? row(left, { operator: 'empty', not }) : null;
}

function readOperand(node: ExpressionNode): Operand {
  return node.type === 'path' ? { kind: 'path', path: readPath(node) } : { kind: 'literal', value: readLiteral(node) };
}

function readMoment(node: ExpressionNode): Moment {
  if (calledFunction(node) === 'millis') return { kind: 'now' };
  const given = argumentOf(node, 'toMillis');
  if (!given) throw new NoRow('A moment is compared with a moment.');
  return given.type === 'path' ? { kind: 'path', path: readPath(given) } : { kind: 'text', text: readText(given) };
}

function readPath(node: ExpressionNode): DataPath {
  if (node.type !== 'path' || node.group || node.keepSingletonArray) throw new NoRow(`${describe(node)} is not a place in the data.`);
  return (node.steps ?? []).map((step) => {
    const [filter, ...more] = step.stages ?? [];
    if (step.type !== 'name' || step.focus !== undefined || step.index !== undefined || step.predicate || more.length > 0)
      throw new NoRow(`${describe(node)} is not a plain place in the data.`);
    if (filter === undefined) return { name: String(step.value) };
    const at = filter.type === 'filter' && filter.expr?.type === 'number' ? filter.expr.value : undefined;
    if (typeof at !== 'number' || !Number.isInteger(at)) throw new NoRow('A filter in a path has no row, only the number of an item.');
    return { name: String(step.value), at };
  });
}

function readLiteral(node: ExpressionNode): Literal {
  if (node.type === 'string' || node.type === 'number' || node.type === 'value') return node.value as Literal; // these hold nothing else
  throw new NoRow(`${describe(node)} is not a fixed value.`);
}

function readText(node: ExpressionNode): string {
  if (node.type === 'string' && typeof node.value === 'string') return node.value;
  throw new NoRow(`${describe(node)} is not a fixed text.`);
}

function row(left: DataPath, test: ConditionTest): ConditionRow {
  return { kind: 'row', left, ...test };
}

function withoutBrackets(node: ExpressionNode): ExpressionNode {
  const [only, ...more] = node.type === 'block' && !node.predicate && !node.group ? (node.expressions ?? []) : [];
  return only && more.length === 0 ? withoutBrackets(only) : node;
}

function sides(node: ExpressionNode): [ExpressionNode, ExpressionNode] {
  const { lhs, rhs } = node;
  if (!lhs || Array.isArray(lhs) || !rhs) throw new NoRow(`${describe(node)} has no row of its own.`);
  return [lhs, rhs];
}

function isComparison(node: ExpressionNode, operator: string): boolean {
  return node.type === 'binary' && node.value === operator;
}

/** The name of a built-in function that is called, without `$`. */
function calledFunction(node: ExpressionNode): string | null {
  if (node.type !== 'function' || node.predicate || node.group || node.procedure?.type !== 'variable') return null;
  return String(node.procedure.value);
}

function argumentOf(node: ExpressionNode, name: string): ExpressionNode | null {
  return calledFunction(node) === name ? onlyArgument(node) : null;
}

function onlyArgument(node: ExpressionNode): ExpressionNode {
  const [only, ...more] = node.arguments ?? [];
  if (!only || more.length > 0) throw new NoRow(`${describe(node)} has no row with these arguments.`);
  return only;
}

function argumentsOf(node: ExpressionNode, count: 2): [ExpressionNode, ExpressionNode] {
  const [first, second, ...more] = node.arguments ?? [];
  if (!first || !second || more.length + 2 !== count) throw new NoRow(`${describe(node)} has no row with these arguments.`);
  return [first, second];
}

function describe(node: ExpressionNode): string {
  const called = calledFunction(node);
  if (called !== null) return `The function $${called}`;
  switch (node.type) {
    case 'binary':
    case 'unary':
      return node.value === '{' ? 'An object' : node.value === '[' ? 'A list' : `The operator “${String(node.value)}”`;
    case 'condition':
      return 'A choice with “?”';
    case 'block':
      return 'A block of several expressions';
    case 'path':
      return 'A path on its own';
    case 'variable':
      return `The variable $${String(node.value)}`;
    case 'string':
    case 'number':
    case 'value':
      return 'A fixed value';
    default:
      return 'A part of it';
  }
}
