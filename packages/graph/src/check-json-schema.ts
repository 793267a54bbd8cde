import type { Json } from './json.ts';

/**
 * Whether a JSON Schema is well-formed as far as forms and input checks use it: problems with their path inside the schema.
 * References may only point into the schema itself: a schema must never make the server fetch anything.
 */
export function checkJsonSchema(schema: Json): { path: string; message: string }[] {
  const problems: { path: string; message: string }[] = [];
  const open: { schema: Json; path: string }[] = [{ schema, path: '' }];
  while (open.length > 0 && problems.length < maxProblems) {
    const { schema: current, path } = open.shift()!;
    if (typeof current === 'boolean') continue;
    if (typeof current !== 'object' || current === null || Array.isArray(current)) {
      problems.push({ path, message: 'A schema is an object, or true or false.' });
      continue;
    }
    for (const [keyword, value] of Object.entries(current)) {
      const at = path === '' ? keyword : `${path}.${keyword}`;
      const message = keywordProblem(keyword, value, schema);
      if (message) {
        problems.push({ path: at, message });
        continue;
      }
      if (schemaKeywords.has(keyword)) open.push({ schema: value, path: at });
      if (schemaListKeywords.has(keyword)) (value as Json[]).forEach((part, i) => open.push({ schema: part, path: `${at}.${i}` }));
      if (schemaMapKeywords.has(keyword))
        for (const [name, part] of Object.entries(value as object)) open.push({ schema: part as Json, path: `${at}.${name}` });
    }
  }
  if (problems.length === 0) problems.push(...endlessReferences(schema));
  return problems;
}

const maxProblems = 20;
const types = new Set<Json>(['null', 'boolean', 'object', 'array', 'number', 'integer', 'string']);
const schemaKeywords = new Set([
  'items',
  'contains',
  'additionalProperties',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'additionalItems',
  'unevaluatedItems',
  'unevaluatedProperties',
]);
const schemaListKeywords = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const schemaMapKeywords = new Set(['properties', 'dependentSchemas', '$defs', 'definitions']);
const countKeywords = new Set([
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'minContains',
  'maxContains',
]);
const numberKeywords = new Set(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']);
const textKeywords = new Set(['title', 'description', 'format', '$id', '$schema', '$comment', '$anchor']);

function keywordProblem(keyword: string, value: Json, root: Json): string | undefined {
  if (keyword === 'type') {
    const list = Array.isArray(value) ? value : [value];
    return list.length > 0 && list.every((one) => types.has(one))
      ? undefined
      : 'A type is null, boolean, object, array, number, integer or string, or a list of these.';
  }
  if (keyword === 'required') return isTextList(value) ? undefined : '"required" is a list of names.';
  if (keyword === 'enum') return Array.isArray(value) && value.length > 0 ? undefined : '"enum" is a list with at least one value.';
  if (keyword === 'pattern') return patternProblem(value);
  if (keyword === '$ref') return referenceProblem(value, root);
  if (keyword === 'uniqueItems') return typeof value === 'boolean' ? undefined : '"uniqueItems" is true or false.';
  if (keyword === 'patternProperties') return '"patternProperties" is not available. List the properties instead.';
  if (schemaListKeywords.has(keyword))
    return Array.isArray(value) && value.length > 0 ? undefined : `"${keyword}" is a list with at least one schema.`;
  if (schemaMapKeywords.has(keyword)) return isObject(value) ? undefined : `"${keyword}" is an object of schemas.`;
  if (countKeywords.has(keyword))
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? undefined : `"${keyword}" is a whole number, 0 or more.`;
  if (keyword === 'multipleOf' && typeof value === 'number' && value <= 0) return '"multipleOf" is greater than 0.';
  if (numberKeywords.has(keyword)) return typeof value === 'number' ? undefined : `"${keyword}" is a number.`;
  if (textKeywords.has(keyword)) return typeof value === 'string' ? undefined : `"${keyword}" is a text.`;
  return undefined;
}

function patternProblem(value: Json): string | undefined {
  if (typeof value !== 'string') return '"pattern" is a text.';
  try {
    new RegExp(value, 'u');
  } catch {
    return `"${value}" is not a regular expression.`;
  }
  return backtracking.test(value.replace(/\\\\/g, ''))
    ? `"${value}" looks ahead, behind or back at what it has matched, which patterns here cannot do: they run in linear time.`
    : undefined;
}

/** What an engine of linear time does not have: look-arounds and references to groups. Escaped backslashes are taken out before. */
const backtracking = /(^|[^\\])\(\?<?[=!]|\\([1-9]|k<)/;

function referenceProblem(value: Json, root: Json): string | undefined {
  if (typeof value !== 'string') return '"$ref" is a text.';
  if (value === '#') return undefined;
  if (!value.startsWith('#/')) return 'A reference may only point into this schema: "#/$defs/…".';
  return resolve(value, root) === undefined ? `There is nothing at "${value}".` : undefined;
}

/**
 * Schemas that lead back to themselves without a step into the value: checking anything against them would never end. `$ref: "#"` inside
 * a property is a tree, which ends where the value does.
 */
function endlessReferences(root: Json): { path: string; message: string }[] {
  const state = new Map<Json, 'open' | 'done'>();
  const stack: { schema: Json; path: string; leave: boolean }[] = subschemas(root).map((one) => ({ ...one, leave: false }));
  while (stack.length > 0) {
    const { schema, path, leave } = stack.pop()!;
    if (leave) {
      state.set(schema, 'done');
      continue;
    }
    if (!isObject(schema) || state.get(schema) === 'done') continue;
    if (state.get(schema) === 'open')
      // Named is the first reference on the way, not where it led.
      return [
        {
          path: path.replace(/(^|\.)\$ref\..*$/, '$1$ref'),
          message: 'The schema leads back to itself without end here. Refer to it from inside a property or a list.',
        },
      ];
    state.set(schema, 'open');
    stack.push({ schema, path, leave: true }, ...inPlace(schema, path, root).map((one) => ({ ...one, leave: false })));
  }
  return [];
}

/** Every schema inside, the outermost first. */
function subschemas(root: Json): { schema: Json; path: string }[] {
  const found = [{ schema: root, path: '' }];
  for (let at = 0; at < found.length; at += 1) {
    const { schema, path } = found[at]!; // at < length
    if (!isObject(schema)) continue;
    for (const [keyword, value] of Object.entries(schema)) {
      const name = path === '' ? keyword : `${path}.${keyword}`;
      if (schemaKeywords.has(keyword)) found.push({ schema: value, path: name });
      else if (schemaListKeywords.has(keyword)) (value as Json[]).forEach((part, i) => found.push({ schema: part, path: `${name}.${i}` }));
      else if (schemaMapKeywords.has(keyword))
        for (const [key, part] of Object.entries(value as object)) found.push({ schema: part as Json, path: `${name}.${key}` });
    }
  }
  return found;
}

const inPlaceKeywords = new Set(['not', 'if', 'then', 'else', 'allOf', 'anyOf', 'oneOf', 'dependentSchemas']);

/** The schemas that are checked against the same value as this one. */
function inPlace(schema: { [key: string]: Json }, path: string, root: Json): { schema: Json; path: string }[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const at = path === '' ? keyword : `${path}.${keyword}`;
    if (keyword === '$ref') return [{ schema: resolve(String(value), root) ?? true, path: at }];
    if (!inPlaceKeywords.has(keyword)) return [];
    if (Array.isArray(value)) return value.map((part, i) => ({ schema: part, path: `${at}.${i}` }));
    if (keyword === 'dependentSchemas' && isObject(value))
      return Object.entries(value).map(([name, part]) => ({ schema: part, path: `${at}.${name}` }));
    return [{ schema: value, path: at }];
  });
}

function resolve(reference: string, root: Json): Json | undefined {
  if (reference === '#') return root;
  let at: Json | undefined = root;
  for (const part of reference.slice(2).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    // A reference may lead through a list of schemas.
    if (Array.isArray(at)) at = /^\d+$/.test(key) ? at[Number(key)] : undefined;
    else at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at;
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextList(value: Json): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
