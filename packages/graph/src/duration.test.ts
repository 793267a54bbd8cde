import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationText, formatDuration, parseDuration, spellDuration } from './duration.ts';

describe('duration', () => {
  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1w', 604_800_000],
    ['0s', 0],
    ['1.5h', 5_400_000],
    ['1h 30m', 5_400_000],
    ['1h30m', 5_400_000],
    [' 20 s ', 20_000],
    ['PT30S', 30_000],
    ['PT1H30M', 5_400_000],
    ['P1DT2H', 93_600_000],
    ['P2W', 1_209_600_000],
    ['PT0.25S', 250],
  ])('reads %s', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each([
    '',
    ' ',
    '5',
    '5x',
    'm',
    '-5m',
    '1h 2h',
    '1h,30m',
    '5 minutes',
    '1y',
    '1M',
    'P1Y',
    'P1M',
    'P',
    'PT',
    'P1DT',
    'pt5s',
    '9999999999w',
    `${'1'.repeat(200)}s`,
    'Infinityms',
    '1h 30',
  ])('refuses %j', (text) => expect(parseDuration(text)).toBeUndefined());

  it('reads back what it writes', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 3_000_000_000_000 }), (ms) => void expect(parseDuration(durationText(ms))).toBe(ms)));
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void expect(['number', 'undefined']).toContain(typeof parseDuration(text))));
  });

  it.each([
    [180, '180 ms'],
    [0, '0 ms'],
    [2000, '2 s'],
    [2400, '2.4 s'],
    [10_900, '10.9 s'],
    [59_999, '59.9 s'],
    [72_000, '1 m 12 s'],
    [172_800_000, '2 d 0 h'],
    [97_200_000, '1 d 3 h'],
    [3_600_000, '1 h 0 m'],
    [-72_000, '-1 m 12 s'],
  ])('shows %d ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it('spells durations for sentences', () => {
    expect([172_800_000, 5_400_000, 1000, 0].map(spellDuration)).toEqual(['2 days', '1 hour 30 minutes', '1 second', '0 seconds']);
  });
});
