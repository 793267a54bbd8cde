import { expect, test } from 'vitest';
import { durationWords, readDuration } from './duration-words.ts';

test('a duration is told in one unit', () => {
  expect([410, 3_200, 90_000, 41 * 86_400_000].map(durationWords)).toEqual(['410 ms', '3.2 s', '1.5 m', '41 d']);
});

test('what a person types is read, and nothing else', () => {
  expect(['2h', ' 30 m', '1.5d', '250ms'].map(readDuration)).toEqual([7_200_000, 1_800_000, 129_600_000, 250]);
  expect(['', 'h', '2 weeks', '-1h'].map(readDuration)).toEqual([undefined, undefined, undefined, undefined]);
});
