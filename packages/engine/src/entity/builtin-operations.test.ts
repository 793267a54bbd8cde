import { describe, expect, it, test } from 'vitest';
import type { EntityPlan, Json } from '@perdure/graph';
import { builtinOperation } from './builtin-operations.ts';

type Kind = 'counter' | 'value' | 'list' | 'map';

/** Runs operations one after another and gives what the last one answered, with the state. */
function after(kind: Kind, operations: [string, Json?][], first: Json | null = null): { result: Json; state: Json | null } | string {
  let state = first;
  let result: Json = null;
  for (const [name, input = null] of operations) {
    const change = builtinOperation({ version: 1, kind }, name, state, input, 0);
    if (!change) return 'unknown';
    if (!change.ok) return change.failure.code;
    ({ result } = change);
    state = change.state ?? state;
  }
  return { result, state };
}

describe('N10 built-in operations', () => {
  it.each<[Kind, [string, Json?][], Json, Json]>([
    ['counter', [['get']], 0, null],
    ['counter', [['add'], ['add', 4]], 5, 5],
    ['counter', [['subtract', 4]], -4, -4],
    ['counter', [['add', 2], ['reset']], null, 0],
    ['value', [['get']], null, null],
    ['value', [['set', { a: 1 }]], null, { a: 1 }],
    ['value', [['set', { a: 1 }], ['get']], { a: 1 }, { a: 1 }],
    ['list', [['get']], [], null],
    [
      'list',
      [
        ['add', 'x'],
        ['add', null],
      ],
      2,
      ['x', null],
    ],
    [
      'list',
      [
        ['add', { a: 1, b: 2 }],
        ['remove', { b: 2, a: 1 }],
      ],
      true,
      [],
    ],
    [
      'list',
      [
        ['add', 'x'],
        ['remove', 'y'],
      ],
      false,
      ['x'],
    ],
    ['list', [['add', 'x'], ['clear']], null, []],
    ['map', [['get']], {}, null],
    ['map', [['set', { key: 'a', value: 0 }]], null, { a: 0 }],
    [
      'map',
      [
        ['set', { key: 'a', value: 0 }],
        ['get', { key: 'a' }],
      ],
      0,
      { a: 0 },
    ],
    ['map', [['get', { key: 'toString' }]], null, null],
    [
      'map',
      [
        ['set', { key: 'a', value: 1 }],
        ['remove', { key: 'a' }],
      ],
      true,
      {},
    ],
    ['map', [['remove', { key: 'a' }]], false, null],
    ['map', [['set', { key: 'a' }], ['clear']], null, {}],
  ])('N10 %s %j', (kind, operations, result, state) => {
    expect(after(kind, operations)).toEqual({ result, state });
  });

  it.each<[Kind, [string, Json?][], string]>([
    ['counter', [['add', 'x']], 'InvalidInput'],
    [
      'counter',
      [
        ['add', 1e308],
        ['add', 1e308],
      ],
      'InvalidInput',
    ],
    ['counter', [['set', 1]], 'unknown'],
    ['value', [['add', 1]], 'unknown'],
    ['map', [['set', 1]], 'InvalidInput'],
    ['map', [['set', { key: '__proto__', value: 1 }]], 'InvalidInput'],
    ['map', [['set', { key: '$payload', value: 1 }]], 'InvalidInput'],
    ['map', [['get', { key: 1 }]], 'InvalidInput'],
  ])('N10 refuses %s %j', (kind, operations, code) => {
    expect(after(kind, operations)).toBe(code);
  });

  it.each<[Kind, string, Json]>([
    ['counter', 'add', 'text'],
    ['list', 'get', 1],
    ['map', 'get', []],
  ])('N10 a %s does not take up a state of another kind', (kind, name, state) => {
    expect(after(kind, [[name]], state)).toBe('InvalidState');
  });
});

describe('N10 aggregator', () => {
  const plan: EntityPlan & { kind: 'aggregator' } = { version: 1, kind: 'aggregator', windowMs: 60_000 };
  const run = (state: Json | null, name: string, input: Json, at: number) => {
    const change = builtinOperation(plan, name, state, input, at);
    if (!change?.ok) throw new Error(change?.failure.message ?? 'unknown');
    return change;
  };

  test('N10 figures of the last window, in at most 60 steps', () => {
    let state: Json | null = null;
    for (let at = 0; at < 300_000; at += 250) {
      const change = run(state, 'add', at % 500 === 0 ? { value: 2 } : 4, at);
      state = change.state ?? null;
      expect((state as { buckets: Json[] }).buckets.length).toBeLessThanOrEqual(60);
    }
    const { result } = run(state, 'get', null, 299_999);
    expect(result).toMatchObject({ min: 2, max: 4, average: 3 });
    const { count } = result as { count: number };
    expect(count).toBeLessThanOrEqual(240);
    expect(count).toBeGreaterThanOrEqual(236);
    expect(run(state, 'get', null, 400_000).result).toEqual({ count: 0, sum: 0, min: null, max: null, average: null });
    expect(run(state, 'reset', null, 300_000)).toMatchObject({ result: null, state: { buckets: [] } });
  });

  test('N10 refuses what is no number', () => {
    expect(builtinOperation(plan, 'add', null, 'x', 0)).toMatchObject({ ok: false, failure: { code: 'InvalidInput' } });
    expect(builtinOperation(plan, 'get', 7, null, 0)).toMatchObject({ ok: false, failure: { code: 'InvalidState' } });
    expect(builtinOperation(plan, 'sum', null, null, 0)).toBeUndefined();
  });
});
