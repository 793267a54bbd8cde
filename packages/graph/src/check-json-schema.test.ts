import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkJsonSchema } from './check-json-schema.ts';
import type { Json } from './json.ts';

describe('JSON Schema check', () => {
  it.each<[Json]>([
    [true],
    [{}],
    [
      {
        type: 'object',
        required: ['a'],
        properties: { a: { type: ['string', 'null'], minLength: 1, pattern: '^[a-z]+$', title: 'A', enum: ['x'] } },
        additionalProperties: false,
      },
    ],
    [{ $defs: { 'a/b': { type: 'number', minimum: 0 } }, items: { $ref: '#/$defs/a~1b' }, 'x-widget': 'wide' }],
    [{ properties: { type: { type: 'string' }, required: { type: 'boolean' } } }],
    [{ properties: { child: { $ref: '#' }, children: { type: 'array', items: { $ref: '#' } } } }],
    [{ allOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/a' }], $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: {} } }],
    [{ $ref: '#/allOf/0', allOf: [{ type: 'string' }] }],
  ])('takes %j', (schema) => expect(checkJsonSchema(schema)).toEqual([]));

  it.each<[Json, string]>([
    [1, ''],
    [{ type: 'text' }, 'type'],
    [{ properties: [] }, 'properties'],
    [{ properties: { a: { required: 'x' } } }, 'properties.a.required'],
    [{ properties: { a: 1 } }, 'properties.a'],
    [{ enum: [] }, 'enum'],
    [{ pattern: '(' }, 'pattern'],
    [{ patternProperties: { '^a': true } }, 'patternProperties'],
    [{ pattern: 'a(?=b)' }, 'pattern'],
    [{ pattern: '(?<!x)y' }, 'pattern'],
    [{ pattern: '(a)\\1' }, 'pattern'],
    [{ $ref: 'https://example.test/schema' }, '$ref'],
    [{ $ref: '#/$defs/missing' }, '$ref'],
    [{ anyOf: [] }, 'anyOf'],
    [{ allOf: [{ minLength: -1 }] }, 'allOf.0.minLength'],
    [{ multipleOf: 0 }, 'multipleOf'],
    [{ $ref: '#' }, '$ref'],
    [{ anyOf: [{ type: 'string' }, { $ref: '#' }] }, 'anyOf.1.$ref'],
    [{ properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } } }, '$defs.a.allOf.0.$ref'],
  ])('refuses %j', (schema, path) => expect(checkJsonSchema(schema).map((problem) => problem.path)).toEqual([path]));

  it('never throws', () => {
    fc.assert(fc.property(fc.jsonValue(), (schema) => void expect(checkJsonSchema(schema as Json)).toBeInstanceOf(Array)));
  });
});
