import type { Json } from '@perdure/graph';

/*
 * Figures over a sliding window in bounded space: numbers are kept as sums per step of the window, of which it has 60. What leaves the
 * window leaves by whole steps, so the figures reach back between 59 and 60 sixtieths of it.
 */

const steps = 60;

export type Window = { buckets: Bucket[] };
type Bucket = { from: number; count: number; sum: number; min: number; max: number };

export type Figures = { count: number; sum: number; min: number | null; max: number | null; average: number | null };

export function emptyWindow(): Window {
  return { buckets: [] };
}

export function isWindow(state: Json): state is Window {
  return typeof state === 'object' && state !== null && !Array.isArray(state) && Array.isArray(state.buckets);
}

export function addToWindow(window: Window, value: number, at: number, windowMs: number): Window {
  const width = Math.max(1, Math.ceil(windowMs / steps));
  const from = Math.floor(at / width) * width;
  const buckets = window.buckets.filter((bucket) => isInside(bucket, at, windowMs));
  const index = buckets.findIndex((bucket) => bucket.from === from);
  const bucket = buckets[index];
  if (!bucket) return { buckets: [...buckets, { from, count: 1, sum: value, min: value, max: value }] };
  const { count, sum, min, max } = bucket;
  return {
    buckets: buckets.with(index, { from, count: count + 1, sum: sum + value, min: Math.min(min, value), max: Math.max(max, value) }),
  };
}

export function figuresOf(window: Window, at: number, windowMs: number): Figures {
  let count = 0;
  let sum = 0;
  let min: number | null = null;
  let max: number | null = null;
  for (const bucket of window.buckets) {
    if (!isInside(bucket, at, windowMs)) continue;
    count += bucket.count;
    sum += bucket.sum;
    min = Math.min(min ?? bucket.min, bucket.min);
    max = Math.max(max ?? bucket.max, bucket.max);
  }
  return { count, sum, min, max, average: count === 0 ? null : sum / count };
}

/** By the bucket's beginning, so that it never holds more than 60 of them. */
function isInside(bucket: Bucket, at: number, windowMs: number): boolean {
  return bucket.from > at - windowMs;
}
