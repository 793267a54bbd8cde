import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkJson, parseJson } from './strict-json.ts';

describe('strict JSON', () => {
  it('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        const parsed = parseJson(text);
        // A generated key may be one of the refused ones.
        if (parsed.ok) expect(JSON.stringify(parsed.value)).toBe(text);
        else expect(parsed.message).toContain('is not allowed');
      }),
    );
  });

  it('refuses exactly what JSON.parse refuses, with a place', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().chain((text) => fc.nat(text.length).map((at) => text.slice(0, at) + text.slice(at + 1))),
        ),
        (text) => {
          let isJson = true;
          try {
            JSON.parse(text);
          } catch {
            isJson = false;
          }
          const parsed = parseJson(text);
          expect(isJson || !parsed.ok).toBe(true);
          expect(parsed.ok || (parsed.line >= 1 && parsed.column >= 1 && parsed.message.length > 0)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['', 1, 1, 'There is nothing to read.'],
    ['{\n  "a": 1,\n}', 3, 1, 'Expected a key in double quotes.'],
    ['{\n  "a" 1\n}', 2, 7, 'Expected ":" after the key.'],
    ['[1 2]', 1, 4, 'Expected "," or "]".'],
    ['[1, nope]', 1, 5, 'Unexpected "n".'],
    ['{"a": 1', 1, 8, 'The text ends too early.'],
    ['1 2', 1, 3, 'There is text after the end of the value.'],
    ['{"a": "x\n"}', 1, 7, 'This text is not closed, or holds a character that needs a backslash.'],
    ["{'a': 1}", 1, 2, 'Expected a key in double quotes.'],
  ])('places the error in %j', (text, line, column, message) => {
    expect(parseJson(text)).toEqual({ ok: false, line, column, message });
  });

  it.each([
    ['{"__proto__": {"admin": true}}', 'The key "__proto__" is not allowed.'],
    ['{"a": [{"constructor": 1}]}', 'The key "constructor" is not allowed.'],
    ['{"prototype": 1}', 'The key "prototype" is not allowed.'],
    ['{"$payload": "0123", "bytes": 1}', 'The key "$payload" is not allowed.'],
    ['['.repeat(65) + ']'.repeat(65), 'The value is nested more than 64 levels deep.'],
    ['['.repeat(200_000) + ']'.repeat(200_000), 'The value is nested more than 64 levels deep.'],
  ])('refuses %.40j', (text, message) => {
    expect(parseJson(text)).toMatchObject({ ok: false, message });
  });

  it('takes 64 levels', () => {
    expect(parseJson('['.repeat(64) + ']'.repeat(64)).ok).toBe(true);
  });

  it('tells where a refused key is', () => {
    expect(checkJson({ nodes: [{ config: JSON.parse('{"__proto__": 1}') as unknown }] })?.path).toBe('nodes.0.config.__proto__');
  });

  it('refuses what is not JSON', () => {
    for (const value of [undefined, Number.NaN, Infinity, () => 1, 1n, Symbol('x'), new Map(), { a: undefined }, [new Set()]])
      expect(checkJson(value)).toBeDefined();
    for (const value of [null, 0, '', [], {}, Object.create(null), { a: [1, 'x', { b: null }] }]) expect(checkJson(value)).toBeUndefined();
  });
});
