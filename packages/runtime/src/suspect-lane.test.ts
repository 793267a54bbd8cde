import { describe, expect, it, vi } from 'vitest';
import { SuspectLane } from './suspect-lane.ts';

describe('SuspectLane', () => {
  it('K2 lets an attempt whose claim could not be counted try again, behind the others', async () => {
    vi.useFakeTimers();
    const lane = new SuspectLane(5_000);
    const begun: string[] = [];
    let isAway = true;
    lane.enter(async () => {
      if (isAway) throw new Error('The database is away.');
      begun.push('first');
    });
    lane.enter(async () => void begun.push('second'));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(begun).toEqual(['second']);
    isAway = false;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(begun).toEqual(['second', 'first']);
    isAway = true;
    lane.enter(() => Promise.reject(new Error('The database is away.')));
    await vi.advanceTimersByTimeAsync(0);
    lane.close();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});
