import { isPayloadRef, maxEntityStateLength } from '@perdure/graph';
import type { Json } from '@perdure/graph';

/** Whether a state may be kept: within its length in characters of JSON. A reference inside it stands for more than that. [N9] */
export function fitsEntityState(state: Json): boolean {
  return length(state, maxEntityStateLength) <= maxEntityStateLength;
}

/** Counts only as far as `limit`: any answer over it means "more". */
function length(value: Json, limit: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return String(value).length;
  if (isPayloadRef(value)) return Infinity;
  let total = 2;
  if (Array.isArray(value)) {
    for (const item of value) {
      total += length(item, limit - total) + 1;
      if (total > limit) return total;
    }
    return total;
  }
  for (const [key, part] of Object.entries(value)) {
    total += key.length + 4 + length(part, limit - total);
    if (total > limit) return total;
  }
  return total;
}
