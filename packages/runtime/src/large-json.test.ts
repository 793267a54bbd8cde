import fc from 'fast-check';
import type { Json } from '@perdure/graph';
import { describe, expect, it } from 'vitest';
import { Portions } from './portions.ts';
import { readLargeJson } from './read-large-json.ts';
import { storableJson } from './storable-json.ts';
import { writeLargeJson } from './write-large-json.ts';

const portions = new Portions();

async function written(value: Json): Promise<string> {
  return Buffer.from((await writeLargeJson(value, portions)) ?? []).toString();
}

const read = async (text: string): Promise<Json> => (await readLargeJson(Buffer.from(text), portions)).value;

/** Large in many ways: each leaf may stand for much. */
const padded = fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.repeat(text.length > 5 ? 9_000 : 1));
const large = fc.jsonValue({ maxDepth: 4 }).chain((around) =>
  fc.record({ around: fc.constant(around), texts: fc.array(padded, { maxLength: 30 }), text: padded }).chain((parts) =>
    fc.constantFrom<Json>(
      parts as unknown as Json, // of JSON
      [parts.texts, ...parts.texts, around as Json, { [parts.text]: parts.texts, again: [parts.texts, [], {}, around as Json] }],
      Array.from({ length: 3_000 }, (_, i) => ({
        id: i,
        [parts.text.slice(0, 3)]: parts.text.slice(0, 5),
        around: i % 500 === 0 ? (around as Json) : i,
      })),
    ),
  ),
);

describe('large JSON in portions', () => {
  it('is written as JSON.stringify writes it, and mended', async () => {
    await fc.assert(
      fc.asyncProperty(large, async (value) => {
        const text = await written(value);
        expect(text).toBe(JSON.stringify(storableJson(value)));
      }),
      { numRuns: 25 },
    );
  });

  it('is read as JSON.parse reads it', async () => {
    await fc.assert(
      fc.asyncProperty(large, async (value) => {
        const text = JSON.stringify(value).toWellFormed();
        expect(await read(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 25 },
    );
  });

  it('keeps what is written in special ways', async () => {
    const pad = 'p'.repeat(20_000);
    const odd = {
      pad,
      absent: undefined,
      when: new Date(0),
      list: [undefined, () => 1, pad, Number.NaN, [pad, new Date(0)], { toJSON: () => undefined, pad }, { toJSON: () => pad, pad }],
      class: new (class {
        pad = pad;
      })(),
      only: { toJSON: undefined, absent: undefined, pad },
      bytes: Buffer.from(pad),
      keys: { 2: pad, 1: pad, b: 1, a: 2 },
    } as unknown as Json; // what an activity in plain JavaScript may give
    expect(await written(odd)).toBe(JSON.stringify(odd));
    const nothing = Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`key${i}`, undefined])) as unknown as Json;
    expect(await written([nothing, pad])).toBe(JSON.stringify([nothing, pad]));
    expect(await written(nothing)).toBe('{}');
  });

  it('has `__proto__` as a key like others', async () => {
    const pad = 'p'.repeat(20_000);
    for (const text of [
      `{"__proto__":{"pad":"${pad}"},"pad":"${pad}"}`,
      `[{"__proto__":1,"a":2},"${pad}"]`,
      `{"pad":"${pad}","__proto__":1}`,
    ]) {
      const value = await read(text);
      expect(value).toEqual(JSON.parse(text));
      expect(await written(value)).toBe(text);
    }
  });

  it('takes characters apart nowhere, and mends a text cut between backslashes', async () => {
    for (const unit of ['🙂', 'a🙂', '\\', '\\\\u0000', '"', '\0', '\uD800', 'é']) {
      const text = unit.repeat(40_000);
      const json = await written({ text });
      expect(json).toBe(JSON.stringify(storableJson({ text })));
      expect(await read(json)).toEqual(storableJson({ text }));
    }
  });

  it('stops at its limit, and refuses what contains itself', async () => {
    const list = Array.from({ length: 10_000 }, (_, i) => i);
    const { length } = JSON.stringify(list);
    expect(await writeLargeJson(list, portions, length)).toHaveLength(length);
    expect(await writeLargeJson(list, portions, length - 1)).toBeNull();
    const endless: Json[] = [list];
    endless.push(endless);
    await expect(writeLargeJson(endless, portions)).rejects.toThrow(TypeError);
  });

  it('tells of references, wherever they are', async () => {
    const pad = 'p'.repeat(20_000);
    const refers = async (value: Json): Promise<boolean> => (await readLargeJson(Buffer.from(JSON.stringify(value)), portions)).refers;
    const reference = { $payload: 'h', bytes: 1 };
    for (const value of [
      reference,
      { pad, reference },
      [pad, [1, reference]],
      { $payload: pad },
      { [pad]: [reference] },
      [[pad, { a: [reference] }]],
    ])
      expect(await refers(value), JSON.stringify(value).replace(pad, 'pad')).toBe(true);
    expect(await refers({ pad, payload: '"$payload"', list: [pad, 'payload'] })).toBe(false);
  });

  it('reads and writes what is nested deeply', async () => {
    const depth = 3_000;
    const text = `${'[1,'.repeat(depth)}"${'x'.repeat(30_000)}"${']'.repeat(depth)}`;
    expect(await written(await read(text))).toBe(text);
  });

  it('refuses what is not JSON', async () => {
    const pad = 'p'.repeat(20_000);
    for (const text of [
      '',
      `["${pad}"`,
      `["${pad}",]`,
      `{"${pad}"}`,
      `{"${pad}":1`,
      `["${pad}"]]`,
      `["${pad}" 1]`,
      `{"a":"${pad}",}`,
      `"${pad}`,
      `[[1,"${pad}"}]`,
    ])
      await expect(read(text), text.replace(pad, 'pad')).rejects.toThrow(SyntaxError);
  });
});
