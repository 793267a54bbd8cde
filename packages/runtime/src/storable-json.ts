import type { Json } from '@perdure/graph';

/**
 * Makes a value that came from outside storable: Postgres refuses U+0000 and lone surrogates in JSON, which become U+FFFD.
 * Gives the same object back when there was nothing to mend.
 */
export function storableJson(value: Json): Json {
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    let copy: Json[] | null = null;
    for (let i = 0; i < value.length; i += 1) {
      const before = value[i] as Json;
      const after = storableJson(before);
      if (after !== before) (copy ??= [...value])[i] = after;
    }
    return copy ?? value;
  }
  let changed = false;
  const entries = Object.entries(value).map(([key, before]): [string, Json] => {
    const after = storableJson(before);
    const name = storableText(key);
    if (after !== before || name !== key) changed = true;
    return [name, after];
  });
  return changed ? Object.fromEntries(entries) : value;
}

export function storableText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\uFFFD') : wellFormed;
}

/** Whether the value's JSON is longer than `limit` characters; stops counting there. */
export function isLargerThan(value: Json, limit: number): boolean {
  let left = limit;
  const visit = (node: Json): boolean => {
    if (typeof node === 'string') left -= node.length + 2;
    else if (typeof node === 'object' && node !== null) {
      left -= 2;
      if (Array.isArray(node)) {
        for (const item of node) {
          left -= 1;
          if (left < 0 || visit(item)) return true;
        }
      } else {
        for (const key in node) {
          left -= key.length + 4;
          if (left < 0 || visit(node[key] as Json)) return true;
        }
      }
    } else left -= 8;
    return left < 0;
  };
  return visit(value);
}
