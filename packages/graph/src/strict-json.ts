import type { Json } from './json.ts';

export type ParsedJson = { ok: true; value: Json } | { ok: false; message: string; line: number; column: number };

/** JSON text → value, refusing what `checkJson` refuses. `line` and `column` count from 1; for refused content they are those of the document's start. */
export function parseJson(text: string): ParsedJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Engines word their messages differently and often leave the position out, so it is found here.
    const error = locateSyntaxError(text);
    return { ok: false, message: error.message, ...positionOf(text, error.at) };
  }
  const refusal = checkJson(value);
  if (refusal) return { ok: false, message: refusal.message, line: 1, column: 1 };
  return { ok: true, value: value as Json }; // JSON.parse gives nothing else
}

export interface JsonRefusal {
  message: string;
  /** Where in the value: `nodes.3.config`. */
  path: string;
}

export const maxJsonDepth = 64;

/**
 * Guards every entrance: undefined when `value` is plain JSON that is safe to keep and merge, else what is wrong with it.
 * Refuses keys that reach a prototype, keys the runtime reserves for payload references, nesting beyond 64 levels, and anything that is not JSON.
 */
export function checkJson(value: unknown): JsonRefusal | undefined {
  const open: { value: unknown; parent: Place | null; key: string | number }[] = [{ value, parent: null, key: '' }];
  while (open.length > 0) {
    const { value: current, parent, key } = open.pop()!;
    if (current === null || typeof current === 'string' || typeof current === 'boolean') continue;
    if (typeof current === 'number') {
      if (Number.isFinite(current)) continue;
      return refuse('A number is not finite.', parent, key);
    }
    if (typeof current !== 'object') return refuse(`A ${typeof current} is not JSON.`, parent, key);
    const place: Place = { parent, key, depth: parent ? parent.depth + 1 : 1 };
    if (place.depth > maxJsonDepth) return refuse(`The value is nested more than ${maxJsonDepth} levels deep.`, parent, key);
    if (Array.isArray(current)) {
      for (let i = current.length - 1; i >= 0; i--) open.push({ value: current[i], parent: place, key: i });
      continue;
    }
    const prototype: unknown = Object.getPrototypeOf(current);
    // A plain object of another realm (a test runner's sandbox, an iframe) has a prototype that itself has none.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return refuse('Only plain objects are JSON.', parent, key);
    for (const name of Object.keys(current)) {
      if (refusedKeys.has(name)) return refuse(`The key "${name}" is not allowed.`, place, name);
      // Own by Object.keys, so reading it never meets a prototype.
      open.push({ value: (current as Record<string, unknown>)[name], parent: place, key: name });
    }
  }
  return undefined;
}

const refusedKeys = new Set(['__proto__', 'constructor', 'prototype', '$payload']);

interface Place {
  parent: Place | null;
  key: string | number;
  depth: number;
}

function refuse(message: string, parent: Place | null, key: string | number): JsonRefusal {
  const path: (string | number)[] = [key];
  for (let place = parent; place?.parent; place = place.parent) path.unshift(place.key);
  return { message, path: parent ? path.join('.') : '' };
}

function positionOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return { line, column: at - before.lastIndexOf('\n') };
}

/** Scans text that JSON.parse refused. Keeps its own stack, so nesting cannot exhaust the call stack. */
function locateSyntaxError(text: string): { message: string; at: number } {
  const space = /[ \t\n\r]*/y;
  const scalar =
    /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
  const closers: ('}' | ']')[] = [];
  let at = 0;
  let expects: 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'next' = 'value';
  const skip = (): void => {
    space.lastIndex = at;
    space.test(text);
    at = space.lastIndex;
  };
  const readScalar = (): string | undefined => {
    if (text[at] === '"') {
      const end = endOfString(text, at);
      if (end === undefined) return undefined;
      const token = text.slice(at, end);
      at = end;
      return token;
    }
    scalar.lastIndex = at;
    const token = scalar.exec(text)?.[0];
    if (token !== undefined) at = scalar.lastIndex;
    return token;
  };
  for (;;) {
    skip();
    const char = text[at];
    if (char === undefined) return { message: text.trim() === '' ? 'There is nothing to read.' : 'The text ends too early.', at };
    const closer = closers.at(-1);
    if (expects === 'next') {
      if (closer === undefined) return { message: 'There is text after the end of the value.', at };
      if (char === closer) closers.pop();
      else if (char === ',') expects = closer === '}' ? 'key' : 'value';
      else return { message: `Expected "," or "${closer}".`, at };
      at++;
      continue;
    }
    if ((expects === 'keyOrEnd' || expects === 'valueOrEnd') && char === closer) {
      closers.pop();
      expects = 'next';
      at++;
      continue;
    }
    if (expects === 'key' || expects === 'keyOrEnd') {
      if (char !== '"') return { message: 'Expected a key in double quotes.', at };
      if (readScalar() === undefined) return { message: 'This text is not closed, or holds a character that needs a backslash.', at };
      skip();
      if (text[at] !== ':') return { message: 'Expected ":" after the key.', at };
      at++;
      expects = 'value';
      continue;
    }
    if (char === '{' || char === '[') {
      closers.push(char === '{' ? '}' : ']');
      expects = char === '{' ? 'keyOrEnd' : 'valueOrEnd';
      at++;
      continue;
    }
    if (readScalar() === undefined) {
      return {
        message: char === '"' ? 'This text is not closed, or holds a character that needs a backslash.' : `Unexpected "${char}".`,
        at,
      };
    }
    expects = 'next';
  }
}

/** Behind the closing quote of the string that begins at `start`. Not one pattern: the engine's stack does not hold a string of megabytes. */
function endOfString(text: string, start: number): number | undefined {
  const special = /["\\\u0000-\u001f]/g;
  const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
  special.lastIndex = start + 1;
  for (let found = special.exec(text); found; found = special.exec(text)) {
    if (found[0] === '"') return special.lastIndex;
    escape.lastIndex = found.index;
    if (!escape.test(text)) return undefined;
    special.lastIndex = escape.lastIndex;
  }
  return undefined;
}
