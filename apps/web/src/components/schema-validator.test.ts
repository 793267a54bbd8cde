import { describe, expect, it } from 'vitest';
import type { RJSFSchema } from '@rjsf/utils';
import { findErrors, schemaValidator } from './schema-validator.ts';

const order: RJSFSchema = {
  type: 'object',
  required: ['amount', 'customer'],
  properties: {
    amount: { type: 'number', minimum: 0, maximum: 100 },
    customer: { type: 'string', minLength: 1 },
    lines: {
      type: 'array',
      minItems: 1,
      items: { type: 'object', required: ['sku'], properties: { sku: { type: 'string', maxLength: 3 } } },
    },
    kind: { enum: ['one', 'two'] },
  },
};

describe('schema validator', () => {
  it('finds nothing in a value that fits', () => {
    expect(findErrors(order, { amount: 5, customer: 'C' })).toEqual([]);
  });

  it('puts a missing field at the field, not at its owner', () => {
    expect(findErrors(order, { customer: 'C' })).toEqual([expect.objectContaining({ property: '.amount', message: 'Fill this in.' })]);
  });

  it('names the limit that is broken', () => {
    expect(findErrors(order, { amount: 101, customer: 'C' }).map((error) => [error.property, error.message])).toEqual([
      ['.amount', 'Enter 100 or less.'],
    ]);
    expect(findErrors(order, { amount: 1, customer: 'C', kind: 'three' }).map((error) => error.message)).toEqual([
      'Choose one of the options.',
    ]);
  });

  it('reaches into arrays', () => {
    expect(
      findErrors(order, { amount: 1, customer: 'C', lines: [{ sku: 'A' }, { sku: 'ABCD' }, {}] }).map((error) => [
        error.property,
        error.message,
      ]),
    ).toEqual([
      ['.lines.1.sku', 'Use at most 3 characters.'],
      ['.lines.2.sku', 'Fill this in.'],
    ]);
  });

  it('builds the error tree rjsf draws from', () => {
    const { errorSchema } = schemaValidator.validateFormData({ amount: -1, customer: 'C' }, order);
    expect(errorSchema).toMatchObject({ amount: { __errors: ['Enter 0 or more.'] } });
  });

  it('answers whether one branch of a choice fits, with references into the whole schema', () => {
    const root: RJSFSchema = { definitions: { yes: { const: 'yes' } } };
    expect(schemaValidator.isValid({ properties: { a: { $ref: '#/definitions/yes' } } }, { a: 'yes' }, root)).toBe(true);
    expect(schemaValidator.isValid({ properties: { a: { $ref: '#/definitions/yes' } } }, { a: 'no' }, root)).toBe(false);
  });

  it('checks patterns without backtracking, and tells the author of one it cannot check', () => {
    const schema: RJSFSchema = { type: 'object', properties: { vat: { type: 'string', pattern: '^(a+)+$' } } };
    expect(findErrors(schema, { vat: 'aaa' })).toEqual([]);
    expect(findErrors(schema, { vat: `${'a'.repeat(5_000)}!` }).map(({ property, message }) => [property, message])).toEqual([
      ['.vat', 'This does not have the expected form.'],
    ]);
    expect(findErrors({ properties: { vat: { pattern: '(?=a)' } } }, { vat: 'a' })[0]?.stack).toMatch(/cannot be used/);
  });

  it('says so when the schema itself is broken', () => {
    expect(findErrors({ $ref: '#/definitions/nowhere' }, {})).toHaveLength(1);
  });
});
