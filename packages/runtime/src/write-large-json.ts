/**
 * JSON.stringify for values that may be large, in portions: the same text, as UTF-8, mended so that Postgres takes it. Whoever gives a value
 * leaves it alone until it is written.
 */
import type { Json } from '@perdure/graph';
import type { Portions } from './portions.ts';
import { mendedJsonText, roughLength } from './storable-json.ts';

/** Null when the text has more than `limit` characters. Rejects when the value is no JSON: one that contains itself, say. */
export async function writeLargeJson(value: Json, portions: Portions, limit = Infinity): Promise<Uint8Array<ArrayBuffer> | null> {
  const encoded: Buffer<ArrayBuffer>[] = [];
  let length = 0;
  let until = await portions.next();
  for (const piece of pieces(value, 0)) {
    length += piece.length;
    if (length > limit) return null;
    encoded.push(Buffer.from(mendedJsonText(piece)));
    if (performance.now() >= until) until = await portions.next();
  }
  return Buffer.concat(encoded);
}

/** Characters written in one go, about: some tens of microseconds. */
const pieceLength = 16 * 1024;
/** Lists and objects inside each other that are taken apart. What is deeper, or contains itself, is left to JSON.stringify. */
const deepest = 64;

/** Whole tokens each, or parts of a string between its characters. */
function* pieces(value: Json, depth: number): Generator<string, void, undefined> {
  const size = roughLength(value, pieceLength);
  if (!isTakenApart(value, size, depth)) yield JSON.stringify(value);
  else if (typeof value === 'string') yield* piecesOfText(value);
  else if (Array.isArray(value)) yield* piecesOfList(value, depth);
  else yield* piecesOfObject(value, depth);
}

function isTakenApart(value: Json, size: number, depth: number): value is string | Json[] | { [key: string]: Json } {
  if (size <= pieceLength || depth >= deepest) return false;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true;
  // What else an activity may give has ways of its own to become JSON.
  return Object.getPrototypeOf(value) === Object.prototype && typeof value['toJSON'] !== 'function';
}

function* piecesOfText(text: string): Generator<string, void, undefined> {
  let opening = '"';
  for (let from = 0; from < text.length;) {
    let to = from + pieceLength;
    // Both halves of a character stay together.
    if (to < text.length && text.codePointAt(to - 1) !== text.charCodeAt(to - 1)) to -= 1;
    yield opening + JSON.stringify(text.slice(from, to)).slice(1, -1);
    opening = '';
    from = to;
  }
  yield '"';
}

function* piecesOfList(list: Json[], depth: number): Generator<string, void, undefined> {
  let opening = '[';
  let from = 0;
  let size = 0;
  for (let i = 0; i < list.length; i += 1) {
    const item = list[i] as Json; // below its length
    const own = roughLength(item, pieceLength);
    const apart = isTakenApart(item, own, depth + 1);
    size += own;
    if (!apart && size <= pieceLength) continue;
    if (from < i) {
      yield opening + inside(list.slice(from, i));
      opening = ',';
    }
    from = i;
    size = own;
    if (!apart) continue;
    yield opening;
    yield* pieces(item, depth + 1);
    opening = ',';
    from = i + 1;
    size = 0;
  }
  yield (from < list.length ? opening + inside(list.slice(from)) : '') + ']';
}

function* piecesOfObject(object: { [key: string]: Json }, depth: number): Generator<string, void, undefined> {
  let opening = '{';
  let group = emptyGroup();
  let size = 0;
  for (const key of Object.keys(object)) {
    const member = object[key] as Json; // its own key
    const own = roughLength(member, pieceLength);
    const apart = isTakenApart(member, own, depth + 1);
    size += key.length + own;
    if (apart || size > pieceLength) {
      const written = inside(group);
      if (written !== '') {
        yield opening + written;
        opening = ',';
      }
      group = emptyGroup();
      size = key.length + own;
    }
    if (apart) {
      yield `${opening}${JSON.stringify(key)}:`;
      yield* pieces(member, depth + 1);
      opening = ',';
      size = 0;
    } else group[key] = member;
  }
  const written = inside(group);
  yield written === '' && opening === ',' ? '}' : `${opening}${written}}`;
}

/** Without a prototype `__proto__` is a key like others. */
function emptyGroup(): { [key: string]: Json } {
  return Object.create(null) as { [key: string]: Json };
}

/** Empty when there is nothing in it that JSON has: members that are undefined are left out. */
function inside(group: Json[] | { [key: string]: Json }): string {
  return JSON.stringify(group).slice(1, -1);
}
