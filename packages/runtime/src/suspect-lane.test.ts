import { describe, expect, it, vi } from 'vitest';
import { SuspectLane } from './suspect-lane.ts';

describe('SuspectLane', () => {
  it('K2 begins one after the other, the first after a pause, and waits for none longer than its patience', async () => {
    vi.useFakeTimers();
    const lane = new SuspectLane({ width: 1, patienceMs: 5_000, pauseMs: 1_000 });
    const begun: string[] = [];
    lane.enter(() => Promise.resolve(begun.push('first')));
    lane.enter(() => {
      begun.push('never ends');
      return new Promise(() => {});
    });
    lane.enter(() => Promise.resolve(begun.push('third')));
    await vi.advanceTimersByTimeAsync(999);
    expect(begun).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toEqual(['first', 'never ends']);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(begun).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toEqual(['first', 'never ends', 'third']);
    // It is empty again.
    lane.enter(() => Promise.resolve(begun.push('fourth')));
    await vi.advanceTimersByTimeAsync(999);
    expect(begun).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toHaveLength(4);
    vi.useRealTimers();
  });

  it('K2 lets an attempt whose claim could not be counted try again, behind the others', async () => {
    vi.useFakeTimers();
    const lane = new SuspectLane({ width: 1, patienceMs: 5_000, pauseMs: 1_000 });
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
