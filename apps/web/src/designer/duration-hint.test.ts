import { expect, test } from 'vitest';
import { parseDuration } from '@perdure/graph';
import { tidiedDuration, timeHint } from './duration-hint.ts';

test.each([
  ['1 hour 30 minutes', '1h 30m'],
  ['90 min', '90m'],
  ['1:30', '1h 30m'],
  ['2 days, and 3 hours', '2d 3h'],
  ['1.5 hours', '1.5h'],
  ['2h', null],
  ['90', null],
  ['soon', null],
  ['3 fortnights', null],
])('%j is meant as %j', (text, expected) => {
  expect(tidiedDuration(text)).toBe(expected);
  if (expected !== null) expect(parseDuration(expected)).toBeDefined();
});

const now = new Date(2030, 0, 31, 12, 0);

test('a span says how long and until when', () => {
  expect(timeHint('1h 30m', false, now)).toEqual({ ok: true, text: '1 hour 30 minutes. From now: 13:30' });
  expect(timeHint('2d', false, now)?.text).toMatch(/^2 days\. From now: Sat,? 2 Feb, 12:00$/);
  expect(timeHint('', false, now)).toBeNull();
});

test('a moment says how far away it is, where moments may stand', () => {
  const later = new Date(now.getTime() + 3 * 86_400_000 + 5).toISOString();
  expect(timeHint(later, true, now)).toMatchObject({ ok: true, text: expect.stringMatching(/in 3 days$/) });
  expect(timeHint('2020-01-01T00:00:00Z', true, now)?.text).toContain('has passed');
  expect(timeHint(later, false, now)?.ok).toBe(false);
});

test('a number lacks its unit, other words are read where they can be', () => {
  expect(timeHint('90', false, now)).toEqual({ ok: false, text: 'Add a unit: 90s, 90m, 90h or 90d.' });
  expect(timeHint('90 min', false, now)).toEqual({ ok: false, text: 'Reads as 90m' });
  expect(timeHint('soon', true, now)).toMatchObject({ ok: false, text: expect.stringContaining('moment') });
});
