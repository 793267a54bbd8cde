/**
 * Moments → pixels for the timeline. Stretches in which nothing works and which are long beside everything else are folded
 * to a fixed width; the rest is linear. Pure, so that it can be tested.
 */
export interface TimeScale {
  x: (moment: number) => number;
  folds: { from: number; to: number; x: number }[];
  /** Round moments to label, with their place. */
  ticks: { at: number; x: number }[];
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

/** `moments`: everything that happened. `busy`: spans in which an activity ran; they never fold. */
export function timeScale(moments: readonly number[], busy: readonly Span[], width: number): TimeScale {
  const sorted = [...new Set(moments)].sort((a, b) => a - b);
  const first = sorted[0] ?? 0;
  const last = sorted.at(-1) ?? first;
  const gaps: Span[] = [];
  for (let at = 1; at < sorted.length; at++) {
    const from = sorted[at - 1];
    const to = sorted[at];
    if (from !== undefined && to !== undefined) gaps.push({ from, to });
  }
  const folds = foldedGaps(gaps, busy);
  const foldedMs = folds.reduce((sum, fold) => sum + fold.to - fold.from, 0);
  const openWidth = Math.max(1, width - folds.length * FOLD_WIDTH);
  const perMs = openWidth / Math.max(1, last - first - foldedMs);

  const x = (moment: number): number => {
    let at = 0;
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
  return { x, folds: folds.map((fold) => ({ ...fold, x: x(fold.from) })), ticks: ticks(first, last, folds, perMs, x) };
}

function foldedGaps(gaps: Span[], busy: readonly Span[]): Span[] {
  const idle = gaps.filter((gap) => !busy.some((span) => span.from < gap.to && span.to > gap.from)).sort((a, b) => length(a) - length(b));
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

const length = (span: Span): number => span.to - span.from;

const STEPS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 108e5, 216e5, 432e5, 864e5,
  1728e5, 6048e5,
];

function ticks(first: number, last: number, folds: readonly Span[], perMs: number, x: (moment: number) => number): TimeScale['ticks'] {
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
    const width = length(stretch) * perMs;
    if (found.length === 0 || width > 40) found.push({ at: stretch.from, x: x(stretch.from) });
    for (let at = Math.ceil((stretch.from + 1) / step) * step; at < stretch.to; at += step) {
      const place = x(at);
      if (place - (found.at(-1)?.x ?? -TICK_EVERY_PX) >= TICK_EVERY_PX * 0.8 && x(stretch.to) - place > 24) found.push({ at, x: place });
    }
  }
  return found;
}
