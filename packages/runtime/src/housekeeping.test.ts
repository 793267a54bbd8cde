import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Housekeeping } from './housekeeping.ts';

const roundMs = 10 * 60_000;
/** Sweeps begun, as `after` said. */
let sweeps: (string | null)[];
let isAway: boolean;
let pages: Record<string, string | null>;
let housekeeping: Housekeeping;

beforeEach(() => {
  vi.useFakeTimers();
  [sweeps, isAway, pages] = [[], false, {}];
  const chore = async (): Promise<void> => {
    if (isAway) throw new Error('The database is away.');
  };
  housekeeping = new Housekeeping(
    {
      deleteOldRefusals: chore,
      sweepClaims: chore,
      async sweepPayloads(after) {
        sweeps.push(after);
        return pages[after ?? ''] ?? null;
      },
    },
    () => {},
  );
  housekeeping.start();
});

afterEach(() => {
  housekeeping.stop();
  vi.useRealTimers();
});

describe('Housekeeping', () => {
  it('H1 sweeps payloads only after an hour of rounds that all reached the database', async () => {
    await vi.advanceTimersByTimeAsync(5 * roundMs);
    isAway = true;
    await vi.advanceTimersByTimeAsync(roundMs);
    isAway = false;
    await vi.advanceTimersByTimeAsync(5 * roundMs);
    expect(sweeps).toEqual([]);
    await vi.advanceTimersByTimeAsync(roundMs);
    expect(sweeps).toEqual([null]);
  });

  it('H1 begins to wait anew when the process stood still', async () => {
    await vi.advanceTimersByTimeAsync(6 * roundMs);
    expect(sweeps).toHaveLength(1);
    vi.setSystemTime(Date.now() + 2 * 24 * 3_600_000);
    await vi.advanceTimersByTimeAsync(6 * roundMs);
    expect(sweeps).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(roundMs);
    expect(sweeps).toHaveLength(2);
  });

  it('goes on where the round before ended', async () => {
    pages = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [i === 0 ? '' : `p${i}`, `p${i + 1}`]));
    await vi.advanceTimersByTimeAsync(6 * roundMs);
    expect(sweeps.at(-1)).toBe('p19');
    await vi.advanceTimersByTimeAsync(roundMs);
    expect(sweeps[20]).toBe('p20');
    expect(sweeps.at(-1)).toBe('p30');
  });
});
