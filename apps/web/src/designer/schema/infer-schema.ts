import type { Json, JsonObject } from '@perdure/graph';

/** The JSON Schema that a sample suggests: names, types, formats that its texts have. Nothing is required that a null stands for. */
export function inferSchema(sample: Json): JsonObject {
  if (sample === null) return {};
  if (Array.isArray(sample)) {
    const items = sample.map(inferSchema);
    const [first, ...more] = items;
    return { type: 'array', ...(first && { items: more.reduce(merged, first) }) };
  }
  switch (typeof sample) {
    case 'object': {
      const properties = Object.fromEntries(Object.entries(sample).map(([name, value]) => [name, inferSchema(value)]));
      const required = Object.keys(sample).filter((name) => sample[name] !== null);
      return { type: 'object', properties, ...(required.length > 0 && { required }) };
    }
    case 'number':
      return { type: Number.isInteger(sample) ? 'integer' : 'number' };
    case 'boolean':
      return { type: 'boolean' };
    case 'string':
      return { type: 'string', ...textKind(sample) };
  }
}

function textKind(text: string): JsonObject {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return { format: 'date' };
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return { format: 'date-time' };
  if (/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text)) return { format: 'email' };
  if (/^https?:\/\/\S+$/.test(text)) return { format: 'uri' };
  return text.includes('\n') || text.length > 200 ? { format: 'textarea' } : {};
}

/** What both samples fit. */
function merged(a: JsonObject, b: JsonObject): JsonObject {
  if (a['type'] !== b['type']) {
    const types = [a['type'], b['type']];
    return types.includes('integer') && types.includes('number') ? { type: 'number' } : {};
  }
  if (a['type'] === 'object') {
    const [left, right] = [a['properties'] as JsonObject, b['properties'] as JsonObject]; // written above
    const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    const properties = Object.fromEntries(
      names.map((name) => {
        const [mine, theirs] = [left, right].map((one) => (Object.hasOwn(one, name) ? (one[name] as JsonObject) : undefined)); // schemas
        return [name, mine && theirs ? merged(mine, theirs) : (mine ?? theirs ?? {})];
      }),
    );
    const both = [a, b].map((one) => (one['required'] ?? []) as string[]);
    const required = (both[0] ?? []).filter((name) => both[1]?.includes(name));
    return { type: 'object', properties, ...(required.length > 0 && { required }) };
  }
  if (a['type'] === 'array') {
    const [left, right] = [a['items'], b['items']] as (JsonObject | undefined)[];
    const items = left && right ? merged(left, right) : (left ?? right);
    return { type: 'array', ...(items && { items }) };
  }
  return a['type'] === undefined || a['format'] === b['format'] ? a : { type: a['type'] };
}
