/** JSON bodies as strictly as they are read everywhere: no broken text, no guarded keys, no key twice, no deep nesting. */
import { checkJson, type Json, maxJsonDepth, parseJson } from '@perdure/graph';
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
  if (twice !== undefined) throw new RequestError('body.refused-key', `The body holds the key "${twice}" twice in one object. Keep one of them.`, { details: { key: twice } });
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
  return new RequestError('body.refused-key', path === '' ? message : `${message} It is at ${path}.`, path === '' ? {} : { details: { path } });
}

/** The first key that stands twice in one object. `text` must be JSON of moderate depth: the scan relies on it. */
export function findDuplicateKey(text: string): string | undefined {
  const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;
  const open: (Set<string> | null)[] = [];
  let expectsKey = false;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [mark] = match;
    if (mark === '{') {
      open.push(new Set());
      expectsKey = true;
    } else if (mark === '[') {
      open.push(null);
      expectsKey = false;
    } else if (mark === '}' || mark === ']') {
      open.pop();
      expectsKey = false;
    } else if (mark === ',') expectsKey = open.at(-1) instanceof Set;
    else if (mark === ':') expectsKey = false;
    else if (expectsKey) {
      const keys = open.at(-1);
      const key = JSON.parse(mark) as string; // the token is a JSON string
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
    if (open.length > maxJsonDepth + 1) return undefined;
  }
  return undefined;
}
