import { expect, it } from 'vitest';
import { followUpMoments } from './follow-up-moments.ts';

const words = (moment: string) =>
  followUpMoments(new Date(moment).getTime()).map(({ label, at }) => `${label} ${at.getDate()} ${at.getHours()}h`);

it('offers soon, tomorrow, Monday and a week from a Thursday morning', () => {
  expect(words('2026-11-19T10:00:00')).toEqual([
    'In 1 hour 19 11h',
    'In 4 hours 19 14h',
    'Tomorrow morning 20 9h',
    'Monday morning 23 9h',
    'In a week 26 9h',
  ]);
});

it('does not offer the same morning under two names', () => {
  expect(words('2026-11-22T15:00:00')).toEqual(['In 1 hour 22 16h', 'Tomorrow morning 23 9h', 'In a week 29 9h']);
  expect(words('2026-11-23T15:00:00')).toEqual(['In 1 hour 23 16h', 'Tomorrow morning 24 9h', 'Monday morning 30 9h']);
});
