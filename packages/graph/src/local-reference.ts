import type { Json } from './json.ts';

/** What a schema's `$ref` within itself (`#/$defs/item`) leads to; undefined when it leads nowhere or elsewhere. */
export function localReference(reference: string, root: Json): Json | undefined {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  let at: Json | undefined = root;
  for (const part of reference.slice(2).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    at = typeof at === 'object' && at !== null && !Array.isArray(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at;
}
