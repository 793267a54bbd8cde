import { describe, expect, it } from 'vitest';
import { FOLD_WIDTH, timeScale as scaleOf, timeShape, zoomAt, type Span } from './time-scale.ts';

const HOUR = 3_600_000;

const timeScale = (moments: number[], busy: Span[], width: number) => scaleOf(timeShape(moments, busy), width);

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

  it('tells the moment of every place, inside and outside of folds', () => {
    const moments = [0, 1_000, 27 * HOUR, 27 * HOUR + 1_000];
    const shape = timeShape(moments, []);
    for (const view of [undefined, { zoom: 7, pan: 300 }]) {
      const scale = scaleOf(shape, 496, view);
      for (const moment of [0, 400, 1_000, HOUR, 27 * HOUR, 27 * HOUR + 700]) expect(scale.moment(scale.x(moment))).toBeCloseTo(moment, 3);
    }
  });

  it('keeps what is under the pointer there when it is zoomed, and never shows less than the whole', () => {
    const shape = timeShape([0, 10_000], []);
    const near = zoomAt({ zoom: 1, pan: 0 }, 4, 300, 400);
    expect(scaleOf(shape, 400, near).moment(300)).toBeCloseTo(scaleOf(shape, 400).moment(300));
    expect(zoomAt(near, 0.001, 10, 400)).toEqual({ zoom: 1, pan: 0 });
    expect(scaleOf(shape, 400, near).ticks.every(({ x }) => x >= -1 && x <= 400)).toBe(true);
  });

  it('looks at ten thousand busy stretches between twenty thousand moments', () => {
    const busy = Array.from({ length: 10_000 }, (_, i) => ({ from: i * 10, to: i * 10 + 5 }));
    const shape = timeShape([...busy.flatMap(({ from, to }) => [from, to]), 10_000_000], busy);
    expect(shape.folds).toEqual([{ from: 99_995, to: 10_000_000 }]);
  });
});
