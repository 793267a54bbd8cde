import { isPayloadRef, type Json, type PayloadRef } from '@perdure/graph';
import type { Demand } from './demand.ts';
import type { EntityScope, ExpressionScope } from './evaluation.ts';

/**
 * Puts loaded payloads in the place of their references, as far as the demands look. Data is never changed: what differs is copied
 * along the way. `missing` are the references to load before trying again; with none missing, `scope` is ready.
 */
export function resolveDemands(
  scope: ExpressionScope | EntityScope,
  demands: readonly Demand[],
  loaded: ReadonlyMap<string, Json>,
): { scope: ExpressionScope | EntityScope; missing: PayloadRef[] } {
  const missing = new Map<string, PayloadRef>();

  function resolve(value: Json, path: readonly string[], at: number, whole: boolean): Json {
    if (typeof value !== 'object' || value === null) return value;
    const arrived = at >= path.length;
    if (isPayloadRef(value)) {
      if (arrived && !whole) return value;
      const content = loaded.get(value.$payload);
      if (content === undefined) {
        missing.set(value.$payload, value);
        return value;
      }
      return resolve(content, path, at, whole);
    }
    if (arrived && !whole) return value;
    if (Array.isArray(value)) {
      // A path over a list flattens what it finds, so a reference in there has to show what it stands for.
      const items = value.map((item) => resolve(item, path, at, true));
      return items.every((item, index) => item === value[index]) ? value : items;
    }
    const names = arrived ? Object.keys(value) : [path[at]!]; // at < length
    let copy: { [key: string]: Json } | null = null;
    for (const name of names) {
      if (!Object.hasOwn(value, name)) continue;
      const before = value[name] as Json; // own key
      const after = resolve(before, path, at + 1, whole);
      if (after === before) continue;
      copy ??= { ...value };
      copy[name] = after;
    }
    return copy ?? value;
  }

  let resolved = scope as unknown as Json; // its optional fields are absent rather than undefined
  for (const { path, whole } of demands) resolved = resolve(resolved, path, 0, whole);
  // Same shape: only references inside it were replaced.
  return { scope: resolved as unknown as ExpressionScope | EntityScope, missing: [...missing.values()] };
}
