import type { Box, ObstacleIndex } from './obstacle-index.ts';
import { clearance, contains, routeSpan, type Point, type RouteEnds } from './route-ends.ts';

/*
 * The way of an edge down through the gaps between nodes, where no plain shape is free: it falls until something stands in its way, steps
 * aside in the gap above that, and falls on. The cheapest way first: A* over the places where it may step aside.
 * A search among crowds is cut off, so that no edge costs more than about a millisecond.
 */

const mostSteps = 240;
/** In pixels of length: what a step aside costs with its two corners. */
const stepCost = 80;
/** Over a node, between its arrowheads and the ports of the row before. */
const gapOver = 16;

interface Stop {
  at: Point;
  cost: number;
  /** The cost with what is left of the way at least. */
  least: number;
  before: Stop | null;
}

/** From the source to above the target, the end excepted. Null: no way was found. */
export function climbDown(ends: RouteEnds, obstacles: ObstacleIndex): Point[] | null {
  const { source, side, target, lane = 20 } = ends;
  const above = target.y - lane;
  const first = side === 'right' ? { x: source.x + 20, y: source.y } : { x: source.x, y: source.y + 20 };
  if (above < first.y) return null;
  const span = routeSpan(ends);
  const way = new FreeWay(ends, obstacles);
  const stopAt = (at: Point, cost: number, before: Stop | null): Stop => {
    const aside = Math.abs(target.x - at.x);
    return { at, cost, least: cost + above - at.y + aside + (aside > 0 ? stepCost : 0), before };
  };
  const open: Stop[] = [stopAt(first, 0, null)];
  const done = new Set<string>();
  for (let step = 0; step < mostSteps; step += 1) {
    const stop = takeCheapest(open);
    if (!stop) return null;
    const { at } = stop;
    if (at.x === target.x && at.y === above) return [source, ...pathTo(stop)];
    const key = `${at.x}|${at.y}`;
    if (done.has(key)) continue;
    done.add(key);
    for (const x of at.y === above ? [target.x] : columnsFrom(at, target.x, above, way)) {
      if (x < span.x || x > span.x + span.width) continue;
      const aside = { x, y: at.y };
      if (!way.isFree(at, aside)) continue;
      const blocked = way.firstBelow(aside, above);
      const to = { x, y: blocked ? Math.max(at.y, blocked.y - gapOver) : above };
      if (to.x === at.x && to.y === at.y) continue;
      const cost = stop.cost + Math.abs(x - at.x) + to.y - at.y + (x === at.x ? 0 : stepCost);
      open.push(stopAt(to, cost, x === at.x ? stop : stopAt(aside, cost, stop)));
    }
  }
  return null;
}

/** Where it may fall from here: straight on, above the target, and beside what is in the way of either. */
function columnsFrom(at: Point, targetX: number, above: number, way: FreeWay): Set<number> {
  const columns = new Set([at.x, targetX]);
  for (const start of [at.x, targetX]) {
    for (const side of ['left', 'right']) {
      let x = start;
      for (let n = 0; n < 3; n += 1) {
        const box = way.firstBelow({ x, y: at.y }, above);
        if (!box) break;
        x = side === 'left' ? box.x - clearance : box.x + box.width + clearance;
        columns.add(x);
      }
    }
  }
  return columns;
}

/** What stands in the way of one edge: every node but the containers around both of its ends. */
class FreeWay {
  readonly #obstacles: ObstacleIndex;
  readonly #around: readonly Box[];

  constructor({ own, source, target }: RouteEnds, obstacles: ObstacleIndex) {
    this.#obstacles = obstacles;
    this.#around = own.filter((box) => contains(box, [source, target]));
  }

  isFree(a: Point, b: Point): boolean {
    for (const box of this.#obstacles.along(a.x, a.y, b.x, b.y)) if (!this.#around.includes(box)) return false;
    return true;
  }

  firstBelow({ x, y }: Point, until: number): Box | null {
    let found: Box | null = null;
    for (const box of this.#obstacles.along(x, y, x, until))
      if (!this.#around.includes(box) && (found === null || box.y < found.y)) found = box;
    return found;
  }
}

function takeCheapest(open: Stop[]): Stop | undefined {
  let best = 0;
  for (const [i, stop] of open.entries()) if (stop.least < (open[best]?.least ?? Infinity)) best = i;
  return open.splice(best, 1)[0];
}

function pathTo(stop: Stop): Point[] {
  const path: Point[] = [];
  for (let at: Stop | null = stop; at !== null; at = at.before) path.push(at.at);
  return path.toReversed();
}
