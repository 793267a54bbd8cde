import { expect, test } from 'vitest';
import { numberWords } from './number-words.ts';

const one = (key: string, value: number): string => numberWords(key, [value])(value);

test('money has both decimals or none, and groups', () => {
  expect(one('amount', 12_480.5)).toBe('12,480.50');
  expect(one('unitPrice', 1_240)).toBe('1,240');
  expect([1_240, 256.05].map(numberWords('price', [1_240, 256.05]))).toEqual(['1,240.00', '256.05']);
});

test('what names something is shown digit by digit', () => {
  for (const key of ['orderId', 'order_number', 'year', 'postal-code', 'accountNo']) expect(one(key, 48_207)).toBe('48207');
});

test('other quantities group from 10,000 on and keep their digits', () => {
  expect(one('pieces', 1_240)).toBe('1240');
  expect(one('pieces', 31_900)).toBe('31,900');
  expect(one('fraudScore', 0.0825)).toBe('0.0825');
  expect(one('distance', -12_000.25)).toBe('-12,000.25');
});
