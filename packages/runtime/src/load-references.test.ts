import { expect, test } from 'vitest';
import type { Json } from '@perdure/graph';
import { loadReferences } from './load-references.ts';

const kept: Record<string, Json> = { big: ['x', { $payload: 'bigger', bytes: 9 }], bigger: 'y' };
const load = async (value: Json) => kept[(value as { $payload: string }).$payload] ?? null;

test('references are replaced at every depth, also inside kept values', async () => {
  const input: Json = { url: 'u', body: { rows: [1, { $payload: 'big', bytes: 9 }] } };
  expect(await loadReferences(input, load)).toEqual({ url: 'u', body: { rows: [1, ['x', 'y']] } });
  expect(await loadReferences({ $payload: 'bigger', bytes: 9 }, load)).toBe('y');
});

test('a value without references is handed on as it is', async () => {
  const input: Json = { a: [1, { b: null }] };
  expect(await loadReferences(input, load)).toBe(input);
});
