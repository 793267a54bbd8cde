import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { snapMove, snapResize } from './align-guides.ts';

const node = (x: number, y: number, width = 216, height = 52) => ({ x, y, width, height });

describe('snapping while something is moved', () => {
  it('meets the left edge, the centre and the right edge of what stands around', () => {
    expect(snapMove(node(103, 200), [node(100, 0)], 6)).toMatchObject({ dx: -3 });
    expect(snapMove(node(150, 200, 120, 32), [node(100, 0)], 6)).toMatchObject({ dx: -2 });
    expect(snapMove(node(198, 200, 120, 32), [node(100, 0)], 6)).toMatchObject({ dx: -2 });
  });

  it('draws one line along everything that lines up', () => {
    const { guides } = snapMove(node(103, 200), [node(100, 0, 120), node(100, 400, 150)], 6);
    expect(guides).toContainEqual({ kind: 'line', axis: 'x', at: 100, from: 0, to: 452 });
  });

  it('says once, by the centres, that things of one size line up', () => {
    const { guides } = snapMove(node(103, 200), [node(100, 0)], 6);
    expect(guides.filter(({ kind, axis }) => kind === 'line' && axis === 'x')).toEqual([
      { kind: 'line', axis: 'x', at: 208, from: 0, to: 252 },
    ]);
  });

  it('keeps equal distances in a row and in a column', () => {
    const row = [node(0, 0), node(256, 0)];
    expect(snapMove(node(514, 10), row, 6)).toMatchObject({ dx: -2 });
    const column = [node(0, 0), node(0, 84)];
    const below = snapMove(node(60, 171), column, 6);
    expect(below.dy).toBe(-3);
    expect(below.guides.filter(({ kind }) => kind === 'gap')).toHaveLength(2);
  });

  it('stands in the middle between two', () => {
    const { dx, guides } = snapMove(node(303, 4), [node(0, 0), node(600, 0)], 6);
    expect(dx).toBe(-3);
    expect(guides.filter(({ kind }) => kind === 'gap')).toHaveLength(2);
  });

  it('takes the grid where nothing is near', () => {
    expect(snapMove(node(1001, 2002), [node(0, 0)], 6)).toEqual({ dx: -1, dy: 2, guides: [] });
  });

  it('never goes further than the tolerance, nor further than half a step of the grid', () => {
    const box = fc.record({ x: fc.integer({ min: -500, max: 500 }), y: fc.integer({ min: -500, max: 500 }) });
    fc.assert(
      fc.property(box, fc.array(box, { maxLength: 8 }), (at, others) => {
        const { dx, dy } = snapMove(
          node(at.x, at.y),
          others.map(({ x, y }) => node(x, y)),
          6,
        );
        expect(Math.abs(dx)).toBeLessThanOrEqual(6);
        expect(Math.abs(dy)).toBeLessThanOrEqual(6);
      }),
    );
  });
});

describe('snapping while something is resized', () => {
  const right = { left: false, top: false, right: true, bottom: false };

  it('moves only the pulled side', () => {
    const { box, guides } = snapResize(node(0, 100, 297, 80), right, [node(300, 0)], 6);
    expect(box).toEqual({ x: 0, y: 100, width: 300, height: 80 });
    expect(guides).toEqual([{ kind: 'line', axis: 'x', at: 300, from: 0, to: 180 }]);
  });

  it('takes the grid where nothing is near', () => {
    expect(snapResize(node(0, 0, 501, 80), right, [], 6)).toEqual({ box: { x: 0, y: 0, width: 500, height: 80 }, guides: [] });
  });
});
