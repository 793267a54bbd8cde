/**
 * Checks a value against a JSON Schema written by a designer, by interpretation: no generated code.
 * `pattern` runs on an engine whose time is linear in the text, because a schema's author must not be able to stop the server with a
 * backtracking expression; `patternProperties`, which the validator only knows with native expressions, is refused.
 */
import { type Schema, Validator, format as formats } from '@cfworker/json-schema';
import type { Json } from '@perdure/graph';
import { RE2JS, RE2JSException } from 're2js';
import type { FieldProblem } from '../trpc/contract.ts';

/** Empty when the value fits. */
export function checkValue(schema: Json, value: Json): FieldProblem[] {
  if (schema === null || schema === true) return [];
  if (schema === false) return [{ field: '', message: 'Nothing is accepted here.' }];
  if (typeof schema !== 'object' || Array.isArray(schema)) return [{ field: '', message: 'The schema is not a JSON Schema.' }];
  const patterns = new Map<string, RE2JS>();
  try {
    const linear = withLinearPatterns(schema, patterns);
    // The registry is global, so the patterns are in it only while this synchronous check runs.
    for (const [name, pattern] of patterns) formats[name] = (text: string) => typeof text !== 'string' || pattern.matcher(text).find();
    const validator = new Validator(linear as Schema, '2020-12', false); // any JSON object is read as a schema
    const result = validator.validate(value);
    if (result.valid) return [];
    return leaves(result.errors).map(({ instanceLocation, keyword, error }) => ({
      field: pathOf(instanceLocation),
      message: inWords(keyword, error),
    }));
  } catch (thrown) {
    if (thrown instanceof UnusableSchema) return [{ field: '', message: thrown.message }];
    // The validator throws plain errors on references that lead nowhere.
    return [{ field: '', message: `The schema cannot be used: ${thrown instanceof Error ? thrown.message : String(thrown)}` }];
  } finally {
    for (const name of patterns.keys()) delete formats[name];
  }
}

class UnusableSchema extends Error {}

const linearPrefix = 'linear-pattern:';

/** Every `pattern` in the schema becomes a format of its own. Data inside `const`, `enum`, `default` and `examples` is left alone. */
function withLinearPatterns(schema: Json, patterns: Map<string, RE2JS>): Json {
  if (Array.isArray(schema)) return schema.map((inner) => withLinearPatterns(inner, patterns));
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy: Record<string, Json> = {};
  for (const [key, inner] of Object.entries(schema)) {
    if (key === 'pattern' && typeof inner === 'string') continue;
    if (key === 'patternProperties')
      throw new UnusableSchema('The schema uses patternProperties, which is not available. List the properties instead.');
    if (namedSchemas.has(key) && typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
      copy[key] = Object.fromEntries(Object.entries(inner).map(([name, value]) => [name, withLinearPatterns(value, patterns)]));
    } else copy[key] = dataKeys.has(key) ? inner : withLinearPatterns(inner, patterns);
  }
  if (typeof schema.pattern === 'string') {
    const name = linearPrefix + schema.pattern;
    if (!patterns.has(name)) patterns.set(name, compilePattern(schema.pattern));
    const others = Array.isArray(copy.allOf) ? copy.allOf : [];
    copy.allOf = [...others, { format: name }];
  }
  return copy;
}

/** Their values are schemas by names of the author's choice: a property may well be called `pattern`. */
const namedSchemas = new Set(['properties', '$defs', 'definitions', 'dependentSchemas']);
const dataKeys = new Set(['const', 'enum', 'default', 'examples']);

function compilePattern(source: string): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source));
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown;
    throw new UnusableSchema(
      `The pattern "${source}" cannot be used: ${thrown.message}. Look-around and back references are not available.`,
    );
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
  const pattern = error.indexOf(linearPrefix);
  if (keyword === 'format' && pattern >= 0)
    return `Does not match the pattern ${error.slice(pattern + linearPrefix.length).replace(/"\.?$/, '')}.`;
  return error;
}
