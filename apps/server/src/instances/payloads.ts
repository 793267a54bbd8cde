import { isPayloadRef, type Json, type PayloadRef } from '@perdure/graph';
import type { PayloadStore } from '@perdure/runtime';

/** Puts the kept values back where the references stand. A kept value may itself hold references. */
export async function withPayloads(value: Json, payloads: PayloadStore): Promise<Json> {
  return replaceReferences(value, async (ref) => withPayloads((await payloads.load(ref.$payload)) ?? null, payloads));
}

/** Shows the beginning of each kept value instead: `{ $payload, $preview, bytes }`. */
export async function withPreviews(value: Json, payloads: PayloadStore): Promise<Json> {
  return replaceReferences(value, async (ref) => {
    const text = JSON.stringify((await payloads.load(ref.$payload)) ?? null);
    return { $payload: ref.$payload, $preview: text.slice(0, previewLength), bytes: ref.bytes };
  });
}

/** The references a value holds, in its order; not those in the values they stand for. */
export function* referencesIn(value: Json): Generator<PayloadRef> {
  if (typeof value !== 'object' || value === null) return;
  if (isPayloadRef(value)) yield value;
  else for (const inner of Array.isArray(value) ? value : Object.values(value)) yield* referencesIn(inner);
}

const previewLength = 2_000;

async function replaceReferences(value: Json, replacement: (ref: { $payload: string; bytes: number }) => Promise<Json>): Promise<Json> {
  if (isPayloadRef(value)) return replacement(value);
  if (!mentionsReference(value)) return value;
  if (Array.isArray(value)) return Promise.all(value.map((inner) => replaceReferences(inner, replacement)));
  const entries = Object.entries(value as Record<string, Json>); // neither null nor a scalar mentions one
  return Object.fromEntries(
    await Promise.all(entries.map(async ([key, inner]) => [key, await replaceReferences(inner, replacement)] as const)),
  );
}

/** Most values hold none: this walk makes no promises and no copies. */
function mentionsReference(value: Json): boolean {
  return referencesIn(value).next().done === false;
}
