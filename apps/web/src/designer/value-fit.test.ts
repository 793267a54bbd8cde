import { expect, test } from 'vitest';
import type { Json } from '@perdure/graph';
import { valueMisfit, type ExpectedValue } from './value-fit.ts';

test.each<[ExpectedValue, Json, RegExp | null]>([
  ['text', 'a', null],
  ['text', 3, null],
  ['text', { a: 1 }, /object/],
  ['number', 3, null],
  ['number', '3', /\$number/],
  ['list', ['a'], null],
  ['list', 'a', /makes a list/],
  ['duration', '1h 30m', null],
  ['duration', '2030-01-31T12:00:00Z', null],
  ['duration', 90, /milliseconds/],
  ['duration', 'soon', /neither/],
  ['duration', ['1h'], /a list/],
  ['condition', true, null],
  ['condition', [], /counts as false/],
  ['condition', 'x', /counts as true/],
  ['json', { any: 1 }, null],
])('%s given %j', (expected, value, message) => {
  const found = valueMisfit(expected, value);
  if (message === null) expect(found).toBeNull();
  else expect(found).toMatch(message);
});

test('nothing is judged by the words for nothing', () => expect(valueMisfit('number', undefined)).toBeNull());
