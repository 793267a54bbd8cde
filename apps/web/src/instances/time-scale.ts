/**
 * Moments → pixels for the timeline and its scrubber. Stretches in which nothing works and which are long beside everything else are folded
 * to a fixed width; the rest is linear. Pure, so that it can be tested.
 */
export interface TimeScale {
  x: (moment: number) => number;
  /** The moment drawn at a place; the other way round of `x`. */
  moment: (x: number) => number;
  /** Those in sight. */
  folds: { from: number; to: number; x: number }[];
  /** Round moments to label, with their place. */
  ticks: { at: number; x: number }[];
  /** Of the whole, of which a part is in sight. */
  fullWidth: number;
}

/** What is drawn, without its size: the ends, and what is folded between them. */
export interface TimeShape {
  first: number;
  last: number;
  folds: readonly Span[];
}

/** `zoom` 1 shows everything; `pan`: pixels to the left of what is in sight. */
export interface TimeView {
  zoom: number;
  pan: number;
}

export const FOLD_WIDTH = 48;
/** A gap folds when it is longer than everything shorter together, this many times. */
const FOLD_FACTOR = 10;
const SHORTEST_FOLD_MS = 10_000;
const TICK_EVERY_PX = 110;

export interface Span {
  from: number;
  to: number;
}

/** `moments`: everything that happened. `busy`: spans in which an activity ran, in any order; they never fold. */
export function timeShape(moments: readonly number[], busy: readonly Span[]): TimeShape {
  const sorted = Float64Array.from(moments).sort();
  const first = sorted[0] ?? 0;
  const last = sorted.at(-1) ?? first;
  const gaps: Span[] = [];
  for (let at = 1; at < sorted.length; at++) {
    const from = sorted[at - 1];
    const to = sorted[at];
    if (from !== undefined && to !== undefined && to > from) gaps.push({ from, to });
  }
  return { first, last, folds: foldedGaps(gaps, mergeSpans(busy)) };
}

export function timeScale({ first, last, folds }: TimeShape, width: number, { zoom, pan }: TimeView = { zoom: 1, pan: 0 }): TimeScale {
  const fullWidth = width * zoom;
  const foldedMs = folds.reduce((sum, fold) => sum + fold.to - fold.from, 0);
  const openWidth = Math.max(1, fullWidth - folds.length * FOLD_WIDTH);
  const perMs = openWidth / Math.max(1, last - first - foldedMs);

  const x = (moment: number): number => {
    let at = -pan;
    let from = first;
    for (const fold of folds) {
      if (moment <= fold.from) break;
      at += (fold.from - from) * perMs;
      if (moment < fold.to) return at + ((moment - fold.from) / (fold.to - fold.from)) * FOLD_WIDTH;
      at += FOLD_WIDTH;
      from = fold.to;
    }
    return at + (moment - from) * perMs;
  };
  const moment = (place: number): number => {
    let at = -pan;
    let from = first;
    for (const fold of folds) {
      const open = (fold.from - from) * perMs;
      if (place <= at + open) break;
      at += open;
      if (place < at + FOLD_WIDTH) return fold.from + ((place - at) / FOLD_WIDTH) * (fold.to - fold.from);
      at += FOLD_WIDTH;
      from = fold.to;
    }
    return from + (place - at) / perMs;
  };
  const placed = folds.map((fold) => ({ ...fold, x: x(fold.from) }));
  return {
    x,
    moment,
    folds: placed.filter((fold) => fold.x > -FOLD_WIDTH && fold.x < width),
    ticks: ticks({ first, last, folds }, { from: Math.max(first, moment(0)), to: Math.min(last, moment(width)) }, perMs, x),
    fullWidth,
  };
}

/** Zooms by a factor so that what is under `x` stays there; never beyond the whole, nor so far that a millisecond fills the screen. */
export function zoomAt(view: TimeView, factor: number, x: number, width: number): TimeView {
  const zoom = Math.min(2_000, Math.max(1, view.zoom * factor));
  return panTo({ zoom, pan: (view.pan + x) * (zoom / view.zoom) - x }, width);
}

export function panTo({ zoom, pan }: TimeView, width: number): TimeView {
  return { zoom, pan: Math.max(0, Math.min(width * (zoom - 1), pan)) };
}

function foldedGaps(gaps: readonly Span[], busy: readonly Span[]): Span[] {
  // Both are in order and do not overlap among themselves: one walk along them.
  let next = 0;
  const idle = gaps
    .filter((gap) => {
      while ((busy[next]?.to ?? Infinity) <= gap.from) next++;
      return (busy[next]?.from ?? Infinity) >= gap.to;
    })
    .sort((a, b) => length(a) - length(b));
  const idleMs = idle.reduce((sum, gap) => sum + length(gap), 0);
  let shorter = gaps.reduce((sum, gap) => sum + length(gap), 0) - idleMs;
  for (let at = 0; at < idle.length; at++) {
    const gap = idle[at];
    if (!gap) break;
    if (length(gap) >= SHORTEST_FOLD_MS && length(gap) > FOLD_FACTOR * shorter && shorter > 0)
      return idle.slice(at).sort((a, b) => a.from - b.from);
    shorter += length(gap);
  }
  return [];
}

/** In order, without overlaps. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else merged.push({ ...span });
  }
  return merged;
}

const length = (span: Span): number => span.to - span.from;

const STEPS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 108e5, 216e5, 432e5, 864e5,
  1728e5, 6048e5,
];

/** Only of what is in sight: zoomed in far, the whole would have thousands. */
function ticks({ first, last, folds }: TimeShape, seen: Span, perMs: number, x: (moment: number) => number): TimeScale['ticks'] {
  const step = STEPS_MS.find((ms) => ms * perMs >= TICK_EVERY_PX) ?? 6048e5;
  const found: TimeScale['ticks'] = [];
  const stretches: Span[] = [];
  let from = first;
  for (const fold of folds) {
    stretches.push({ from, to: fold.from });
    from = fold.to;
  }
  stretches.push({ from, to: last });
  for (const stretch of stretches) {
    if (stretch.to < seen.from || stretch.from > seen.to) continue;
    const begin = Math.max(stretch.from, seen.from);
    const width = length(stretch) * perMs;
    if (found.length === 0 || width > 40) found.push({ at: begin, x: x(begin) });
    const end = Math.min(stretch.to, seen.to);
    for (let at = Math.ceil((begin + 1) / step) * step; at < end; at += step) {
      const place = x(at);
      // The first label names the day, too.
      const room = TICK_EVERY_PX * (found.length === 1 ? 1.1 : 0.8);
      if (place - (found.at(-1)?.x ?? -TICK_EVERY_PX) >= room && x(stretch.to) - place > 24) found.push({ at, x: place });
    }
  }
  return found;
}
