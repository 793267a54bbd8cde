import type { Json } from '@perdure/graph';

/** JSONata's `$boolean`: empty text, zero, null, an empty object, and a list without a truthy member are false. [D5] */
export function isTruthy(value: Json): boolean {
  if (Array.isArray(value)) return value.some(isTruthy);
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}
