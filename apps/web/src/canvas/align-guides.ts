import type { Box } from './obstacle-index.ts';

/*
 * Where something being moved or resized snaps to: edges and centres of what stands around it, and equal distances to its neighbours.
 * Without any of these near, the grid.
 */

export type Guide =
  /** Two things line up: a line along both. */
  | { kind: 'line'; axis: 'x' | 'y'; at: number; from: number; to: number }
  /** Two gaps are equal: one mark in each. */
  | { kind: 'gap'; axis: 'x' | 'y'; from: number; to: number; across: number };

export interface Snapped {
  dx: number;
  dy: number;
  guides: Guide[];
}

export const gridPx = 4;

/** `tolerance` in canvas pixels. `dx`, `dy`: how much further than asked it goes. */
export function snapMove(box: Box, others: readonly Box[], tolerance: number): Snapped {
  const x = best([...lines(box, others, 'x', [0, 0.5, 1]), ...gaps(box, others, 'x')], tolerance);
  const y = best([...lines(box, others, 'y', [0, 0.5, 1]), ...gaps(box, others, 'y')], tolerance);
  const dx = x?.by ?? toGrid(box.x) - box.x;
  const dy = y?.by ?? toGrid(box.y) - box.y;
  const there = { ...box, x: box.x + dx, y: box.y + dy };
  return { dx, dy, guides: [...(x ? drawn(there, others, 'x') : []), ...(y ? drawn(there, others, 'y') : [])] };
}

/** Which edges of a box are being pulled. */
export interface Sides {
  left: boolean;
  top: boolean;
  right: boolean;
  bottom: boolean;
}

/** A box whose sides are pulled: only those snap, and only to edges. */
export function snapResize(box: Box, sides: Sides, others: readonly Box[], tolerance: number): { box: Box; guides: Guide[] } {
  const at = (axis: 'x' | 'y', low: boolean, high: boolean): Candidate | null =>
    low || high ? best(lines(box, others, axis, low ? [0] : [1]), tolerance) : null;
  const x = at('x', sides.left, sides.right);
  const y = at('y', sides.top, sides.bottom);
  const moved = (edge: number, found: Candidate | null): number => (found ? edge + found.by : toGrid(edge));
  const left = sides.left ? moved(box.x, x) : box.x;
  const right = sides.right ? moved(box.x + box.width, x) : box.x + box.width;
  const top = sides.top ? moved(box.y, y) : box.y;
  const bottom = sides.bottom ? moved(box.y + box.height, y) : box.y + box.height;
  const there = { x: left, y: top, width: right - left, height: bottom - top };
  const own = (guides: Guide[], axis: 'x' | 'y', edge: number): Guide[] =>
    guides.filter((guide) => guide.kind === 'line' && guide.axis === axis && Math.abs(guide.at - edge) < 0.01);
  return {
    box: there,
    guides: [
      ...(x ? own(drawn(there, others, 'x'), 'x', sides.left ? left : right) : []),
      ...(y ? own(drawn(there, others, 'y'), 'y', sides.top ? top : bottom) : []),
    ],
  };
}

export function toGrid(value: number): number {
  return Math.round(value / gridPx) * gridPx;
}

interface Candidate {
  by: number;
}

function best(candidates: Iterable<Candidate>, tolerance: number): Candidate | null {
  let found: Candidate | null = null;
  for (const candidate of candidates)
    if (Math.abs(candidate.by) <= tolerance && (!found || Math.abs(candidate.by) < Math.abs(found.by) - 0.01)) found = candidate;
  return found;
}

const places = [0, 0.5, 1];

/** Edges to edges and centres to centres; an edge may also meet the opposite edge. */
function* lines(box: Box, others: readonly Box[], axis: 'x' | 'y', own: readonly number[]): Generator<Candidate> {
  const size = sizeOf(axis);
  for (const other of others) {
    for (const part of own) {
      const mine = box[axis] + box[size] * part;
      for (const place of places) if ((part === 0.5) === (place === 0.5)) yield { by: other[axis] + other[size] * place - mine };
    }
  }
}

/** Places at which the gap to a neighbour equals that between two others, or in the middle between two. */
function* gaps(box: Box, others: readonly Box[], axis: 'x' | 'y'): Generator<Candidate> {
  const size = sizeOf(axis);
  const row = rowOf(box, others, axis);
  for (let i = 1; i < row.length; i += 1) {
    const before = row[i - 1]!; // inside the list
    const after = row[i]!;
    const gap = after[axis] - (before[axis] + before[size]);
    if (gap <= 0) continue;
    yield { by: after[axis] + after[size] + gap - box[axis] };
    yield { by: before[axis] - gap - box[size] - box[axis] };
    if (gap > box[size]) yield { by: before[axis] + before[size] + (gap - box[size]) / 2 - box[axis] };
  }
}

/** What stands beside the box along the axis, in order. */
function rowOf(box: Box, others: readonly Box[], axis: 'x' | 'y'): Box[] {
  const across = axis === 'x' ? 'y' : 'x';
  const size = sizeOf(across);
  return others
    .filter((other) => other[across] < box[across] + box[size] && box[across] < other[across] + other[size])
    .toSorted((a, b) => a[axis] - b[axis]);
}

/** What lines up with the box where it is now. */
function drawn(box: Box, others: readonly Box[], axis: 'x' | 'y'): Guide[] {
  const size = sizeOf(axis);
  const across = axis === 'x' ? 'y' : 'x';
  const acrossSize = sizeOf(across);
  const lineGuides = new Map<number, Guide & { kind: 'line' }>();
  for (const other of others) {
    for (const part of places) {
      const mine = box[axis] + box[size] * part;
      for (const place of places) {
        if ((part === 0.5) !== (place === 0.5) || Math.abs(other[axis] + other[size] * place - mine) > 0.5) continue;
        const from = Math.min(box[across], other[across]);
        const to = Math.max(box[across] + box[acrossSize], other[across] + other[acrossSize]);
        const known = lineGuides.get(Math.round(mine));
        if (known) {
          known.from = Math.min(known.from, from);
          known.to = Math.max(known.to, to);
        } else lineGuides.set(Math.round(mine), { kind: 'line', axis, at: mine, from, to });
      }
    }
  }
  const found = [...lineGuides.values()];
  // Things of one size line up three times over; their centres say it.
  const middle = found.filter(({ at }) => Math.abs(at - (box[axis] + box[size] / 2)) < 0.5);
  return [...(middle.length > 0 ? middle : found), ...drawnGaps(box, others, axis)];
}

function drawnGaps(box: Box, others: readonly Box[], axis: 'x' | 'y'): Guide[] {
  const size = sizeOf(axis);
  const across = axis === 'x' ? 'y' : 'x';
  const middle = box[across] + box[sizeOf(across)] / 2;
  const row = rowOf(box, [...others, box], axis);
  const found = row.slice(1).map((after, i) => {
    const before = row[i]!; // one before each
    return { from: before[axis] + before[size], to: after[axis], own: after === box || before === box };
  });
  const own = found.filter((gap) => gap.own && gap.to > gap.from);
  return found.flatMap((gap): Guide[] => {
    const equals = (gap.own ? found : own).some((other) => other !== gap && Math.abs(other.to - other.from - (gap.to - gap.from)) < 0.5);
    return equals ? [{ kind: 'gap', axis, from: gap.from, to: gap.to, across: middle }] : [];
  });
}

function sizeOf(axis: 'x' | 'y'): 'width' | 'height' {
  return axis === 'x' ? 'width' : 'height';
}
