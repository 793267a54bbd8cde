import { referenceThreshold } from '@perdure/expressions/json-size';
import type { Json } from '@perdure/graph';
import { isLargerThan } from './storable-json.ts';

/** Characters of JSON: what comes from outside and is larger is refused. */
export const largestPayload = 10 * 1024 * 1024;

/**
 * Whether the value is kept aside: its JSON is longer than the threshold. Of a value that is far over it by the rough count the text is not made
 * to know; long lists of very short items may be kept aside a little below it.
 */
export function isLargeJson(value: Json): boolean {
  if (!isLargerThan(value, referenceThreshold)) return false;
  return isLargerThan(value, 4 * referenceThreshold) || JSON.stringify(value).length > referenceThreshold;
}
