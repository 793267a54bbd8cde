import type { Json } from '@perdure/graph';

/** Over this a value is kept aside and referenced. Characters of JSON. */
export const referenceThreshold = 64 * 1024;
/** The largest result of an expression. Characters of JSON. */
export const maxResultLength = 4 * 1024 * 1024;

/** Lists and objects inside each other. Deeper values would overflow the stack of whatever walks them later. */
export const maxResultDepth = 100;

/**
 * The length of a value's JSON, counted only as far as `limit`: any answer over it means "more", and Infinity that the value is nested
 * too deeply. Characters that JSON escapes count as one.
 */
export function jsonLength(value: Json, limit: number, depth = 0): number {
  if (value === null) return 4;
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'number':
      return String(value).length;
    case 'boolean':
      return value ? 4 : 5;
    default:
  }
  if (depth >= maxResultDepth) return Infinity;
  let length = 2;
  if (Array.isArray(value)) {
    for (const item of value) {
      length += jsonLength(item, limit - length, depth + 1) + 1;
      if (length > limit) return length;
    }
    return length;
  }
  for (const key of Object.keys(value)) {
    length += key.length + 4 + jsonLength(value[key] as Json, limit - length, depth + 1); // own key
    if (length > limit) return length;
  }
  return length;
}
