/** JSON.parse for texts that may be large, in portions: the same value, of UTF-8 as `writeLargeJson` gives it. */
import type { Json } from '@perdure/graph';
import type { Portions } from './portions.ts';

/** `refers`: false when no key in it is that of a reference. */
export interface LargeValue {
  value: Json;
  refers: boolean;
}

/** Rejects with a SyntaxError when it is not JSON without spaces. */
export function readLargeJson(utf8: Uint8Array, portions: Portions): Promise<LargeValue> {
  return portions.run('last', reading(Buffer.from(utf8.buffer, utf8.byteOffset, utf8.byteLength)));
}

function* reading(utf8: Buffer): Reading<LargeValue> {
  const reader = new Reader(utf8);
  const value = yield* reader.value(0);
  if (reader.at !== utf8.byteLength) throw unexpected(reader.at);
  return { value, refers: reader.refers };
}

/** Bytes parsed in one go, about: some tens of microseconds. */
const pieceBytes = 16 * 1024;
/** Lists and objects inside each other that are taken apart; the rest is JSON.parse's. */
const deepest = 64;

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];
/** `$p`, of `$payload`. */
const [dollar, p] = [0x24, 0x70];

type Reading<Value> = Generator<undefined, Value, undefined>;

/** Goes over the bytes to see where values end, and leaves making them to JSON.parse. */
class Reader {
  readonly #bytes: Buffer;
  /** For one piece with brackets around it. */
  readonly #scratch = Buffer.allocUnsafeSlow(pieceBytes + 2);
  at = 0;
  /** A text that begins as a reference's key does was met. */
  refers = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The value that begins here. */
  *value(depth: number): Reading<Json> {
    const end = this.#endOfValue(this.at, depth < deepest ? pieceBytes : Infinity);
    const opening = this.#bytes[this.at];
    if (end === null && opening === openList) return yield* this.#list(depth);
    if (end === null && opening === openObject) return yield* this.#object(depth);
    const from = this.at;
    this.at = end ?? (opening === quote ? this.#endOfLongText(from) : (this.#endOfValue(from, Infinity) ?? this.#bytes.length));
    return JSON.parse(this.#text(from, this.at)) as Json; // what it stands for
  }

  *#list(depth: number): Reading<Json[]> {
    const list: Json[] = [];
    for (this.at += 1; ; this.at += 1) {
      const from = this.at;
      // As many items as make a piece; none when the first is larger.
      let to = from;
      for (let next = from; ; next += 1) {
        const end = this.#endOfValue(next, pieceBytes - (next - from));
        if (end === null) break;
        to = end;
        if (this.#bytes[end] !== comma) break;
        next = end;
      }
      if (to === from) list.push(yield* this.value(depth + 1));
      else {
        for (const item of JSON.parse(this.#enclosed(openList, from, to, closeList)) as Json[]) list.push(item);
        this.at = to;
        yield;
      }
      if (this.#closes(closeList)) return list;
    }
  }

  *#object(depth: number): Reading<{ [key: string]: Json }> {
    const object: { [key: string]: Json } = {};
    for (this.at += 1; ; this.at += 1) {
      const from = this.at;
      let to = from;
      for (let next = from; ; next += 1) {
        const end = this.#endOfMember(next, pieceBytes - (next - from));
        if (end === null) break;
        to = end;
        if (this.#bytes[end] !== comma) break;
        next = end;
      }
      if (to === from) {
        const colonAt = this.#endOfText(from, pieceBytes) ?? this.#endOfLongText(from);
        if (this.#bytes[colonAt] !== colon) throw unexpected(colonAt);
        this.at = colonAt + 1;
        put(object, JSON.parse(this.#text(from, colonAt)) as string, yield* this.value(depth + 1)); // a key begins with a quote
      } else {
        for (const [key, member] of Object.entries(
          JSON.parse(this.#enclosed(openObject, from, to, closeObject)) as { [key: string]: Json },
        ))
          put(object, key, member);
        this.at = to;
        yield;
      }
      if (this.#closes(closeObject)) return object;
    }
  }

  /** Whether the list or object ends here; if not, it goes on behind a comma. */
  #closes(closing: number): boolean {
    const byte = this.#bytes[this.at];
    if (byte === closing) {
      this.at += 1;
      return true;
    }
    if (byte !== comma) throw unexpected(this.at);
    return false;
  }

  #text(from: number, to: number): string {
    return this.#bytes.toString('utf8', from, to);
  }

  /** Cheaper than adding to a text: that would be copied once more. */
  #enclosed(opening: number, from: number, to: number, closing: number): string {
    const scratch = this.#scratch;
    scratch[0] = opening;
    this.#bytes.copy(scratch, 1, from, to);
    scratch[to - from + 1] = closing;
    return scratch.toString('utf8', 0, to - from + 2);
  }

  /** Behind the value that begins at `from`; null when it is more than `limit` bytes. */
  #endOfValue(from: number, limit: number): number | null {
    const bytes = this.#bytes;
    const last = Math.min(bytes.length, from + limit);
    let depth = 0;
    for (let at = from; at < last;) {
      const byte = bytes[at];
      if (byte === quote) {
        const end = this.#endOfText(at, last - at);
        if (end === null) return null;
        at = end;
      } else {
        at += 1;
        if (byte === openList || byte === openObject) {
          depth += 1;
          continue;
        }
        if (byte === closeList || byte === closeObject) depth -= 1;
        else if (depth > 0 || (at < bytes.length && !endsScalar(bytes[at]))) continue;
      }
      if (depth === 0) return at;
    }
    return null;
  }

  #endOfMember(from: number, limit: number): number | null {
    const colonAt = this.#endOfText(from, limit);
    if (colonAt === null) return null;
    if (this.#bytes[colonAt] !== colon) throw unexpected(colonAt);
    return this.#endOfValue(colonAt + 1, limit - (colonAt + 1 - from));
  }

  /** Behind the text's closing quote. */
  #endOfText(from: number, limit: number): number | null {
    const bytes = this.#bytes;
    if (bytes[from] !== quote) throw unexpected(from);
    if (bytes[from + 1] === dollar && bytes[from + 2] === p) this.refers = true;
    const last = Math.min(bytes.length, from + limit);
    for (let at = from + 1; at < last; at += 1) {
      const byte = bytes[at];
      if (byte === backslash) at += 1;
      else if (byte === quote) return at + 1;
    }
    return null;
  }

  /** The same for one that is long for certain. */
  #endOfLongText(from: number): number {
    const bytes = this.#bytes;
    for (let at = bytes.indexOf(quote, from + 1); at !== -1; at = bytes.indexOf(quote, at + 1)) {
      let before = at;
      while (bytes[before - 1] === backslash) before -= 1;
      if ((at - before) % 2 === 0) return at + 1;
    }
    throw unexpected(bytes.length);
  }
}

function endsScalar(byte: number | undefined): boolean {
  return byte === comma || byte === closeList || byte === closeObject;
}

function put(object: { [key: string]: Json }, key: string, member: Json): void {
  // Set plainly it would become the prototype.
  if (key === '__proto__') Object.defineProperty(object, key, { value: member, enumerable: true, configurable: true, writable: true });
  else object[key] = member;
}

function unexpected(at: number): SyntaxError {
  return new SyntaxError(`Not JSON without spaces at byte ${at}.`);
}
