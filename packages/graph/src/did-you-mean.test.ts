import { expect, it } from 'vitest';
import { didYouMean } from './did-you-mean.ts';

it('offers what is close, and nothing else', () => {
  const names = ['credit_check', 'price', 'rate', 'a'];
  expect(['credit_chek', 'pirce', 'Rate', 'xyz', 'b', ''].map((name) => didYouMean(name, names))).toEqual([
    'credit_check',
    'price',
    'rate',
    undefined,
    undefined,
    undefined,
  ]);
});
