import type { Json, JsonObject } from './json.ts';
import { localReference } from './local-reference.ts';

/**
 * A value of the shape a JSON Schema describes: every property it names, one item in every list. For completion before anything ran, not
 * for validation: limits and patterns are not looked at. Undefined where the schema says nothing about the shape.
 */
export function schemaExample(schema: Json): Json | undefined {
  return example(schema, { schema, left: mostSchemas, blanks: true }, 0);
}

/** The values a JSON Schema itself gives: defaults, constants, examples, the first of a choice. Undefined where it only gives types. */
export function schemaValues(schema: Json): Json | undefined {
  return example(schema, { schema, left: mostSchemas, blanks: false }, 0);
}

interface Walk {
  schema: Json;
  left: number;
  /** Where only a type is known, its empty value stands in. */
  blanks: boolean;
}

/** Recursive schemas end here. */
const mostLevels = 8;
/** And those that refer to themselves in many places, here. */
const mostSchemas = 500;

function example(schema: Json | undefined, root: Walk, level: number): Json | undefined {
  if (!isObject(schema) || level > mostLevels || root.left <= 0) return undefined;
  root.left -= 1;
  if (typeof schema['$ref'] === 'string') return example(localReference(schema['$ref'], root.schema), root, level + 1);
  if (schema['default'] !== undefined) return schema['default'];
  if (schema['const'] !== undefined) return schema['const'];
  if (Array.isArray(schema['examples']) && schema['examples'].length > 0) return schema['examples'][0];
  if (Array.isArray(schema['enum']) && schema['enum'].length > 0) return schema['enum'][0];
  const parts = [...listAt(schema, 'allOf'), ...listAt(schema, 'anyOf').slice(0, 1), ...listAt(schema, 'oneOf').slice(0, 1)].map((part) =>
    example(part, root, level + 1),
  );
  const type = Array.isArray(schema['type']) ? schema['type'].find((one) => one !== 'null') : schema['type'];
  if (type === 'object' || isObject(schema['properties']) || parts.some(isObject)) {
    const value: JsonObject = {};
    for (const part of parts) if (isObject(part)) Object.assign(value, part);
    for (const [name, property] of Object.entries(isObject(schema['properties']) ? schema['properties'] : {})) {
      const given = example(property, root, level + 1);
      if (given !== undefined || root.blanks) value[name] = given ?? null;
    }
    return root.blanks || Object.keys(value).length > 0 ? value : undefined;
  }
  if (type === 'array' || schema['items'] !== undefined) {
    const item = example(schema['items'], root, level + 1);
    if (item !== undefined) return [item];
    return root.blanks ? [] : undefined;
  }
  if (!root.blanks) return parts.find((part) => part !== undefined);
  if (type === 'string') return '';
  if (type === 'number' || type === 'integer') return 0;
  if (type === 'boolean') return false;
  return parts.find((part) => part !== undefined);
}

function listAt(schema: JsonObject, keyword: string): Json[] {
  const list = schema[keyword];
  return Array.isArray(list) ? list : [];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
