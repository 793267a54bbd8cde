import { expect, test } from 'vitest';
import type { Json, PayloadRef } from '@perdure/graph';
import { loadReferences } from './load-references.ts';

const load = async ({ $payload }: PayloadRef): Promise<Json> => `of ${$payload}`;

test('references are replaced at every depth', async () => {
  const input: Json = { url: 'u', body: { rows: [1, { $payload: 'big', bytes: 9 }] } };
  expect(await loadReferences(input, load)).toEqual({ url: 'u', body: { rows: [1, 'of big'] } });
  expect(await loadReferences({ $payload: 'bigger', bytes: 9 }, load)).toBe('of bigger');
});

test('a value without references is handed on as it is', async () => {
  const input: Json = { a: [1, { b: null }] };
  expect(await loadReferences(input, load)).toBe(input);
});
