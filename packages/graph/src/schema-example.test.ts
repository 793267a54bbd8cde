import { expect, test } from 'vitest';
import { schemaExample, schemaValues } from './schema-example.ts';

test('every property, one item of every list, defaults and choices first', () => {
  expect(
    schemaExample({
      type: 'object',
      properties: {
        id: { type: 'string' },
        amount: { type: ['null', 'number'] },
        tier: { enum: ['gold', 'silver'] },
        open: { type: 'boolean', default: true },
        lines: { type: 'array', items: { type: 'object', properties: { sku: { type: 'string' } } } },
        address: { $ref: '#/$defs/address' },
      },
      $defs: { address: { allOf: [{ properties: { city: { type: 'string' } } }] } },
    }),
  ).toEqual({ id: '', amount: 0, tier: 'gold', open: true, lines: [{ sku: '' }], address: { city: '' } });
});

test('says nothing where the schema does, and ends where it refers to itself', () => {
  expect(schemaExample(true)).toBeUndefined();
  expect(schemaExample({})).toBeUndefined();
  expect(schemaExample({ $ref: '#' })).toBeUndefined();
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`p${n}`, { $ref: '#' }]));
  expect(JSON.stringify(schemaExample({ type: 'object', properties: many }))?.length).toBeLessThan(100_000);
  expect(schemaExample({ type: 'object', properties: { child: { $ref: '#' } } })).toHaveProperty('child.child.child');
});

test('the values of a schema are those it gives, and none that only its types would', () => {
  expect(
    schemaValues({
      type: 'object',
      properties: {
        id: { type: 'string', default: 'A-1042' },
        amount: { type: 'number', examples: [12.5, 3] },
        tier: { enum: ['gold', 'silver'] },
        note: { type: 'string' },
        lines: {
          type: 'array',
          items: { type: 'object', properties: { sku: { type: 'string', examples: ['oak'] }, price: { type: 'number' } } },
        },
        tags: { type: 'array', items: { type: 'string' } },
        address: { type: 'object', properties: { city: { type: 'string' } } },
      },
    }),
  ).toEqual({ id: 'A-1042', amount: 12.5, tier: 'gold', lines: [{ sku: 'oak' }] });
  expect(schemaValues({ type: 'object', properties: { id: { type: 'string' } } })).toBeUndefined();
  expect(schemaValues(true)).toBeUndefined();
  expect(schemaExample({ type: 'number', examples: [7] })).toBe(7);
});
