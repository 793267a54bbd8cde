import type { Json } from '@perdure/graph';
import { builtinFunctions, type BuiltinFunction } from './builtin-functions.ts';
import { describeType, isInCode, pathBefore, valuesAt } from './completion.ts';

/** The call the cursor stands inside of, for its signature. `argument`: which one, from 0. */
export interface OpenCall {
  builtin: BuiltinFunction;
  argument: number;
  /** Where the name begins. */
  from: number;
}

export function callAt(source: string, cursor: number): OpenCall | null {
  if (!isInCode(source.slice(0, cursor))) return null;
  const open: { at: number; commas: number }[] = [];
  for (let at = 0; at < cursor; at += 1) {
    const character = source[at]!; // at < length
    if (character === '"' || character === "'" || character === '`') at = endOfQuoted(source, at, character);
    else if (character === '/' && source[at + 1] === '*') at = indexOrEnd(source, '*/', at + 2) + 1;
    else if ('([{'.includes(character)) open.push({ at, commas: 0 });
    else if (')]}'.includes(character)) open.pop();
    else if (character === ',' && open.length > 0) open[open.length - 1]!.commas += 1; // it has one
  }
  const innermost = open.at(-1);
  if (!innermost || source[innermost.at] !== '(') return null;
  const name = /\$[\p{L}\p{N}_]+\s*$/u.exec(source.slice(0, innermost.at));
  const builtin = name && builtinFunctions.find((one) => one.name === name[0].trim());
  return builtin ? { builtin, argument: innermost.commas, from: name.index } : null;
}

/** What stands at a place in the source: a built-in function, or a name in a path with what the data holds there. */
export type Hovered = { from: number; to: number } & (
  | { kind: 'function'; builtin: BuiltinFunction }
  | { kind: 'path'; path: string[]; value: Json | undefined; type: string }
);

export function hoverAt(
  source: string,
  position: number,
  sample: { readonly [name: string]: Json },
  shape: { readonly [name: string]: Json } = {},
): Hovered | null {
  if (!isInCode(source.slice(0, position))) return null;
  for (const token of source.matchAll(/\$[\p{L}\p{N}_]+|`[^`]*`|[\p{L}_][\p{L}\p{N}_]*/gu)) {
    const from = token.index;
    const to = from + token[0].length;
    if (position < from) return null;
    if (position >= to) continue;
    if (token[0].startsWith('$')) {
      const builtin = builtinFunctions.find(({ name }) => name === token[0]);
      return builtin ? { from, to, kind: 'function', builtin } : null;
    }
    const before = pathBefore(source.slice(0, from));
    if (before === null) return null;
    const path = [...before, token[0].replaceAll('`', '')];
    const [value] = valuesAt([sample], before).flatMap((one) => at(one, path.at(-1)!)); // it has the token
    const [known] = valuesAt([shape], before).flatMap((one) => at(one, path.at(-1)!));
    if (value === undefined && known === undefined) return null;
    return { from, to, kind: 'path', path, value, type: describeType(value ?? known) };
  }
  return null;
}

function at(value: Json, name: string): Json[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name) ? [value[name]!] : [];
}

function endOfQuoted(source: string, start: number, quote: string): number {
  let at = start + 1;
  while (at < source.length && source[at] !== quote) at += source[at] === '\\' && quote !== '`' ? 2 : 1;
  return at;
}

function indexOrEnd(source: string, text: string, from: number): number {
  const index = source.indexOf(text, from);
  return index === -1 ? source.length : index;
}
