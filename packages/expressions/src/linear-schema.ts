import type { Json } from '@perdure/graph';
import { RE2JS, RE2JSException } from 're2js';

/** A JSON Schema whose patterns have become formats, to be registered with the validator while it runs. */
export type LinearSchema =
  | { ok: true; schema: Json; formats: ReadonlyMap<string, (value: unknown) => boolean> }
  /** The schema cannot be used; the message says what to change. */
  | { ok: false; message: string };

/** What the names of these formats begin with; the pattern follows. */
export const linearPatternPrefix = 'linear-pattern:';

/**
 * Takes `pattern` away from the validator's native expressions: a schema's author must not be able to stop whoever checks a value,
 * a server or a browser, with an expression that backtracks. `patternProperties`, which validators only know with native
 * expressions, is refused.
 */
export function linearSchema(schema: Json): LinearSchema {
  const formats = new Map<string, (value: unknown) => boolean>();
  try {
    return { ok: true, schema: withFormats(schema, formats), formats };
  } catch (thrown) {
    if (thrown instanceof UnusableSchema) return { ok: false, message: thrown.message };
    throw thrown;
  }
}

class UnusableSchema extends Error {}

/** Every `pattern` becomes a format of its own. Data inside `const`, `enum`, `default` and `examples` is left alone. */
function withFormats(schema: Json, formats: Map<string, (value: unknown) => boolean>): Json {
  if (Array.isArray(schema)) return schema.map((inner) => withFormats(inner, formats));
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy: Record<string, Json> = {};
  for (const [key, inner] of Object.entries(schema)) {
    if (key === 'pattern' && typeof inner === 'string') continue;
    if (key === 'patternProperties')
      throw new UnusableSchema('The schema uses patternProperties, which is not available. List the properties instead.');
    if (namedSchemas.has(key) && typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
      copy[key] = Object.fromEntries(Object.entries(inner).map(([name, value]) => [name, withFormats(value, formats)]));
    } else copy[key] = dataKeys.has(key) ? inner : withFormats(inner, formats);
  }
  if (typeof schema.pattern === 'string') {
    const name = linearPatternPrefix + schema.pattern;
    if (!formats.has(name)) formats.set(name, testOf(schema.pattern));
    const others = Array.isArray(copy.allOf) ? copy.allOf : [];
    copy.allOf = [...others, { format: name }];
  }
  return copy;
}

/** Their values are schemas by names of the author's choice: a property may well be called `pattern`. */
const namedSchemas = new Set(['properties', '$defs', 'definitions', 'dependentSchemas']);
const dataKeys = new Set(['const', 'enum', 'default', 'examples']);

function testOf(source: string): (value: unknown) => boolean {
  try {
    const pattern = RE2JS.compile(RE2JS.translateRegExp(source));
    return (value) => typeof value !== 'string' || pattern.matcher(value).find();
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown;
    throw new UnusableSchema(
      `The pattern "${source}" cannot be used: ${thrown.message}. Look-around and back references are not available.`,
    );
  }
}
