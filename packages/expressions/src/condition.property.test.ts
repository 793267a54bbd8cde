import fc from 'fast-check';
import jsonata from 'jsonata';
import { describe, expect, test } from 'vitest';
import type { Json } from '@perdure/graph';
import { conditionSource } from './condition-source.ts';
import type { Condition, ConditionGroup, ConditionRow, ConditionTest, DataPath, Literal, Moment, Operand } from './condition.ts';
import { readCondition } from './read-condition.ts';

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'count', 'e-mail', 'and', 'null', 'größe', '2nd', '$odd', ''),
  fc.string({ minLength: 1, maxLength: 6 }).filter((text) => !text.includes('`')),
);
const literal: fc.Arbitrary<Literal> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
  fc.boolean(),
  fc.constant(null),
);
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }).filter((one) => one.isWellFormed());
const not = fc.boolean();

/** Row shapes over given places and values. */
function rows(path: fc.Arbitrary<DataPath>, value: fc.Arbitrary<Literal>, moments: fc.Arbitrary<string>): fc.Arbitrary<ConditionRow> {
  const operand: fc.Arbitrary<Operand> = fc.oneof(
    value.map((one): Operand => ({ kind: 'literal', value: one })),
    path.map((one): Operand => ({ kind: 'path', path: one })),
  );
  const moment: fc.Arbitrary<Moment> = fc.oneof(
    moments.map((one): Moment => ({ kind: 'text', text: one })),
    path.map((one): Moment => ({ kind: 'path', path: one })),
  );
  const someTest: fc.Arbitrary<ConditionTest> = fc.oneof(
    fc.record({
      operator: fc.constantFrom('equals', 'differs', 'less', 'lessOrEqual', 'greater', 'greaterOrEqual'),
      right: operand,
    }),
    fc.record({ operator: fc.constantFrom('contains', 'startsWith', 'endsWith'), text, not }),
    fc.record({
      operator: fc.constant('matches' as const),
      pattern: fc.constantFrom('^a', 'b+c?', '[a-z]{2}', '\\d\\/x', 'a|b', '(a)(b)'),
      ignoreCase: fc.boolean(),
      not,
    }),
    fc.record({ operator: fc.constantFrom('empty', 'exists'), not }),
    fc.record({
      operator: fc.constant('oneOf' as const),
      right: fc.oneof(
        fc.record({ kind: fc.constant('list' as const), values: fc.array(value, { minLength: 1, maxLength: 3 }) }),
        fc.record({ kind: fc.constant('path' as const), path }),
      ),
      not,
    }),
    fc.record({ operator: fc.constant('hasItem' as const), value, not }),
    fc.record({ operator: fc.constantFrom('before', 'from'), moment }),
    fc.record({ operator: fc.constant('between' as const), from: moment, to: moment }),
  );
  return fc.tuple(path, someTest).map(([left, one]) => ({ kind: 'row', left, ...one }));
}

function groups(row: fc.Arbitrary<ConditionRow>): fc.Arbitrary<ConditionGroup> {
  const join = fc.constantFrom('and', 'or');
  const { group } = fc.letrec<{ group: ConditionGroup; part: Condition }>((tie) => ({
    part: fc.oneof({ depthSize: 'small', withCrossShrink: true }, row, tie('group')),
    group: fc.record({
      kind: fc.constant('group' as const),
      join,
      parts: fc.array(tie('part'), { minLength: 2, maxLength: 4 }),
    }),
  }));
  return fc.oneof(
    group,
    row.map((only): ConditionGroup => ({ kind: 'group', join: 'and', parts: [only] })),
  );
}

const anyPath: fc.Arbitrary<DataPath> = fc.array(
  fc.oneof(fc.record({ name }), fc.record({ name, at: fc.integer({ min: -9, max: 9 }).map((at) => (Object.is(at, -0) ? 0 : at)) })),
  { minLength: 1, maxLength: 4 },
);

test('what is written is read back the same', () => {
  const moments = fc.constantFrom('2026-01-01', '2026-01-01T12:00:00Z', '"odd"');
  fc.assert(
    fc.property(groups(rows(anyPath, literal, moments)), (condition) => {
      expect(readCondition(conditionSource(condition))).toEqual({ ok: true, condition });
    }),
    { numRuns: 1_000 },
  );
});

test('what is written means what the rows say', async () => {
  const place = fc.constantFrom('word', 'number', 'yes', 'list', 'nothing', 'blank', 'none', 'moment', 'missing');
  const path = place.map((leaf): DataPath => [{ name: 'input' }, { name: leaf }]);
  const value = fc.constantFrom<Literal[]>('abc', 'ab', '', 'x', 3, 4, 0, true, false, null);
  const data = fc.record({
    word: fc.constantFrom('abc', 'ABC', 'xbc', 'b', 'bbc'),
    number: fc.integer({ min: 2, max: 5 }),
    yes: fc.boolean(),
    list: fc.constantFrom<Json[]>([], ['abc'], ['abc', 3], [3, null, true]),
    nothing: fc.constant(null),
    blank: fc.constant(''),
    none: fc.constant({}),
    moment: fc.constantFrom('2026-01-01', '2026-06-01T00:00:00.000Z', '2027-01-01T00:00:00Z'),
  });
  const moments = fc.constantFrom('2026-01-01', '2026-06-01T00:00:00Z', '2026-12-31');
  await fc.assert(
    fc.asyncProperty(groups(rows(path, value, moments)), data, async (condition, input) => {
      const expected = attempt(() => holds(condition, { input }));
      expect(await evaluated(conditionSource(condition), { input })).toEqual(expected);
    }),
    { numRuns: 1_500 },
  );
});

describe('hand-written', () => {
  test.each<[string, string]>([
    ['input.amount>1000', 'input.amount > 1000'],
    ['(input.a = 1)', 'input.a = 1'],
    ['a = 1 and b = 2 or c = 3', '(a = 1 and b = 2) or c = 3'],
    ['a = 1 and (b = 2 and c = 3)', 'a = 1 and (b = 2 and c = 3)'],
    ["$contains(input.`e-mail`, '@')", '$contains(input.`e-mail`, "@")'],
    [
      'a = 1 or $toMillis(a) >= $millis() and $toMillis(a) <= $toMillis(b)',
      'a = 1 or ($toMillis(a) >= $millis() and $toMillis(a) <= $toMillis(b))',
    ],
  ])('%s', (source, again) => {
    const read = readCondition(source);
    expect(read.ok && conditionSource(read.condition)).toBe(again);
  });

  test.each<[string, RegExp]>([
    ['input.amount * 2 > 10', /operator “\*”/],
    ['$sum(input.lines.total) > 10', /\$sum/],
    ['input.lines[price > 3].name = "x"', /filter/],
    ['input.yes', /path on its own/],
    ['$not(input.a = 1)', /either way/],
    ['input.a = 1 ? true : false', /choice/],
    ['input.a = ', /does not parse/],
    ['$substring(input.a, 0, 2) = "abc"', /start and its end/],
    ['[1] = input.a', /not a place/],
  ])('%s stays an expression', (source, reason) => {
    const read = readCondition(source);
    expect(read.ok ? '' : read.reason).toMatch(reason);
  });
});

type Outcome = { ok: boolean } | 'failed';

async function evaluated(source: string, data: Json): Promise<Outcome> {
  try {
    const value: unknown = await jsonata(`$boolean(${source})`).evaluate(data);
    return { ok: value === true };
  } catch {
    return 'failed';
  }
}

class Failure extends Error {}

function attempt(work: () => boolean): Outcome {
  try {
    return { ok: work() };
  } catch (thrown) {
    if (thrown instanceof Failure) return 'failed';
    throw thrown;
  }
}

/** The meaning, told once more without JSONata. */
function holds(condition: Condition, data: Json): boolean {
  if (condition.kind === 'group')
    return condition.join === 'and'
      ? condition.parts.every((part) => holds(part, data))
      : condition.parts.some((part) => holds(part, data));
  const left = at(data, condition.left);
  switch (condition.operator) {
    case 'equals':
    case 'differs': {
      const right = operandOf(condition.right, data);
      if (left === undefined || right === undefined) return false;
      return (JSON.stringify(left) === JSON.stringify(right)) === (condition.operator === 'equals');
    }
    case 'less':
    case 'lessOrEqual':
    case 'greater':
    case 'greaterOrEqual':
      return compared(left, operandOf(condition.right, data), condition.operator);
    case 'contains':
      return left !== undefined && condition.not !== asText(left).includes(condition.text);
    case 'startsWith':
      return left === undefined ? condition.not : condition.not !== asText(left).startsWith(condition.text);
    case 'endsWith':
      return left === undefined ? condition.not : condition.not !== asText(left).endsWith(condition.text);
    case 'matches':
      return left !== undefined && condition.not !== new RegExp(condition.pattern, condition.ignoreCase ? 'i' : '').test(asText(left));
    case 'exists':
      return condition.not !== (left !== undefined);
    case 'empty':
      return condition.not !== (left === undefined || left === null || left === '' || (Array.isArray(left) && left.length === 0));
    case 'oneOf': {
      const list = condition.right.kind === 'path' ? at(data, condition.right.path) : condition.right.values;
      return condition.not !== isIn(left, list);
    }
    case 'hasItem':
      return condition.not !== isIn(condition.value, left);
    case 'before':
    case 'from': {
      const [mine, other] = [millis(left), momentOf(condition.moment, data)];
      return mine !== undefined && other !== undefined && (condition.operator === 'before' ? mine < other : mine >= other);
    }
    case 'between': {
      const mine = millis(left);
      const from = momentOf(condition.from, data);
      if (mine === undefined || from === undefined || mine < from) return false;
      const to = momentOf(condition.to, data);
      return to !== undefined && mine <= to;
    }
  }
}

function at(data: Json, path: DataPath): Json | undefined {
  let value: Json | undefined = data;
  for (const step of path) value = typeof value === 'object' && value !== null && !Array.isArray(value) ? value[step.name] : undefined;
  return value;
}

function operandOf(operand: Operand, data: Json): Json | undefined {
  return operand.kind === 'path' ? at(data, operand.path) : operand.value;
}

function compared(left: Json | undefined, right: Json | undefined, operator: string): boolean {
  for (const side of [left, right]) if (side !== undefined && typeof side !== 'string' && typeof side !== 'number') throw new Failure();
  if (left === undefined || right === undefined) return false;
  if (typeof left !== typeof right) throw new Failure();
  if (operator === 'less') return left! < right!;
  if (operator === 'lessOrEqual') return left! <= right!;
  return operator === 'greater' ? left! > right! : left! >= right!;
}

function asText(value: Json): string {
  if (typeof value !== 'string') throw new Failure();
  return value;
}

function isIn(value: Json | undefined, list: Json | undefined): boolean {
  if (value === undefined || list === undefined) return false;
  return (Array.isArray(list) ? list : [list]).some((item) => item === value);
}

function millis(value: Json | undefined): number | undefined {
  if (value === undefined) return undefined;
  const parsed = Date.parse(asText(value));
  if (Number.isNaN(parsed)) throw new Failure();
  return parsed;
}

function momentOf(moment: Moment, data: Json): number | undefined {
  if (moment.kind === 'now') throw new Error('not part of this test');
  return millis(moment.kind === 'path' ? at(data, moment.path) : moment.text);
}
