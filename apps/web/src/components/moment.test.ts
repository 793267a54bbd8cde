import { describe, expect, it } from 'vitest';
import { dueGroup, formatClockMs, formatDay, formatDue, formatElapsed, formatLeft, formatMoment, formatMomentShort } from './moment.ts';

/** Local times, so that the test says the same in every zone. */
const at = (day: number, hour: number, minute = 0): number => new Date(2026, 10, day, hour, minute).getTime();
const iso = (moment: number): string => new Date(moment).toISOString();
const now = at(19, 9, 17);

describe('moments', () => {
  it('name the year only when it is another one', () => {
    expect(formatMoment(at(19, 9, 17), now)).toBe('19 Nov 09:17');
    expect(formatMoment(new Date(2025, 0, 3, 7, 5).getTime(), now)).toBe('3 Jan 2025 07:05');
  });

  it('are short today', () => {
    expect(formatMomentShort(at(19, 8, 2), now)).toBe('08:02');
    expect(formatMomentShort(at(18, 8, 2), now)).toBe('18 Nov 08:02');
    expect(formatDay(at(19, 17), now)).toBe('17:00');
    expect(formatDay(at(21, 17), now)).toBe('Sat 21 Nov');
  });

  it('keep milliseconds in histories', () => {
    expect(formatClockMs(new Date(2026, 10, 19, 9, 18, 51, 70).getTime())).toBe('09:18:51.070');
  });

  it('never run backwards when two clocks differ', () => {
    expect(formatElapsed(now, now - 500)).toBe('0 ms');
  });
});

describe('due dates', () => {
  it('fall into groups by the local day', () => {
    expect(dueGroup(iso(now - 1), now)).toBe('Overdue');
    expect(dueGroup(iso(at(19, 23, 59)), now)).toBe('Due today');
    expect(dueGroup(iso(at(20, 0, 1)), now)).toBe('Later');
    expect(dueGroup(null, now)).toBe('No due date');
  });

  it('count down when near and up when late', () => {
    expect(formatDue(at(19, 12, 39), now)).toBe('3 h 22 m');
    expect(formatDue(at(19, 17), now)).toBe('17:00');
    expect(formatDue(at(19, 7), now)).toBe('2 h late');
    expect(formatDue(at(16, 7), now)).toBe('3 d late');
    expect(formatLeft(at(19, 9, 40), now)).toBe('in 23 m');
  });
});
