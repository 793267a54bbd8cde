import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Box, ObstacleIndex } from './obstacle-index.ts';
import { arrowHeight, routeEdge, routeMiddle, routePath } from './route-edge.ts';
import { leadsDown, routeSpan, type Point, type RouteEnds } from './route-ends.ts';

const box = (x: number, y: number, width = 216, height = 52): Box => ({ x, y, width, height });
const ends = (source: Box, target: Box, more: Partial<RouteEnds> = {}): RouteEnds => ({
  source: { x: source.x + source.width / 2, y: source.y + source.height },
  side: 'bottom',
  target: { x: target.x + target.width / 2, y: target.y },
  own: [source, target],
  ...more,
});

function hits(points: readonly Point[], obstacle: Box): boolean {
  return points.some((point, i) => {
    const before = points[i - 1];
    return before !== undefined && new ObstacleIndex([obstacle]).along(before.x, before.y, point.x, point.y).size > 0;
  });
}

describe('routeEdge', () => {
  test('straight down to a node below', () => {
    const a = box(0, 0);
    const b = box(0, 84);
    expect(routeEdge(ends(a, b), new ObstacleIndex([a, b]))).toEqual({
      points: [
        { x: 108, y: 52 },
        { x: 108, y: 84 - arrowHeight },
      ],
      back: false,
    });
  });

  test('bends once above the target', () => {
    const a = box(0, 0);
    const b = box(272, 92);
    expect(routeEdge(ends(a, b), new ObstacleIndex([a, b])).points).toEqual([
      { x: 108, y: 52 },
      { x: 108, y: 72 },
      { x: 380, y: 72 },
      { x: 380, y: 92 - arrowHeight },
    ]);
  });

  test('goes around a node in between', () => {
    const a = box(0, 0);
    const wall = box(0, 100);
    const b = box(0, 200);
    const { points } = routeEdge(ends(a, b), new ObstacleIndex([a, wall, b]));
    expect(hits(points, wall)).toBe(false);
    expect(points.at(-1)).toEqual({ x: 108, y: 200 - arrowHeight });
  });

  describe('between staggered rows, where no straight column is free', () => {
    // Like a brick wall with mortar of 32 px: whatever falls straight down hits a brick.
    const bricks = Array.from({ length: 8 }, (_, row) =>
      Array.from({ length: 6 }, (_brick, column) => box(column * 272 + (row % 2) * 136, row * 112)),
    );
    const wall = bricks.flat();
    const obstacles = new ObstacleIndex(wall);
    const brick = fc.record({ row: fc.integer({ min: 0, max: 7 }), column: fc.integer({ min: 0, max: 5 }) });

    test('an edge climbs down through the gaps and touches nothing', () => {
      fc.assert(
        fc.property(brick, brick, fc.boolean(), (from, to, right) => {
          fc.pre(to.row > from.row);
          const a = bricks[from.row]![from.column]!; // inside the wall
          const b = bricks[to.row]![to.column]!;
          const given = ends(a, b, right ? { side: 'right', source: { x: a.x + 216, y: a.y + 26 } } : {});
          const { points } = routeEdge(given, obstacles);
          expect(wall.filter((other) => other !== a && other !== b && hits(points, other))).toEqual([]);
        }),
      );
    });

    test('an edge that leads down stays inside its span (1)', () => {
      fc.assert(
        fc.property(brick, brick, fc.boolean(), (from, to, right) => {
          const a = bricks[from.row]![from.column]!; // inside the wall
          const b = bricks[to.row]![to.column]!;
          const given = ends(a, b, right ? { side: 'right', source: { x: a.x + 216, y: a.y + 26 } } : {});
          fc.pre(leadsDown(given));
          const span = routeSpan(given);
          for (const { x, y } of routeEdge(given, obstacles).points) {
            expect(x).toBeGreaterThanOrEqual(span.x);
            expect(x).toBeLessThanOrEqual(span.x + span.width);
            expect(y).toBeGreaterThanOrEqual(span.y);
            expect(y).toBeLessThanOrEqual(span.y + span.height);
          }
        }),
      );
    });
  });

  test('a back-edge goes around the left and is marked', () => {
    const top = box(0, 0);
    const bottom = box(0, 200);
    const { points, back } = routeEdge(ends(bottom, top), new ObstacleIndex([top, bottom]));
    expect(back).toBe(true);
    expect(Math.min(...points.map(({ x }) => x))).toBeLessThan(0);
    expect(hits(points, top)).toBe(false);
  });

  test('an exceptional port leaves to the right', () => {
    const a = box(0, 0);
    const b = box(256, 0);
    const { points } = routeEdge(ends(a, b, { side: 'right', source: { x: 216, y: 26 }, lane: 18 }), new ObstacleIndex([a, b]));
    expect(points).toEqual([
      { x: 216, y: 26 },
      { x: 236, y: 26 },
      { x: 236, y: -18 },
      { x: 364, y: -18 },
      { x: 364, y: -arrowHeight },
    ]);
  });

  test('an exceptional port that leads up again goes around what stands beside its target', () => {
    const from = box(0, 800);
    const to = box(-900, 0);
    const row = Array.from({ length: 9 }, (_, column) => box(-640 + column * 240, -40));
    const { points } = routeEdge(ends(from, to, { side: 'right', source: { x: 216, y: 826 } }), new ObstacleIndex([from, to, ...row]));
    expect(row.filter((wall) => hits(points, wall))).toEqual([]);
    expect(points[0]).toEqual({ x: 216, y: 826 });
    expect(points.at(-1)).toEqual({ x: -792, y: -arrowHeight });
  });

  test('every route is right-angled and joins its two ends', () => {
    const place = fc.record({ x: fc.integer({ min: -600, max: 600 }), y: fc.integer({ min: -600, max: 600 }) });
    fc.assert(
      fc.property(place, place, fc.array(place, { maxLength: 12 }), fc.boolean(), (from, to, others, right) => {
        const a = box(from.x, from.y);
        const b = box(to.x, to.y);
        const boxes = [a, b, ...others.map(({ x, y }) => box(x, y))];
        const given = ends(a, b, right ? { side: 'right', source: { x: a.x + 216, y: a.y + 26 } } : {});
        const { points } = routeEdge(given, new ObstacleIndex(boxes));
        expect(points[0]).toEqual(given.source);
        expect(points.at(-1)).toEqual({ x: given.target.x, y: given.target.y - arrowHeight });
        for (const [i, point] of points.entries()) {
          const before = points[i - 1];
          if (before) expect(before.x === point.x || before.y === point.y).toBe(true);
        }
        expect(routePath(points)).toMatch(/^M-?[\d.]+ -?[\d.]+/);
      }),
    );
  });
});

describe('routePath', () => {
  test('rounds corners by 8, less where a piece is short', () => {
    expect(
      routePath([
        { x: 0, y: 0 },
        { x: 0, y: 20 },
        { x: 40, y: 20 },
      ]),
    ).toBe('M0 0L0 12Q0 20 8 20L40 20');
    expect(
      routePath([
        { x: 0, y: 0 },
        { x: 0, y: 8 },
        { x: 40, y: 8 },
      ]),
    ).toBe('M0 0L0 4Q0 8 4 8L40 8');
  });

  test('the mark sits in the middle of the longest piece', () => {
    expect(
      routeMiddle([
        { x: 0, y: 0 },
        { x: 0, y: 20 },
        { x: 40, y: 20 },
      ]),
    ).toEqual({ x: 20, y: 20 });
  });
});
