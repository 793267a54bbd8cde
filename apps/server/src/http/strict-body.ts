/** JSON bodies as strictly as they are read everywhere: no broken text, no guarded keys, no key twice, no deep nesting. */
import { checkJson, type Json, parseJson } from '@perdure/graph';
import { RequestError } from '../errors/request-error.ts';

export function readJsonBody(text: string): Json {
  const parsed = parseJson(text);
  if (!parsed.ok) {
    // The parser words both faults; only broken text has a place in it.
    if (isJsonText(text)) throw refusedKey(text, parsed.message);
    throw new RequestError('body.invalid-json', `The body is not JSON: ${parsed.message} (line ${parsed.line}, column ${parsed.column})`, {
      details: { line: parsed.line, column: parsed.column },
    });
  }
  const twice = findDuplicateKey(text);
  if (twice !== undefined)
    throw new RequestError('body.refused-key', `The body holds the key "${twice}" twice in one object. Keep one of them.`, {
      details: { key: twice },
    });
  return parsed.value;
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function refusedKey(text: string, message: string): RequestError {
  const path = checkJson(JSON.parse(text))?.path ?? '';
  return new RequestError(
    'body.refused-key',
    path === '' ? message : `${message} It is at ${path}.`,
    path === '' ? {} : { details: { path } },
  );
}

/** The first key that stands twice in one object. `text` must be JSON. */
export function findDuplicateKey(text: string): string | undefined {
  // Not one pattern for whole strings: the engine's stack does not hold one of several megabytes.
  const mark = /["{}[\],:]/g;
  const open: (Set<string> | null)[] = [];
  let expectsKey = false;
  for (let match = mark.exec(text); match; match = mark.exec(text)) {
    switch (match[0]) {
      case '{':
        open.push(new Set());
        expectsKey = true;
        break;
      case '[':
        open.push(null);
        expectsKey = false;
        break;
      case '}':
      case ']':
        open.pop();
        expectsKey = false;
        break;
      case ',':
        expectsKey = open.at(-1) instanceof Set;
        break;
      case ':':
        expectsKey = false;
        break;
      default: {
        const end = endOfString(text, match.index);
        if (expectsKey) {
          const keys = open.at(-1);
          const key = JSON.parse(text.slice(match.index, end)) as string; // from quote to quote it is a JSON string
          if (keys?.has(key)) return key;
          keys?.add(key);
        }
        mark.lastIndex = end;
      }
    }
  }
  return undefined;
}

/** Behind the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return quote + 1;
  }
  return text.length;
}
