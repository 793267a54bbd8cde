import { expect, test } from 'vitest';
import { fillDefaults, hasDefaults } from './fill-defaults.ts';
import type { Json } from './json.ts';

const order = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    currency: { type: 'string', default: 'EUR' },
    address: { $ref: '#/$defs/address' },
    lines: { type: 'array', items: { type: 'object', properties: { quantity: { type: 'integer', default: 1 } } } },
  },
  $defs: { address: { type: 'object', properties: { country: { type: 'string', default: 'DE' } } } },
};

test('what is absent is filled in, at every level that is there; what is there stays', () => {
  const given = { id: 'A-1', address: { city: 'Kiel' }, lines: [{ sku: 'desk' }, { quantity: 3 }] };
  const before = structuredClone(given);
  expect(fillDefaults(order, given)).toEqual({
    id: 'A-1',
    address: { city: 'Kiel', country: 'DE' },
    lines: [{ sku: 'desk', quantity: 1 }, { quantity: 3 }],
    currency: 'EUR',
  });
  expect(given).toEqual(before);
  // null, an empty text and false are values; an object is not made for what would be in it.
  expect(fillDefaults(order, { currency: null })).toEqual({ currency: null });
  expect(fillDefaults(order, { currency: '' })).toEqual({ currency: '' });
  expect(fillDefaults({ properties: { on: { default: true } } }, { on: false })).toEqual({ on: false });
});

test('what is complete, no object or under no schema comes back as it is', () => {
  const complete = { currency: 'SEK', address: { country: 'SE' }, lines: [{ quantity: 1 }] };
  expect(fillDefaults(order, complete)).toBe(complete);
  expect(fillDefaults(order, 'text')).toBe('text');
  for (const schema of [true, false, null, {}, { properties: 'odd' }] satisfies Json[])
    expect(fillDefaults(schema, complete)).toBe(complete);
  expect([hasDefaults(order), hasDefaults({ type: 'object' }), hasDefaults(true)]).toEqual([true, false, false]);
});

test('an absent value takes the default of the whole schema, which is filled as well', () => {
  expect(fillDefaults({ ...order, default: { id: 'A-0' } }, null)).toEqual({ id: 'A-0', currency: 'EUR' });
  expect(fillDefaults(order, null)).toBeNull();
  const inside = { properties: { address: { $ref: '#/$defs/address', default: {} } }, $defs: order.$defs };
  expect(fillDefaults(inside, {})).toEqual({ address: { country: 'DE' } });
});

test('references that lead nowhere or in circles, and defaults without end, come to an end', () => {
  expect(
    fillDefaults(
      { properties: { a: { $ref: '#/nowhere' }, b: { $ref: '#/$defs/b' }, c: { default: 1 } }, $defs: { b: { $ref: '#/$defs/b' } } },
      { a: {}, b: {} },
    ),
  ).toEqual({
    a: {},
    b: {},
    c: 1,
  });
  const endless = JSON.stringify(fillDefaults({ properties: { a: { $ref: '#', default: {} } } }, {}));
  expect(endless).toMatch(/^\{"a":\{"a":/);
  const twice = { properties: { a: { $ref: '#', default: {} }, b: { $ref: '#', default: {} } } };
  expect(JSON.stringify(fillDefaults(twice, {})).length).toBeLessThan(10_000_000);
  const wide = {
    items: { properties: Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`p${n}`, { default: 'x'.repeat(100) }])) },
  };
  const many = Array.from({ length: 10_000 }, () => ({}));
  expect(JSON.stringify(fillDefaults(wide, many)).length).toBeLessThan(2_000_000);
});

test('values kept aside are neither looked into nor made up', () => {
  const kept = { $payload: 'abc', bytes: 70_000 };
  expect(fillDefaults(order, kept)).toBe(kept);
  expect(fillDefaults({ properties: { a: { default: [kept] }, b: { default: 1 } } }, {})).toEqual({ b: 1 });
});

test('a name that means something to the language is a name like any other', () => {
  const filled = fillDefaults(JSON.parse('{"properties":{"__proto__":{"default":{"x":1}},"constructor":{"default":2}}}') as Json, {});
  expect(JSON.stringify(filled)).toBe('{"__proto__":{"x":1},"constructor":2}');
  expect(Object.getPrototypeOf(filled)).toBe(Object.prototype);
});
