import { Validator, type Schema } from '@cfworker/json-schema';
import { checkJsonSchema, type Json, type JsonObject } from '@perdure/graph';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inferSchema } from './infer-schema.ts';
import {
  addField,
  fieldsOf,
  fieldTypes,
  isSensitive,
  moveField,
  removeField,
  renameField,
  typeOf,
  unseenKeywords,
  withField,
  withKeyword,
  withRequired,
  withSensitive,
  withType,
} from './schema-fields.ts';

const types = fieldTypes.map(({ value }) => value);
const words = fc.record({ title: fc.string(), description: fc.string(), 'x-odd': fc.jsonValue() }, { requiredKeys: [] });
const property = fc.tuple(fc.constantFrom(...types), words).map(([type, extra]) => withType(extra as JsonObject, type));
const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 5 });
const schema = fc
  .tuple(names, fc.array(property, { minLength: 5, maxLength: 5 }), fc.nat(), words)
  .map(([all, properties, bits, extra]): JsonObject => {
    const made = {
      ...(extra as JsonObject),
      type: 'object',
      properties: Object.fromEntries(all.map((name, at) => [name, properties[at]!])),
    };
    return all.reduce<JsonObject>((before, name, at) => withRequired(before, name, ((bits >> at) & 1) === 1), made);
  });

test('every type is read as itself, is a schema, and loses nothing that is not its own', () => {
  fc.assert(
    fc.property(property, fc.constantFrom(...types), (before, type) => {
      const after = withType(before, type);
      expect(typeOf(after)).toBe(type);
      expect(checkJsonSchema(after)).toEqual([]);
      for (const keyword of ['title', 'description', 'x-odd']) expect(after[keyword]).toEqual(before[keyword]);
      expect(unseenKeywords(after)).toEqual(Object.keys(after).filter((keyword) => keyword === 'x-odd'));
      expect(withType(after, type)).toBe(after);
    }),
  );
});

test('an edit and its opposite leave the schema as it was', () => {
  fc.assert(
    fc.property(schema, fc.nat(), fc.nat(), (before, i, j) => {
      const fields = fieldsOf(before);
      const field = fields[i % fields.length]!;
      const renamed = renameField(before, field.name, 'Other');
      expect(renamed && renameField(renamed, 'Other', field.name)).toEqual(before);
      expect(renamed && fieldsOf(renamed)[i % fields.length]).toEqual({ ...field, name: 'Other' });
      const to = j % fields.length;
      const moved = moveField(before, i % fields.length, to);
      expect(fieldsOf(moved)[to]).toEqual(field);
      expect(JSON.stringify(moveField(moved, to, i % fields.length))).toBe(JSON.stringify(before));
      const added = addField(before);
      expect(removeField(added.schema, added.name)).toEqual(before);
      expect(withField(before, field.name, field.property)).toEqual(before);
      expect(withKeyword(withKeyword(field.property, 'maxLength', 3), 'maxLength', field.property['maxLength'])).toEqual(field.property);
    }),
  );
});

test('a name that is taken is refused; what only JSON shows is other', () => {
  const taken = { type: 'object', properties: { a: { type: 'string' }, b: {} } };
  expect(renameField(taken, 'a', 'b')).toBeNull();
  expect(renameField(taken, 'a', '')).toBeNull();
  for (const odd of [
    { $ref: '#' },
    { type: ['string', 'null'] },
    { type: 'string', format: 'hostname' },
    { oneOf: [{}] },
    { type: 'array' },
    {},
  ])
    expect(typeOf(odd)).toBe('other');
});

test('a sample fits the schema that it suggests', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (sample) => {
      const suggested = inferSchema(sample as Json);
      expect(checkJsonSchema(suggested)).toEqual([]);
      expect(new Validator(withoutFormats(suggested) as Schema, '2020-12').validate(sample).valid).toBe(true);
    }),
  );
});

test('what a sample suggests', () => {
  expect(inferSchema({ id: 'a', when: '2026-01-01', mail: 'a@b.de', lines: [{ n: 1 }, { n: 1.5, sku: 'x' }], none: null })).toEqual({
    type: 'object',
    properties: {
      id: { type: 'string' },
      when: { type: 'string', format: 'date' },
      mail: { type: 'string', format: 'email' },
      lines: { type: 'array', items: { type: 'object', properties: { n: { type: 'number' }, sku: { type: 'string' } }, required: ['n'] } },
      none: {},
    },
    required: ['id', 'when', 'mail', 'lines'],
  });
});

/** A text may look like a date of a month that does not exist. */
function withoutFormats(given: Json): Json {
  if (Array.isArray(given)) return given.map(withoutFormats);
  if (typeof given !== 'object' || given === null) return given;
  return Object.fromEntries(
    Object.entries(given)
      .filter(([key, value]) => !(key === 'format' && typeof value === 'string'))
      .map(([key, value]) => [key, withoutFormats(value)]),
  );
}

test('a field is marked as sensitive, keeps the mark when its type changes, and loses it without a trace', () => {
  const { schema: before, name } = addField({});
  const marked = withField(before, name, withSensitive(fieldsOf(before)[0]!.property, true));
  expect(marked).toMatchObject({ properties: { field: { type: 'string', 'x-sensitive': true } } });
  expect(unseenKeywords(fieldsOf(marked)[0]!.property)).toEqual([]);
  const number = withType(fieldsOf(marked)[0]!.property, 'number');
  expect([isSensitive(number), typeOf(number)]).toEqual([true, 'number']);
  expect(withField(marked, name, withSensitive(fieldsOf(marked)[0]!.property, false))).toEqual(before);
});
