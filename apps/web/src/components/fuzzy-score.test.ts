import { expect, test } from 'vitest';
import { fuzzyScore } from './fuzzy-score.ts';

const best = (typed: string, texts: readonly string[]): string[] =>
  texts
    .flatMap((text) => {
      const score = fuzzyScore(typed, text);
      return score === null ? [] : [{ text, score }];
    })
    .toSorted((a, b) => b.score - a.score)
    .map(({ text }) => text);

test('the beginning of the text, then of a word, then the first letters of words, then anywhere', () => {
  expect(best('ch', ['Fetch order', 'Credit check', 'Check stock', 'Cool house'])).toEqual([
    'Check stock',
    'Credit check',
    'Cool house',
    'Fetch order',
  ]);
});

test('first letters of words find them', () => {
  expect(best('cc', ['Credit check', 'Account'])[0]).toBe('Credit check');
  expect(fuzzyScore('ahr', 'Add HTTP request')).not.toBeNull();
});

test('every word must be found', () => {
  expect(fuzzyScore('align left', 'Align left')).not.toBeNull();
  expect(fuzzyScore('align right', 'Align left')).toBeNull();
});

test('letters strewn over a text are no answer', () => {
  expect(fuzzyScore('zoom', 'Send a reminder to the person who asked')).toBeNull();
  expect(fuzzyScore('tdr', 'Duplicate the order')).toBeNull();
});

test('nothing typed: everything answers', () => {
  expect(fuzzyScore('  ', 'Anything')).not.toBeNull();
});
