import { conditionSource, readCondition, type ConditionRow } from '@perdure/expressions';
import { expect, test } from 'vitest';
import type { Json } from '@perdure/graph';
import { freshRow, operatorsFor, rowFault, withOperator } from './condition-rows.ts';

const left = [{ name: 'input' }, { name: 'a' }];
const keysFor = (value: Json | undefined) => operatorsFor(value).map(({ key }) => key);

test('the tests offered are those of the value’s type', () => {
  expect(keysFor(3)).toContain('less');
  expect(keysFor(3)).not.toContain('contains');
  expect(keysFor(['a'])).toEqual(['hasItem', 'not hasItem', 'empty', 'not empty', 'exists', 'not exists']);
  expect(keysFor('2026-01-01T00:00:00Z')[0]).toBe('before');
  expect(keysFor(true)).not.toContain('less');
});

test('each test is found again in the row it makes, and knows what the row still lacks', () => {
  for (const operator of operatorsFor(undefined)) {
    const row = withOperator({ ...freshRow, left }, operator, undefined);
    expect(operatorsFor(undefined).filter((one) => one.matches(row))).toEqual([operator]);
    expect(rowFault({ ...row, left: [] })).not.toBeNull();
  }
});

test('another test of the same kind keeps what was typed', () => {
  const find = (key: string) => operatorsFor(undefined).find((one) => one.key === key)!;
  const row: ConditionRow = { kind: 'row', left, operator: 'contains', text: 'abc', not: false };
  expect(withOperator(row, find('not startsWith'), 'x')).toEqual({ kind: 'row', left, operator: 'startsWith', text: 'abc', not: true });
  const less = withOperator({ kind: 'row', left, operator: 'equals', right: { kind: 'literal', value: 7 } }, find('less'), 3);
  expect(less).toMatchObject({ operator: 'less', right: { kind: 'literal', value: 7 } });
  expect(withOperator(less, find('oneOf'), 3)).toMatchObject({ operator: 'oneOf', right: { kind: 'list', values: [] } });
});

test('a row without faults is read back from what it writes', () => {
  const row: ConditionRow = { kind: 'row', left, operator: 'matches', pattern: 'a\\/b', ignoreCase: true, not: false };
  expect(rowFault(row)).toBeNull();
  expect(rowFault({ ...row, pattern: 'a/b' })).toMatch(/slash/);
  expect(rowFault({ ...row, pattern: '(' })).toMatch(/regular/);
  const condition = { kind: 'group' as const, join: 'and' as const, parts: [row] };
  expect(readCondition(conditionSource(condition))).toEqual({ ok: true, condition });
});
