import { describe, expect, it } from 'vitest';
import { FOLD_WIDTH, timeScale } from './time-scale.ts';

const HOUR = 3_600_000;

describe('timeScale', () => {
  it('is linear while nothing is long', () => {
    const scale = timeScale([0, 1_000, 2_000], [], 200);
    expect(scale.folds).toEqual([]);
    expect([0, 500, 1_000, 2_000].map(scale.x)).toEqual([0, 50, 100, 200]);
  });

  it('folds idle stretches far longer than all the rest, each to the same width', () => {
    const scale = timeScale([0, 1_000, 27 * HOUR, 27 * HOUR + 1_000, 47 * HOUR, 47 * HOUR + 2_000], [], 496);
    expect(scale.folds.map((fold) => [fold.from, fold.to])).toEqual([
      [1_000, 27 * HOUR],
      [27 * HOUR + 1_000, 47 * HOUR],
    ]);
    expect(scale.x(27 * HOUR) - scale.x(1_000)).toBeCloseTo(FOLD_WIDTH);
    expect(scale.x(47 * HOUR + 2_000)).toBeCloseTo(496);
    expect(scale.x(1_000)).toBeCloseTo(100);
  });

  it('never folds a stretch in which an activity ran', () => {
    expect(timeScale([0, 1_000, HOUR], [{ from: 1_000, to: HOUR }], 300).folds).toEqual([]);
  });

  it('rises without jumps backwards, also inside folds', () => {
    const scale = timeScale([0, 5_000, HOUR, HOUR + 5_000], [], 400);
    const places = Array.from({ length: 50 }, (_, at) => scale.x((at / 49) * (HOUR + 5_000)));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it('survives one single moment and none', () => {
    expect(timeScale([5], [], 100).x(5)).toBe(0);
    expect(timeScale([], [], 100).ticks).toHaveLength(1);
  });
});
