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

/** How JSON.stringify writes U+0000 and lone surrogates. A backslash that is written itself is matched so that none is taken for the beginning of one. */
const unstorableEscapes = /\\(?:\\|u(?:0000|d[89a-f][0-9a-f]{2}))/g;
const maybeUnstorable = /\\u(?:0000|d[89a-f])/;

/** `storableJson` for what JSON.stringify has made, in whole or a part between tokens or characters. */
export function mendedJsonText(json: string): string {
  if (!maybeUnstorable.test(json)) return json;
  return json.replaceAll(unstorableEscapes, (escape) => (escape === '\\\\' ? escape : '\uFFFD'));
}

/** Whether the value's JSON is longer than `limit` characters, about; stops counting there. */
export function isLargerThan(value: Json, limit: number): boolean {
  return roughLength(value, limit) > limit;
}

/** About how long the value's JSON is, counted only as far as `limit`: any answer over it means "more". */
export function roughLength(value: Json, limit: number): number {
  let length = 0;
  const visit = (node: Json): boolean => {
    if (typeof node === 'string') length += node.length + 2;
    else if (typeof node === 'object' && node !== null) {
      length += 2;
      if (Array.isArray(node)) {
        for (const item of node) {
          length += 1;
          if (length > limit || visit(item)) return true;
        }
      } else {
        for (const key in node) {
          length += key.length + 4;
          if (length > limit || visit(node[key] as Json)) return true;
        }
      }
    } else length += 8;
    return length > limit;
  };
  visit(value);
  return length;
}
