import { expect, test } from 'vitest';
import { excerpt } from './task-words.ts';

test('an excerpt names who and how much, in whatever order the fields are', () => {
  expect(excerpt({ currency: 'EUR', amount: 12_480.5, customer: 'Nordlicht AB' })).toBe('Nordlicht AB, 12,480.50 EUR');
});

test('the amount of an excerpt is the one that stands beside the currency, not a larger number elsewhere', () => {
  expect(excerpt({ customer: 'Nordlicht AB', amount: 12_480.5, currency: 'EUR', credit: { score: 742, limit: 50_000 } })).toBe(
    'Nordlicht AB, 12,480.50 EUR',
  );
});
