import { isPayloadRef, type Json } from '@perdure/graph';

/** Puts kept values back where references stand, however deep: what an expression builds may hold them anywhere. */
export async function loadReferences(value: Json, load: (value: Json) => Json | Promise<Json>): Promise<Json> {
  if (!holdsReference(value)) return value;
  if (isPayloadRef(value)) return loadReferences(await load(value), load);
  if (Array.isArray(value)) return Promise.all(value.map((item) => loadReferences(item, load)));
  const entries = Object.entries(value as { [key: string]: Json }); // a scalar holds no reference
  return Object.fromEntries(await Promise.all(entries.map(async ([key, inner]) => [key, await loadReferences(inner, load)] as const)));
}

/** Most inputs hold none: this walk makes no promise and no copy. */
function holdsReference(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isPayloadRef(value)) return true;
  return (Array.isArray(value) ? value : Object.values(value)).some(holdsReference);
}
