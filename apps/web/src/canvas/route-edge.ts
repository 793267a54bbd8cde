import { climbDown } from './climb-down.ts';
import type { Box, ObstacleIndex } from './obstacle-index.ts';
import { clearance, contains, leadsDown, routeSpan, type Point, type RouteEnds } from './route-ends.ts';

/*
 * An edge as right-angled lines from a port to the top of its target.
 * It tries the shapes a person would draw, plainest first. Where each of them runs through a node it climbs down between the nodes, and only
 * where there is no way it takes the shape that runs through the fewest.
 * An edge that leads down stays inside its span (route-ends.ts).
 */

export interface Route {
  points: Point[];
  /** Leads up again: drawn around the left and marked as a loop. */
  back: boolean;
}

/** The arrowhead is the target's port, a triangle this high above its top edge. */
export const arrowHeight = 6;

export function routeEdge(ends: RouteEnds, obstacles: ObstacleIndex): Route {
  const { source, target, side } = ends;
  const end = { x: target.x, y: target.y - arrowHeight };
  const back = target.y < source.y + (side === 'right' ? -200 : 0);
  let best: { points: Point[]; cost: number } | null = null;
  for (const points of candidates(ends, end, obstacles)) {
    const line = tidyLine(points);
    const crossings = countCrossings(line, ends.own, obstacles);
    if (crossings === 0 && best === null) return { points: line, back };
    const cost = crossings * 10_000 + lengthOf(line) + line.length * 40;
    if (best === null || cost < best.cost) best = { points: line, cost };
  }
  const climbed = leadsDown(ends) ? climbDown(ends, obstacles) : null;
  return { points: climbed ? tidyLine([...climbed, end]) : (best?.points ?? [source, end]), back };
}

function* candidates(ends: RouteEnds, end: Point, obstacles: ObstacleIndex): Generator<Point[]> {
  const { source, side, target, lane = 20 } = ends;
  const above = target.y - lane;
  if (side === 'bottom') {
    if (end.y >= source.y && Math.abs(source.x - end.x) < 1) yield [source, end];
    const below = source.y + 20;
    if (above >= source.y + 8) {
      yield bent(source, [above], end);
      yield bent(source, [below], end);
      yield bent(source, [(source.y + target.y) / 2], end);
      for (const x of detours(ends, below, above, obstacles))
        yield [source, { x: source.x, y: below }, { x, y: below }, { x, y: above }, { x: end.x, y: above }, end];
    } else {
      const left = leftOf(ends, target.y - clearance, source.y + clearance, obstacles);
      const loopLane = target.y - 16;
      for (const x of [left, ...detours(ends, loopLane, below, obstacles)]) {
        yield [source, { x: source.x, y: below }, { x, y: below }, { x, y: loopLane }, { x: end.x, y: loopLane }, end];
      }
    }
    return;
  }
  const right = source.x + 20;
  yield [source, { x: right, y: source.y }, { x: right, y: above }, { x: end.x, y: above }, end];
  if (target.x > source.x + 8 && above >= source.y) yield [source, { x: target.x, y: source.y }, end];
  const middle = (source.x + target.x) / 2;
  if (target.x > source.x + 40) yield [source, { x: middle, y: source.y }, { x: middle, y: above }, { x: end.x, y: above }, end];
  for (const x of detours(ends, source.y, above, obstacles)) {
    if (x > source.x + 8) yield [source, { x, y: source.y }, { x, y: above }, { x: end.x, y: above }, end];
  }
  if (leadsDown(ends)) return;
  // Up again, where nothing beside it is free: by the gap below its own node, and around what stands there.
  const bottoms = ends.own.filter((box) => box.x + box.width === source.x).map((box) => box.y + box.height);
  const below = Math.max(source.y, ...bottoms) + 20;
  const loopLane = target.y - 16;
  for (const x of [leftOf(ends, target.y - clearance, below + clearance, obstacles), ...detours(ends, loopLane, below, obstacles)]) {
    yield [source, { x: right, y: source.y }, { x: right, y: below }, { x, y: below }, { x, y: loopLane }, { x: end.x, y: loopLane }, end];
  }
}

function bent(source: Point, [y]: [number], end: Point): Point[] {
  return [source, { x: source.x, y }, { x: end.x, y }, end];
}

/** Columns beside whatever stands in the way between two heights, nearest first. */
function detours(ends: RouteEnds, from: number, to: number, obstacles: ObstacleIndex): number[] {
  const { source, target, own } = ends;
  const low = Math.min(from, to);
  const high = Math.max(from, to);
  const columns = new Set<number>();
  const standing = (x: number): void => {
    for (const box of obstacles.along(x, low, x, high)) {
      columns.add(box.x - clearance);
      columns.add(box.x + box.width + clearance);
    }
  };
  standing(source.x);
  standing(target.x);
  for (const box of own) {
    columns.add(box.x - clearance);
    columns.add(box.x + box.width + clearance);
  }
  for (const x of [...columns].slice(0, 12)) standing(x);
  const middle = (source.x + target.x) / 2;
  const span = leadsDown(ends) ? routeSpan(ends) : null;
  return [...columns]
    .filter((x) => span === null || (x >= span.x && x <= span.x + span.width))
    .toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle))
    .slice(0, 16);
}

/** Left of everything between the two heights, as far as it is in one cluster with the ends. */
function leftOf({ source, target, own }: RouteEnds, top: number, bottom: number, obstacles: ObstacleIndex): number {
  let left = Math.min(source.x, target.x, ...own.map((box) => (box.y + box.height < top || box.y > bottom ? Infinity : box.x)));
  for (let step = 0; step < 24; step += 1) {
    const inTheWay = obstacles.along(left - clearance - 8, top, left - clearance - 8, bottom);
    if (inTheWay.size === 0) break;
    left = Math.min(...[...inTheWay].map((box) => box.x));
  }
  return left - clearance - 8;
}

function countCrossings(points: readonly Point[], own: readonly Box[], obstacles: ObstacleIndex): number {
  let crossings = 0;
  for (let i = 1; i < points.length; i += 1) {
    const a = points[i - 1]!; // both indexes are inside the list
    const b = points[i]!;
    for (const box of obstacles.along(a.x, a.y, b.x, b.y)) {
      // The first and the last piece touch their own node by nature; any other piece must not.
      if (own.includes(box) && (i === 1 || i === points.length - 1 || contains(box, points))) continue;
      crossings += 1;
    }
  }
  return crossings;
}

/** Without points that coincide or lie on a straight piece. */
function tidyLine(points: readonly Point[]): Point[] {
  const line: Point[] = [];
  for (const point of points) {
    const last = line.at(-1);
    if (last && last.x === point.x && last.y === point.y) continue;
    const before = line.at(-2);
    if (last && before && ((before.x === last.x && last.x === point.x) || (before.y === last.y && last.y === point.y))) line.pop();
    line.push(point);
  }
  return line;
}

function lengthOf(points: readonly Point[]): number {
  let length = 0;
  for (let i = 1; i < points.length; i += 1)
    length += Math.abs(points[i]!.x - points[i - 1]!.x) + Math.abs(points[i]!.y - points[i - 1]!.y); // inside the list
  return length;
}

/** An SVG path with rounded corners. */
export function routePath(points: readonly Point[], radius = 8): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M${first.x} ${first.y}`;
  for (const [i, point] of rest.entries()) {
    const next = rest[i + 1];
    if (!next) {
      path += `L${point.x} ${point.y}`;
      break;
    }
    const before = i === 0 ? first : rest[i - 1]!; // i > 0 here
    const r = Math.min(radius, distance(before, point) / 2, distance(point, next) / 2);
    const a = towards(point, before, r);
    const b = towards(point, next, r);
    path += `L${a.x} ${a.y}Q${point.x} ${point.y} ${b.x} ${b.y}`;
  }
  return path;
}

/** The middle of the longest piece: where a loop mark or an insert button sits. */
export function routeMiddle(points: readonly Point[]): Point {
  let best: Point = points[0] ?? { x: 0, y: 0 };
  let longest = -1;
  for (let i = 1; i < points.length; i += 1) {
    const a = points[i - 1]!; // inside the list
    const b = points[i]!;
    const length = distance(a, b);
    if (length > longest) {
      longest = length;
      best = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    }
  }
  return best;
}

function distance(a: Point, b: Point): number {
  return Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
}

function towards(from: Point, to: Point, by: number): Point {
  return { x: from.x + Math.sign(to.x - from.x) * by, y: from.y + Math.sign(to.y - from.y) * by };
}
