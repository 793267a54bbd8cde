/**
 * Checks a value against a JSON Schema written by a designer, by interpretation: no generated code.
 * `pattern` runs on an engine whose time is linear in the text (see linearSchema).
 */
import { type Schema, Validator, format as formats } from '@cfworker/json-schema';
import { linearPatternPrefix, linearSchema } from '@perdure/expressions/linear-schema';
import type { Json } from '@perdure/graph';
import type { FieldProblem } from '../trpc/contract/errors.ts';

/** Empty when the value fits. */
export function checkValue(schema: Json, value: Json): FieldProblem[] {
  if (schema === null || schema === true) return [];
  if (schema === false) return [{ field: '', message: 'Nothing is accepted here.' }];
  if (typeof schema !== 'object' || Array.isArray(schema)) return [{ field: '', message: 'The schema is not a JSON Schema.' }];
  const linear = linearSchema(schema);
  if (!linear.ok) return [{ field: '', message: linear.message }];
  try {
    // The registry is global, so the patterns are in it only while this synchronous check runs.
    for (const [name, fits] of linear.formats) formats[name] = fits;
    const validator = new Validator(linear.schema as Schema, '2020-12', false); // any JSON object is read as a schema
    const result = validator.validate(value);
    if (result.valid) return [];
    return leaves(result.errors).map(({ instanceLocation, keyword, error }) => ({
      field: pathOf(instanceLocation),
      message: inWords(keyword, error),
    }));
  } catch (thrown) {
    // The validator throws plain errors on references that lead nowhere.
    return [{ field: '', message: `The schema cannot be used: ${thrown instanceof Error ? thrown.message : String(thrown)}` }];
  } finally {
    for (const name of linear.formats.keys()) delete formats[name];
  }
}

interface Unit {
  keyword: string;
  instanceLocation: string;
  error: string;
}

/** The validator reports a failed property at every level above it too; people want the place itself. */
function leaves(errors: readonly Unit[]): Unit[] {
  const isAbove = (unit: Unit) =>
    containerKeywords.has(unit.keyword) &&
    errors.some(
      (other) => other !== unit && other.instanceLocation.startsWith(unit.instanceLocation) && !containerKeywords.has(other.keyword),
    );
  const specific = errors.filter((unit) => !isAbove(unit));
  return specific.slice(0, 50);
}

const containerKeywords = new Set([
  'properties',
  'items',
  'prefixItems',
  'allOf',
  'anyOf',
  'oneOf',
  '$ref',
  'additionalProperties',
  'if',
  'then',
  'else',
  'contains',
  'dependentSchemas',
]);

function pathOf(pointer: string): string {
  return pointer
    .replace(/^#\/?/, '')
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');
}

function inWords(keyword: string, error: string): string {
  const pattern = error.indexOf(linearPatternPrefix);
  if (keyword === 'format' && pattern >= 0)
    return `Does not match the pattern ${error.slice(pattern + linearPatternPrefix.length).replace(/"\.?$/, '')}.`;
  return error;
}
