import { expect, test } from 'vitest';
import { checkValue } from './check-value.ts';

const order = {
  type: 'object',
  required: ['id'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', pattern: '^A-\\d+$' },
    amount: { type: 'number', minimum: 0 },
    pattern: { type: 'string' },
    lines: { type: 'array', items: { type: 'object', required: ['article'] } },
  },
};

test('a value that fits has no problems; no schema takes anything', () => {
  expect(checkValue(order, { id: 'A-1', amount: 2, pattern: 'x', lines: [{ article: 'desk' }] })).toEqual([]);
  expect(checkValue(null, { any: 'thing' })).toEqual([]);
});

test('problems name the field itself, not what holds it', () => {
  expect(checkValue(order, { id: 'A-1', amount: -1 }).map(({ field }) => field)).toEqual(['amount']);
  expect(checkValue(order, { id: 'A-1', lines: [{}] }).map(({ field }) => field)).toContain('lines.0');
  expect(checkValue(order, { amount: 1 })[0]?.message).toContain('id');
});

test('patterns are checked, on an engine that does not backtrack', () => {
  expect(checkValue(order, { id: 'B-1' })).toEqual([{ field: 'id', message: 'Does not match the pattern ^A-\\d+$.' }]);
  const began = performance.now();
  expect(checkValue({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(5_000)}!`)).toHaveLength(1);
  expect(performance.now() - began).toBeLessThan(1_000);
});

test('a schema that cannot be used is said so instead of thrown', () => {
  expect(checkValue({ pattern: '(?=x)' }, 'x')[0]?.message).toContain('cannot be used');
  expect(checkValue({ patternProperties: { a: {} } }, {})[0]?.message).toContain('patternProperties');
  expect(checkValue({ $ref: '#/nowhere' }, 1)[0]?.message).toContain('cannot be used');
});

test('a schema may refer to itself from inside a property', () => {
  const tree = { type: 'object', properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#' } } } };
  expect(checkValue(tree, { name: 'a', children: [{ name: 'b', children: [] }] })).toEqual([]);
  expect(checkValue(tree, { name: 'a', children: [{ name: 1 }] }).map(({ field }) => field)).toContain('children.0.name');
});
