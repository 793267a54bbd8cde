import type { Json } from '@perdure/graph';

/** For the audit log: of the fields that are set, those that differ, as they were and as they are. Nothing when none does. */
export function changesOf<Fields extends Record<string, Json>>(
  stored: { readonly [Name in keyof Fields]: unknown },
  fields: Fields,
): { before?: Json; after?: Json } {
  const changed = Object.keys(fields).filter((name) => JSON.stringify(stored[name]) !== JSON.stringify(fields[name]));
  if (changed.length === 0) return {};
  return {
    before: Object.fromEntries(changed.map((name) => [name, (stored[name] ?? null) as Json])),
    after: Object.fromEntries(changed.map((name) => [name, fields[name] ?? null])),
  };
}
