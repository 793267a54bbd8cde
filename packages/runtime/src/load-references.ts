import { isPayloadRef, type Json, type PayloadRef } from '@perdure/graph';

/** Puts kept values back where references stand, however deep: what an expression builds may hold them anywhere. `load` gives whole values. */
export function loadReferences(value: Json, load: (reference: PayloadRef) => Promise<Json>): Json | Promise<Json> {
  // Most inputs hold none: then there is no promise and no copy.
  return holdsReference(value) ? loadHeld(value, load) : value;
}

async function loadHeld(value: Json, load: (reference: PayloadRef) => Promise<Json>): Promise<Json> {
  if (isPayloadRef(value)) return load(value);
  if (Array.isArray(value)) return Promise.all(value.map(async (item) => loadReferences(item, load)));
  const entries = Object.entries(value as { [key: string]: Json }); // a scalar holds no reference
  return Object.fromEntries(await Promise.all(entries.map(async ([key, inner]) => [key, await loadReferences(inner, load)] as const)));
}

function holdsReference(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isPayloadRef(value)) return true;
  if (Array.isArray(value)) return value.some(holdsReference);
  for (const key in value) if (holdsReference(value[key] as Json)) return true;
  return false;
}
