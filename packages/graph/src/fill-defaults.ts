import { isPayloadRef, type Json, type JsonObject } from './json.ts';
import { localReference } from './local-reference.ts';

/**
 * Fills in what a JSON Schema has a `default` for. It does not check the value; whoever checks it fills it first.
 *
 * 1. Filled is a property that is absent. What is there stays, null included; an absent value as a whole (null) takes the schema's own default.
 * 2. Properties of properties, and of the objects in a list, are filled as well, along `$ref`. An object that is absent and has no default of its
 *    own is not made for the sake of defaults inside it. Alternatives and compositions (`anyOf`, `allOf`, `if`) are not looked into.
 * 3. Filled in are a million characters of JSON at most, and 64 levels; what is absent beyond that stays absent.
 * 4. Nothing absent: the very value comes back. The given one is never changed.
 * 5. Behind a PayloadRef nothing is filled, and a default that would be one is not used.
 */
export function fillDefaults(schema: Json, value: Json): Json {
  if (!hasDefaults(schema)) return value;
  const filling = { root: schema, left: mostFilled };
  if (value === null) return defaultOf('', schema, filling, 0) ?? null;
  return filled(schema, value, filling, 0);
}

/** Whether there is anything to fill in. */
export function hasDefaults(schema: Json): boolean {
  if (!isObject(schema)) return false;
  const known = knownSchemas.get(schema);
  if (known !== undefined) return known;
  const has = JSON.stringify(schema).includes('"default":');
  knownSchemas.set(schema, has);
  return has;
}

interface Filling {
  root: Json;
  /** Characters of JSON. [3] */
  left: number;
}

/** [3] */
const mostFilled = 1_000_000;
const mostLevels = 64;
/** A plan's schema is asked at every start. */
const knownSchemas = new WeakMap<JsonObject, boolean>();

function filled(given: Json | undefined, value: Json, filling: Filling, level: number): Json {
  if (typeof value !== 'object' || value === null || isPayloadRef(value) || level > mostLevels || filling.left < 0) return value;
  const schema = resolve(given, filling.root);
  if (schema === undefined) return value;
  if (Array.isArray(value)) {
    if (schema['items'] === undefined) return value;
    const items = value.map((item) => filled(schema['items'], item, filling, level + 1));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const changed: [string, Json][] = [];
  for (const [name, property] of Object.entries(properties)) {
    if (Object.hasOwn(value, name)) {
      const before = value[name] ?? null;
      const after = filled(property, before, filling, level + 1);
      if (after !== before) changed.push([name, after]);
    } else {
      const own = defaultOf(name, property, filling, level + 1);
      if (own !== undefined) changed.push([name, own]);
    }
  }
  // Entries, so that no name means anything to the language.
  return changed.length === 0 ? value : Object.fromEntries([...Object.entries(value), ...changed]);
}

/** Undefined: none, or no more of them. */
function defaultOf(name: string, given: Json | undefined, filling: Filling, level: number): Json | undefined {
  const own = isObject(given) ? given['default'] : undefined;
  const value = own ?? resolve(given, filling.root)?.['default'];
  if (value === undefined || filling.left < 0) return undefined;
  const text = JSON.stringify(value);
  if (text.includes('"$payload"')) return undefined;
  filling.left -= name.length + text.length;
  return filling.left < 0 ? undefined : filled(given, value, filling, level);
}

/** The schema itself, or what it refers to in the end. */
function resolve(schema: Json | undefined, root: Json): JsonObject | undefined {
  const seen = new Set<Json>();
  let at = schema;
  while (isObject(at) && typeof at['$ref'] === 'string' && !seen.has(at)) {
    seen.add(at);
    at = localReference(at['$ref'], root);
  }
  return isObject(at) && typeof at['$ref'] !== 'string' ? at : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
