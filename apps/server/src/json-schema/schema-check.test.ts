import { afterAll, expect, test } from 'vitest';
import { createSchemaCheck } from './schema-check.ts';

const { check, close } = createSchemaCheck({ limitMs: 800 });
afterAll(close);

/** Runs the work and measures for how long at most nothing else could run here. */
async function longestPause(work: () => Promise<void>): Promise<number> {
  let longest = 0;
  let before = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - before);
    before = performance.now();
  }, 5);
  await work();
  clearInterval(timer);
  return longest;
}

const doubling = (levels: number) => ({
  $ref: '#/$defs/d0',
  $defs: Object.fromEntries(
    Array.from({ length: levels + 1 }, (_, level) => {
      const next = { $ref: `#/$defs/d${level + 1}` };
      return [`d${level}`, level === levels ? { type: 'object' } : { allOf: [next, next] }];
    }),
  ),
});

test('what fits has no problems, what does not has its own', async () => {
  expect(await check({ type: 'object', required: ['id'] }, { id: 1 })).toEqual([]);
  expect(await check(null, 1)).toEqual([]);
  expect(await Promise.all([check({ type: 'string' }, 1), check({ type: 'string' }, 'a'), check(false, 1)])).toMatchObject([
    [{ field: '' }],
    [],
    [{ field: '' }],
  ]);
});

test('a check that would go on for ever is given up, holds nobody up, and the next one is made', async () => {
  const endless = [
    [doubling(40), {}],
    [{ type: 'array', uniqueItems: true }, Array.from({ length: 200_000 }, (_, n) => n)],
    [{ type: 'string', format: 'url' }, `http://${'a'.repeat(3_000)}!`],
  ] as const;
  for (const [schema, value] of endless) {
    const pause = await longestPause(async () => {
      expect(await check(schema, value)).toMatchObject([{ field: '', message: expect.stringContaining('too long') }]);
    });
    expect(pause).toBeLessThan(400);
    expect(await check({ type: 'string' }, 'a')).toEqual([]);
  }
});

test('a schema that refers to itself without end is a problem, not a crash', async () => {
  expect(await check({ $ref: '#' }, {})).toMatchObject([{ field: '' }]);
  expect(await check({ type: 'string' }, 'a')).toEqual([]);
});
