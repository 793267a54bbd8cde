import { describeType, quoteName } from '@perdure/expressions';
import type { Json, JsonObject } from '@perdure/graph';
import type { DataRoot } from './expression-data.ts';

/** A line of the tree of earlier data: a place in the data, and how it is written. */
export interface DataRow {
  /** Its own among all rows. */
  key: string;
  label: string;
  /** What is inserted. */
  path: string;
  type: string;
  /** A short look at the value; empty where only the shape is known. */
  value: string;
  mayBeMissing: boolean;
  title?: string;
  children: () => DataRow[];
  hasChildren: boolean;
}

/** Of a huge object; the rest is found by typing. */
const mostChildren = 100;
/** A list tells by its first items what the others look like. */
const mostItems = 20;

export function rootRow({ path, value, shape, mayBeMissing, title }: DataRoot): DataRow {
  return { ...dataRow(path, path, path, value, shape), mayBeMissing, ...(title !== undefined && { title }) };
}

function dataRow(key: string, label: string, path: string, value: Json | undefined, shape: Json | undefined): DataRow {
  const known = value ?? shape ?? value;
  // An empty list tells nothing of its items; its schema may.
  const items = Array.isArray(value) && value.length === 0 && Array.isArray(shape) ? shape : known;
  return {
    key,
    label,
    path,
    type: describeType(known),
    value: value === undefined ? '' : glimpse(value),
    mayBeMissing: false,
    hasChildren: Array.isArray(items) ? items.length > 0 : [value, shape].some((one) => isObject(one) && Object.keys(one).length > 0),
    children: () => (Array.isArray(items) ? itemRows(key, path, items) : fieldRows(key, path, [value], [shape])),
  };
}

/** Of a list: its first item, its last, and what all of them have in common, which JSONata reads through the list's own path. */
function itemRows(key: string, path: string, items: readonly Json[]): DataRow[] {
  const [first] = items;
  const rows = [dataRow(`${key}[0]`, 'first item', `${path}[0]`, first, undefined)];
  if (items.length > 1) rows.push(dataRow(`${key}[-1]`, 'last item', `${path}[-1]`, items.at(-1), undefined));
  const objects = items.slice(0, mostItems).filter(isObject);
  if (objects.length > 0)
    rows.push({
      key: `${key}[*]`,
      label: 'every item',
      path,
      type: describeType([...items]),
      value: '',
      mayBeMissing: false,
      hasChildren: true,
      children: () => fieldRows(`${key}[*]`, path, objects, []),
    });
  return rows;
}

/** The names of one or several objects, those with real values first. */
function fieldRows(key: string, path: string, values: readonly (Json | undefined)[], shapes: readonly (Json | undefined)[]): DataRow[] {
  const names = new Set([...values, ...shapes].filter(isObject).flatMap((one) => Object.keys(one)));
  return [...names]
    .slice(0, mostChildren)
    .map((name) => dataRow(`${key}.${name}`, name, fieldPath(path, name), pick(values, name), pick(shapes, name)));
}

function pick(values: readonly (Json | undefined)[], name: string): Json | undefined {
  for (const value of values) if (isObject(value) && Object.hasOwn(value, name)) return value[name];
  return undefined;
}

/** A quoted name cannot hold a backquote. */
function fieldPath(path: string, name: string): string {
  return name.includes('`') ? `$lookup(${path}, ${JSON.stringify(name)})` : `${path}.${quoteName(name)}`;
}

function glimpse(value: Json): string {
  if (Array.isArray(value)) return value.length === 1 ? '1 item' : `${value.length} items`;
  if (isObject(value)) {
    const keys = Object.keys(value);
    return keys.length <= 3 ? `{ ${keys.join(', ')} }` : `${keys.length} fields`;
  }
  const text = JSON.stringify(value);
  return text.length > 28 ? `${text.slice(0, 27)}…` : text;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
