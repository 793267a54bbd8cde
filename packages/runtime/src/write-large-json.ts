/**
 * JSON.stringify for values that may be large, in portions: the same text, as UTF-8, mended so that Postgres takes it. Whoever gives a value
 * leaves it alone until it is written.
 */
import type { Json } from '@perdure/graph';
import type { Portions } from './portions.ts';
import { mendedJsonText, roughLength } from './storable-json.ts';

/** Null when the text has more than `limit` characters. Rejects when the value is no JSON: one that contains itself, say. */
export function writeLargeJson(value: Json, portions: Portions, limit = Infinity): Promise<Uint8Array<ArrayBuffer> | null> {
  return portions.run('first', writing(value, limit));
}

/** Characters written in one go, about: some tens of microseconds. */
const pieceLength = 16 * 1024;
/** Lists and objects inside each other that are taken apart. What is deeper, or contains itself, is left to JSON.stringify. */
const deepest = 64;

function* writing(value: Json, limit: number): Generator<undefined, Uint8Array<ArrayBuffer> | null, undefined> {
  const written: Buffer<ArrayBuffer>[] = [];
  let length = 0;
  let bytes = 0;
  for (const { text, before } of pieces(value, 0)) {
    const utf8 = Buffer.from(mendedJsonText(text));
    length += text.length - (before === 'all' ? 0 : before.length === 0 ? 2 : 1);
    if (length > limit) return null;
    // Cutting brackets off the bytes saves making more texts for the garbage collector.
    if (before !== 'all' && before.length > 0) utf8.write(before, 0, 'latin1');
    const part = before === 'all' ? utf8 : utf8.subarray(before.length === 0 ? 1 : 0, -1);
    written.push(part);
    bytes += part.byteLength;
    yield;
  }
  const whole = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  for (const part of written) {
    at += part.copy(whole, at);
    yield;
  }
  return whole;
}

/**
 * JSON of its own, with its brackets or quotes. `before`: of them only what is between them is part of the text, behind this character, or behind
 * nothing; `all`: it is whole, or a part that has none.
 */
interface Piece {
  text: string;
  before: ',' | '[' | '{' | '"' | '' | 'all';
}

function* pieces(value: Json, depth: number): Generator<Piece, void, undefined> {
  const size = roughLength(value, pieceLength);
  if (!isTakenApart(value, size, depth)) yield { text: JSON.stringify(value), before: 'all' };
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

function* piecesOfText(text: string): Generator<Piece, void, undefined> {
  let before: '"' | '' = '"';
  for (let from = 0; from < text.length;) {
    let to = from + pieceLength;
    // Both halves of a character stay together.
    if (to < text.length && text.codePointAt(to - 1) !== text.charCodeAt(to - 1)) to -= 1;
    yield { text: JSON.stringify(text.slice(from, to)), before };
    before = '';
    from = to;
  }
  yield { text: '"', before: 'all' };
}

function* piecesOfList(list: Json[], depth: number): Generator<Piece, void, undefined> {
  let before: '[' | ',' = '[';
  let from = 0;
  let size = 0;
  for (let i = 0; i < list.length; i += 1) {
    const item = list[i] as Json; // below its length
    const own = roughLength(item, pieceLength);
    const apart = isTakenApart(item, own, depth + 1);
    size += own;
    if (!apart && size <= pieceLength) continue;
    if (from < i) {
      yield { text: JSON.stringify(list.slice(from, i)), before };
      before = ',';
    }
    from = i;
    size = own;
    if (!apart) continue;
    yield { text: before, before: 'all' };
    yield* pieces(item, depth + 1);
    before = ',';
    from = i + 1;
    size = 0;
  }
  if (from < list.length) yield { text: JSON.stringify(list.slice(from)), before };
  yield { text: ']', before: 'all' };
}

function* piecesOfObject(object: { [key: string]: Json }, depth: number): Generator<Piece, void, undefined> {
  let before: '{' | ',' = '{';
  let group = emptyGroup();
  let size = 0;
  for (const key of Object.keys(object)) {
    const member = object[key] as Json; // its own key
    const own = roughLength(member, pieceLength);
    const apart = isTakenApart(member, own, depth + 1);
    size += key.length + own;
    if (apart || size > pieceLength) {
      const text = JSON.stringify(group);
      if (text !== '{}') {
        yield { text, before };
        before = ',';
      }
      group = emptyGroup();
      size = key.length + own;
    }
    if (apart) {
      yield { text: `${before}${JSON.stringify(key)}:`, before: 'all' };
      yield* pieces(member, depth + 1);
      before = ',';
      size = 0;
    } else group[key] = member;
  }
  const text = JSON.stringify(group);
  if (text !== '{}') yield { text, before };
  yield { text: text === '{}' && before === '{' ? '{}' : '}', before: 'all' };
}

/** Without a prototype `__proto__` is a key like others. */
function emptyGroup(): { [key: string]: Json } {
  return Object.create(null) as { [key: string]: Json };
}
