import type { ConditionOperator, ConditionRow, ConditionTest, Literal, Moment } from '@perdure/expressions';
import type { Json } from '@perdure/graph';

/** One entry of a row's list of tests. Some operators stand there twice: plain and turned round. */
export interface RowOperator {
  key: string;
  label: string;
  matches(row: ConditionRow): boolean;
  make(value: Json | undefined): ConditionTest;
}

export const freshRow: ConditionRow = { kind: 'row', left: [], operator: 'equals', right: { kind: 'literal', value: '' } };

const comparison = (
  operator: 'equals' | 'differs' | 'less' | 'lessOrEqual' | 'greater' | 'greaterOrEqual',
  label: string,
): RowOperator => ({
  key: operator,
  label,
  matches: (row) => row.operator === operator,
  make: (value) => ({ operator, right: { kind: 'literal', value: beginning(value) } }),
});

function either(operator: ConditionOperator, labels: readonly [string, string], make: (not: boolean) => ConditionTest): RowOperator[] {
  return [false, true].map((not) => ({
    key: not ? `not ${operator}` : operator,
    label: labels[not ? 1 : 0],
    matches: (row) => row.operator === operator && 'not' in row && row.not === not,
    make: () => make(not),
  }));
}

const equality = [comparison('equals', 'is'), comparison('differs', 'is not')];
const order = [
  comparison('less', 'is less than'),
  comparison('lessOrEqual', 'is at most'),
  comparison('greater', 'is more than'),
  comparison('greaterOrEqual', 'is at least'),
];
const text = [
  ...either('contains', ['contains', 'does not contain'], (not) => ({ operator: 'contains', text: '', not })),
  ...either('startsWith', ['starts with', 'does not start with'], (not) => ({ operator: 'startsWith', text: '', not })),
  ...either('endsWith', ['ends with', 'does not end with'], (not) => ({ operator: 'endsWith', text: '', not })),
  ...either('matches', ['matches the pattern', 'does not match the pattern'], (not) => ({
    operator: 'matches',
    pattern: '',
    ignoreCase: false,
    not,
  })),
];
const oneOf = either('oneOf', ['is one of', 'is none of'], (not) => ({ operator: 'oneOf', right: { kind: 'list', values: [] }, not }));
const hasItem = either('hasItem', ['has the item', 'does not have the item'], (not) => ({ operator: 'hasItem', value: '', not }));
const presence = [
  ...either('empty', ['is empty', 'is not empty'], (not) => ({ operator: 'empty', not })),
  ...either('exists', ['exists', 'does not exist'], (not) => ({ operator: 'exists', not })),
];
const noMoment = { kind: 'text', text: '' } as const;
const moments: RowOperator[] = [
  {
    key: 'before',
    label: 'is before',
    matches: (row) => row.operator === 'before',
    make: () => ({ operator: 'before', moment: noMoment }),
  },
  { key: 'from', label: 'is not before', matches: (row) => row.operator === 'from', make: () => ({ operator: 'from', moment: noMoment }) },
  {
    key: 'between',
    label: 'is between',
    matches: (row) => row.operator === 'between',
    make: () => ({ operator: 'between', from: noMoment, to: noMoment }),
  },
];

/** The tests that make sense for a value like this one; all of them while nothing is known. */
export function operatorsFor(value: Json | undefined): RowOperator[] {
  if (value === undefined || value === null) return [...equality, ...order, ...text, ...oneOf, ...hasItem, ...moments, ...presence];
  if (Array.isArray(value)) return [...hasItem, ...presence];
  if (typeof value === 'number') return [...equality, ...order, ...oneOf, ...presence];
  if (typeof value === 'boolean') return [...equality, ...presence];
  if (typeof value === 'object') return presence;
  return isMoment(value)
    ? [...moments, ...equality, ...text, ...oneOf, ...presence]
    : [...equality, ...text, ...oneOf, ...order, ...moments, ...presence];
}

/** Another test of the same place; what was typed goes along where the new test takes the like. */
export function withOperator(row: ConditionRow, next: RowOperator, value: Json | undefined): ConditionRow {
  const made = next.make(value);
  const kept: Partial<Record<string, unknown>> = {};
  for (const key of ['right', 'text', 'pattern', 'value', 'moment', 'from', 'to', 'ignoreCase'] as const) {
    const before = key in row ? (row as unknown as Record<string, unknown>)[key] : undefined;
    const fresh = (made as unknown as Record<string, unknown>)[key];
    if (before !== undefined && fresh !== undefined && isAlike(before, fresh)) kept[key] = before;
  }
  // Only fields that the new test has, with what another test had in the same one.
  return { kind: 'row', left: row.left, ...made, ...kept } as ConditionRow;
}

/** `oneOf` has a list where comparisons have a single value. */
function isAlike(before: unknown, fresh: unknown): boolean {
  const kind = (one: unknown): unknown => (typeof one === 'object' && one !== null && 'kind' in one ? one.kind : typeof one);
  const lists = [kind(before), kind(fresh)].map((one) => one === 'list');
  return typeof before === typeof fresh && lists[0] === lists[1];
}

/** What a row still lacks, or null. */
export function rowFault(row: ConditionRow): string | null {
  if (row.left.length === 0) return 'Pick a value in every row';
  switch (row.operator) {
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return row.text === '' ? 'Enter a text in every row' : null;
    case 'matches':
      return patternFault(row.pattern);
    case 'oneOf':
      if (row.right.kind === 'path') return row.right.path.length === 0 ? 'Pick a list' : null;
      return row.right.values.length === 0 ? 'Enter the values to choose from' : null;
    case 'before':
    case 'from':
      return momentFault(row.moment);
    case 'between':
      return momentFault(row.from) ?? momentFault(row.to);
    case 'exists':
    case 'empty':
    case 'hasItem':
      return null;
    default:
      return row.right.kind === 'path' && row.right.path.length === 0 ? 'Pick a value to compare with' : null;
  }
}

function patternFault(pattern: string): string | null {
  if (pattern === '') return 'Enter a pattern';
  try {
    // A slash would end the pattern, unless it is escaped.
    return new RegExp(pattern, 'u').source === pattern || pattern.includes('\\/') ? null : 'Write \\/ for a slash in a pattern';
  } catch {
    return 'The pattern is not a regular expression';
  }
}

function momentFault(moment: Moment): string | null {
  if (moment.kind === 'text') return Number.isNaN(Date.parse(moment.text)) ? 'Enter a date' : null;
  return moment.kind === 'path' && moment.path.length === 0 ? 'Pick a moment' : null;
}

function isMoment(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}(T|$)/.test(value) && !Number.isNaN(Date.parse(value));
}

/** What a comparison begins with: something of the value's own type. */
function beginning(value: Json | undefined): Literal {
  if (typeof value === 'number') return 0;
  return typeof value === 'boolean' ? true : '';
}
