import type { GraphNode } from './document.ts';
import type { Json, JsonObject } from './json.ts';

/**
 * Leaves out of a node what must not travel with it through a clipboard: the values that its schemas mark as sensitive (`"x-sensitive": true`).
 * Those are the defaults and examples of marked properties, and their values in what is pinned. `held` names them, for a person.
 */
export function holdBack(node: GraphNode): { node: GraphNode; held: string[] } {
  const held = new Set<string>();
  const config = withoutValues(node.config as JsonObject, held) as GraphNode['config'];
  const form = node.config['formSchema'];
  const { pinned } = node;
  const output = pinned && isObject(pinned.output) ? pinned.output : undefined;
  const data = output?.['data'];
  const kept = form === undefined || data === undefined ? data : withoutMarked(form as Json, data, held);
  if (held.size === 0) return { node, held: [] };
  const pin = pinned && output && kept !== data ? { pinned: { ...pinned, output: { ...output, data: kept ?? null } } } : {};
  return { node: { ...node, config, ...pin }, held: [...held] };
}

/** The same JSON, the same object where nothing is marked. `name`: of the property that a schema describes. */
function withoutValues(json: Json, held: Set<string>, name = ''): Json {
  if (Array.isArray(json)) {
    const items = json.map((item) => withoutValues(item, held, name));
    return items.some((item, at) => item !== json[at]) ? items : json;
  }
  if (!isObject(json)) return json;
  const isMarked = json['x-sensitive'] === true;
  let differs = false;
  const entries = Object.entries(json).flatMap(([key, value]): [string, Json][] => {
    if (isMarked && valueKeywords.has(key)) {
      held.add(name);
      differs = true;
      return [];
    }
    const after = withoutValues(value, held, key);
    differs ||= after !== value;
    return [[key, after]];
  });
  return differs ? Object.fromEntries(entries) : json;
}

const valueKeywords = new Set(['default', 'examples']);

function withoutMarked(schema: Json, value: Json, held: Set<string>): Json {
  if (!isObject(schema)) return value;
  if (Array.isArray(value)) return value.map((item) => withoutMarked(schema['items'] ?? null, item, held));
  const properties = schema['properties'];
  if (!isObject(value) || properties === undefined || !isObject(properties)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]): [string, Json][] => {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (property === undefined || !isObject(property)) return [[name, part]];
      if (property['x-sensitive'] !== true) return [[name, withoutMarked(property, part, held)]];
      held.add(name);
      return [];
    }),
  );
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
