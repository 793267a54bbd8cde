import type { Box } from './obstacle-index.ts';

/*
 * What is given of an edge before its route is known.
 *
 * 1. An edge that leads down stays inside its span, so that what may be in view is known without routing everything.
 */

export interface Point {
  x: number;
  y: number;
}

export interface RouteEnds {
  source: Point;
  /** Normal ports leave downwards, exceptional ones to the right. */
  side: 'bottom' | 'right';
  /** The middle of the target's top edge. */
  target: Point;
  /** The nodes at the two ends and the containers around both: the route may leave through these. */
  own: readonly Box[];
  /** How far above the target the last horizontal run lies. */
  lane?: number;
}

/** Between a line and the nodes it runs beside. */
export const clearance = 24;

/** Whether an edge goes down to its target. The others go back around what stands there, as far as that may be. */
export function leadsDown({ source, side, target }: Pick<RouteEnds, 'source' | 'side' | 'target'>): boolean {
  return target.y >= source.y + (side === 'right' ? 0 : 28);
}

/** How far beside its ends an edge may run around what is in its way. */
const detour = 320;

/** What an edge that leads down keeps to (1). */
export function routeSpan({ source, target }: Pick<RouteEnds, 'source' | 'target'>): Box {
  const x = Math.min(source.x, target.x) - detour;
  const y = Math.min(source.y, target.y) - detour;
  return { x, y, width: Math.abs(target.x - source.x) + 2 * detour, height: Math.abs(target.y - source.y) + 2 * detour };
}

/** True for a container around both ends. */
export function contains(box: Box, points: readonly Point[]): boolean {
  const inside = (point: Point): boolean =>
    point.x > box.x && point.x < box.x + box.width && point.y >= box.y && point.y <= box.y + box.height;
  return inside(points[0]!) && inside(points[points.length - 1]!); // a route has two points at least
}
