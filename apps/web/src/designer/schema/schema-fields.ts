import type { Json, JsonObject } from '@perdure/graph';

/**
 * The fields of an object's JSON Schema as a form shows and edits them. Everything here takes a schema and gives a new one.
 *
 * 1. What a form does not show is kept as it is; `unseenKeywords` names it.
 * 2. The order of the fields is the order of `properties`.
 */
export interface SchemaField {
  name: string;
  type: FieldType;
  required: boolean;
  property: JsonObject;
}

export const fieldTypes = [
  { value: 'text', label: 'Text' },
  { value: 'longText', label: 'Long text' },
  { value: 'email', label: 'E-mail' },
  { value: 'uri', label: 'Web address' },
  { value: 'number', label: 'Number' },
  { value: 'integer', label: 'Whole number' },
  { value: 'yesNo', label: 'Yes or no' },
  { value: 'date', label: 'Date' },
  { value: 'dateTime', label: 'Date and time' },
  { value: 'time', label: 'Time' },
  { value: 'choice', label: 'Choice' },
  { value: 'choices', label: 'Several choices' },
  { value: 'list', label: 'List of texts' },
  { value: 'objects', label: 'List of objects' },
  { value: 'object', label: 'Object' },
] as const;

/** `other`: a property that only JSON shows in full. */
export type FieldType = (typeof fieldTypes)[number]['value'] | 'other';

/** Keywords every field shows. */
const common = ['type', 'title', 'description', 'default', 'x-sensitive'];
const seen: Record<FieldType, readonly string[]> = {
  text: ['minLength', 'maxLength', 'pattern'],
  longText: ['minLength', 'maxLength', 'format'],
  email: ['format'],
  uri: ['format'],
  number: ['minimum', 'maximum'],
  integer: ['minimum', 'maximum'],
  yesNo: [],
  date: ['format'],
  dateTime: ['format'],
  time: ['format'],
  choice: ['enum'],
  choices: ['items', 'uniqueItems', 'minItems', 'maxItems'],
  list: ['items', 'minItems', 'maxItems'],
  objects: ['items', 'minItems', 'maxItems'],
  object: ['properties', 'required'],
  other: [],
};
/** What goes when a field gets another type: it would mean something else, or nothing. */
const ofTypes = new Set(Object.values(seen).flat());

const formats: Partial<Record<FieldType, string>> = {
  longText: 'textarea',
  email: 'email',
  uri: 'uri',
  date: 'date',
  dateTime: 'date-time',
  time: 'time',
};

export function fieldsOf(schema: JsonObject): SchemaField[] {
  const required = requiredOf(schema);
  return Object.entries(propertiesOf(schema)).map(([name, property]) => ({
    name,
    type: isObject(property) ? typeOf(property) : 'other',
    required: required.includes(name),
    property: isObject(property) ? property : {},
  }));
}

/** Whether the fields tell what the schema is, or it is something else than an object with named properties. */
export function isObjectSchema(schema: Json | undefined): schema is JsonObject {
  if (schema === undefined) return true;
  return isObject(schema) && (schema['type'] === undefined || schema['type'] === 'object') && isObject(schema['properties'] ?? {});
}

export function withField(schema: JsonObject, name: string, property: JsonObject): JsonObject {
  return { ...schema, properties: { ...propertiesOf(schema), [name]: property } };
}

export function withRequired(schema: JsonObject, name: string, isRequired: boolean): JsonObject {
  const others = requiredOf(schema).filter((one) => one !== name);
  return withNames(schema, isRequired ? [...others, name] : others);
}

export function addField(schema: JsonObject, type: FieldType = 'text'): { schema: JsonObject; name: string } {
  const taken = propertiesOf(schema);
  let name = 'field';
  for (let n = 2; Object.hasOwn(taken, name); n += 1) name = `field${n}`;
  return { schema: withField({ type: 'object', ...schema }, name, withType({}, type)), name };
}

export function removeField(schema: JsonObject, name: string): JsonObject {
  const { [name]: _removed, ...rest } = propertiesOf(schema);
  return withNames(
    { ...schema, properties: rest },
    requiredOf(schema).filter((one) => one !== name),
  );
}

/** Keeps its place. Null when the name is taken or none. */
export function renameField(schema: JsonObject, from: string, to: string): JsonObject | null {
  const properties = propertiesOf(schema);
  if (to === from) return schema;
  if (to === '' || to === '__proto__' || Object.hasOwn(properties, to)) return null;
  const renamed = Object.fromEntries(Object.entries(properties).map(([name, property]) => [name === from ? to : name, property]));
  return withNames(
    { ...schema, properties: renamed },
    requiredOf(schema).map((name) => (name === from ? to : name)),
  );
}

export function moveField(schema: JsonObject, from: number, to: number): JsonObject {
  const entries = Object.entries(propertiesOf(schema));
  const [moved] = entries.splice(from, 1);
  if (!moved) return schema;
  entries.splice(Math.max(0, Math.min(to, entries.length)), 0, moved);
  return { ...schema, properties: Object.fromEntries(entries) };
}

/** The field's words stay, what belonged to its old type goes. */
export function withType(property: JsonObject, type: FieldType): JsonObject {
  if (typeOf(property) === type) return property;
  const kept = Object.fromEntries(
    Object.entries(property).filter(([keyword]) => !ofTypes.has(keyword) && keyword !== 'type' && keyword !== 'default'),
  );
  const format = formats[type];
  switch (type) {
    case 'number':
    case 'integer':
      return { type, ...kept };
    case 'yesNo':
      return { type: 'boolean', ...kept };
    case 'choice':
      return { type: 'string', ...kept, enum: ['First', 'Second'] };
    case 'choices':
      return { type: 'array', ...kept, items: { type: 'string', enum: ['First', 'Second'] }, uniqueItems: true };
    case 'list':
      return { type: 'array', ...kept, items: { type: 'string' } };
    case 'objects':
      return { type: 'array', ...kept, items: { type: 'object', properties: {} } };
    case 'object':
      return { type: 'object', ...kept, properties: {} };
    default:
      return { type: 'string', ...kept, ...(format !== undefined && { format }) };
  }
}

export function typeOf(property: JsonObject): FieldType {
  const { type, format, items } = property;
  // Composed from others, or of several types: only JSON says it in full.
  if (['$ref', 'oneOf', 'anyOf', 'allOf', 'const', 'not', 'if'].some((keyword) => Object.hasOwn(property, keyword))) return 'other';
  switch (type) {
    case 'string':
      if (property['enum'] !== undefined) return isTextList(property['enum']) && format === undefined ? 'choice' : 'other';
      if (format === undefined) return 'text';
      return (Object.keys(formats) as FieldType[]).find((one) => formats[one] === format) ?? 'other';
    case 'number':
    case 'integer':
      return property['enum'] === undefined ? type : 'other';
    case 'boolean':
      return property['enum'] === undefined ? 'yesNo' : 'other';
    case 'object':
      return isObject(property['properties'] ?? {}) ? 'object' : 'other';
    case 'array': {
      if (!isObject(items)) return 'other';
      const item = typeOf(items);
      if (item === 'choice' && property['uniqueItems'] === true) return 'choices';
      if (item === 'object') return 'objects';
      return item === 'text' && Object.keys(items).length === 1 ? 'list' : 'other';
    }
    default:
      return 'other';
  }
}

/** What is marked so is shown as ••• to whoever may not see sensitive data, and its values do not travel with a copy. */
export function isSensitive(property: JsonObject): boolean {
  return property['x-sensitive'] === true;
}

export function withSensitive(property: JsonObject, isMarked: boolean): JsonObject {
  return withKeyword(property, 'x-sensitive', isMarked ? true : undefined);
}

/** Keywords of a field that its form does not show. */
export function unseenKeywords(property: JsonObject): string[] {
  const shown = new Set([...common, ...seen[typeOf(property)]]);
  return Object.keys(property).filter((keyword) => !shown.has(keyword));
}

/** Of the schema itself. */
export function unseenAround(schema: JsonObject): string[] {
  return Object.keys(schema).filter((keyword) => !['type', 'properties', 'required', '$schema', 'title', 'description'].includes(keyword));
}

/** A keyword set, or taken away with undefined. */
export function withKeyword(property: JsonObject, keyword: string, value: Json | undefined): JsonObject {
  if (value !== undefined) return { ...property, [keyword]: value };
  const { [keyword]: _removed, ...rest } = property;
  return rest;
}

function withNames(schema: JsonObject, required: string[]): JsonObject {
  return withKeyword(schema, 'required', required.length === 0 ? undefined : required);
}

function propertiesOf(schema: JsonObject): JsonObject {
  return isObject(schema['properties']) ? schema['properties'] : {};
}

function requiredOf(schema: JsonObject): string[] {
  return isTextList(schema['required']) ? schema['required'] : [];
}

function isTextList(value: Json | undefined): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
