/**
 * What differs between two documents, item by item: nodes, edges, and whatever else a document lists (notes, scenarios). Items are told apart by
 * their ids; the order in which they are listed is no difference, because it means nothing.
 *
 * 1. `diffDocuments(a, a)` is empty.
 * 2. `applyDiff(a, diffDocuments(a, b))` is `b`, the order of its lists apart: nothing that differs is left out.
 */
import { type Catalogue, standardCatalogue } from './catalogue/catalogue.ts';
import type { GraphEdge, GraphNode, WorkflowDocument } from './document.ts';
import type { Json, JsonObject } from './json.ts';

export interface DocumentDiff {
  nodes: readonly ItemChange<GraphNode>[];
  edges: readonly ItemChange<GraphEdge>[];
  /** By the document's own field: `notes`. */
  others: readonly { part: string; changes: readonly ItemChange<Json>[] }[];
}

export type ItemChange<Item> =
  | { kind: 'added'; id: string; after: Item }
  | { kind: 'removed'; id: string; before: Item }
  | { kind: 'changed'; id: string; before: Item; after: Item; fields: readonly FieldChange[] };

export interface FieldChange {
  /** A path of one or two: `title`, `config.url`. */
  field: string;
  /** As the inspector calls it. */
  label: string;
  /** Layout only moves things about; content is what runs, or what people read. */
  concerns: 'layout' | 'content';
  /** Undefined: it was not there. */
  before: Json | undefined;
  after: Json | undefined;
}

export function diffDocuments(before: WorkflowDocument, after: WorkflowDocument, catalogue: Catalogue = standardCatalogue): DocumentDiff {
  const [left, right] = [partsOf(before), partsOf(after)];
  const others = [...new Set([...left.keys(), ...right.keys()])].map((part) => ({
    part,
    changes: diffItems(itemsOf(left.get(part)), itemsOf(right.get(part)), (one, other) => fieldChanges(one, other, plainLabel)),
  }));
  return {
    nodes: diffItems(byId(before.nodes), byId(after.nodes), (one, other) =>
      fieldChanges(one, other, (field) => nodeLabel(other, field, catalogue)),
    ),
    edges: diffItems(byId(before.edges), byId(after.edges), (one, other) =>
      fieldChanges(one, other, (field) => edgeLabels[field] ?? field),
    ),
    others: others.filter(({ changes }) => changes.length > 0),
  };
}

export function isEmptyDiff({ nodes, edges, others }: DocumentDiff): boolean {
  return nodes.length + edges.length + others.length === 0;
}

/** Whether a change only moves, resizes or folds. */
export function isLayoutOnly<Item>(change: ItemChange<Item>): boolean {
  return change.kind === 'changed' && change.fields.every(({ concerns }) => concerns === 'layout');
}

/** Brings the changes into a document. Changes of items it does not have are passed over. */
export function applyDiff(document: WorkflowDocument, { nodes, edges, others }: DocumentDiff): WorkflowDocument {
  const parts = new Map(partsOf(document));
  for (const { part, changes } of others) {
    const items = applyItems(itemsOf(parts.get(part)), changes);
    const whole = items.get(wholePart);
    if (whole !== undefined) parts.set(part, whole);
    else if (items.size > 0) parts.set(part, [...items.values()]);
    else parts.delete(part);
  }
  return {
    formatVersion: document.formatVersion,
    nodes: [...applyItems(byId(document.nodes), nodes).values()],
    edges: [...applyItems(byId(document.edges), edges).values()],
    ...Object.fromEntries(parts),
  };
}

/** Equal as JSON, whatever the order of keys. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return a === b;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return (
    left.length === right.length &&
    left.every(([key, value]) => Object.hasOwn(b, key) && isSameJson(value, (b as Record<string, unknown>)[key]))
  );
}

/** Stands for a part of a document that is no list of items with ids. No item has this id. */
const wholePart = '';

function partsOf({ formatVersion: _formatVersion, nodes: _nodes, edges: _edges, ...rest }: WorkflowDocument): Map<string, Json> {
  return new Map(Object.entries(rest as JsonObject).filter(([, value]) => value !== undefined)); // a document is JSON throughout
}

function itemsOf(part: Json | undefined): Map<string, Json> {
  if (part === undefined) return new Map();
  const items = new Map<string, Json>();
  for (const item of Array.isArray(part) ? part : [null]) {
    const id = typeof item === 'object' && item !== null && !Array.isArray(item) ? item.id : undefined;
    if (typeof id !== 'string' || id === wholePart || items.has(id)) return new Map([[wholePart, part]]);
    items.set(id, item);
  }
  // An empty list is something else than no list.
  return items.size === 0 ? new Map([[wholePart, part]]) : items;
}

function byId<Item extends { id: string }>(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map((item) => [item.id, item]));
}

function diffItems<Item>(
  before: ReadonlyMap<string, Item>,
  after: ReadonlyMap<string, Item>,
  fieldsOf: (before: Item, after: Item) => FieldChange[],
): ItemChange<Item>[] {
  const changes: ItemChange<Item>[] = [];
  for (const [id, item] of before) if (!after.has(id)) changes.push({ kind: 'removed', id, before: item });
  for (const [id, item] of after) {
    const old = before.get(id);
    if (old === undefined) changes.push({ kind: 'added', id, after: item });
    else if (old !== item) {
      const fields = fieldsOf(old, item);
      if (fields.length > 0) changes.push({ kind: 'changed', id, before: old, after: item, fields });
    }
  }
  return changes;
}

function fieldChanges<Item>(before: Item, after: Item, label: (field: string) => string): FieldChange[] {
  const [left, right] = [flat(before), flat(after)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((field): FieldChange[] => {
    const [one, other] = [left.get(field), right.get(field)];
    // Inside a config the order of keys is the author's: of a form's fields, of an output's properties.
    const isSame = field.startsWith('config.') ? JSON.stringify(one) === JSON.stringify(other) : isSameJson(one, other);
    return isSame
      ? []
      : [{ field, label: label(field), concerns: layoutFields.has(field) ? 'layout' : 'content', before: one, after: other }];
  });
}

const layoutFields: ReadonlySet<string> = new Set(['position', 'size', 'collapsed']);

/** An item by its fields, a node's config by its own. What is no object is one field without a name. */
function flat(item: unknown): Map<string, Json> {
  const fields = new Map<string, Json>();
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return fields.set('', item as Json); // items are JSON
  for (const [key, value] of Object.entries(item as JsonObject)) {
    if (value === undefined) continue;
    if (key === 'config' && typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [name, part] of Object.entries(value)) fields.set(`config.${name}`, part);
    else fields.set(key, value);
  }
  return fields;
}

function applyItems<Item>(items: ReadonlyMap<string, Item>, changes: readonly ItemChange<Item>[]): Map<string, Item> {
  const next = new Map(items);
  for (const change of changes) {
    if (change.kind === 'removed') next.delete(change.id);
    else if (change.kind === 'added') next.set(change.id, change.after);
    else {
      const now = next.get(change.id);
      if (now !== undefined) next.set(change.id, now === change.before ? change.after : withFields(now, change.fields));
    }
  }
  return next;
}

function withFields<Item>(item: Item, fields: readonly FieldChange[]): Item {
  const whole = fields.find(({ field }) => field === '');
  if (whole) return whole.after as Item; // what `flat` took apart
  const next = { ...(item as JsonObject) };
  for (const { field, after } of fields) {
    const inner = field.startsWith('config.') ? field.slice('config.'.length) : undefined;
    const target = inner === undefined ? next : (next['config'] = { ...(next['config'] as JsonObject) });
    const key = inner ?? field;
    if (after === undefined) delete target[key];
    else target[key] = after;
  }
  return next as Item;
}

const nodeLabels: Readonly<Record<string, string>> = {
  type: 'Type',
  title: 'Title',
  parent: 'Container',
  position: 'Position',
  size: 'Size',
  collapsed: 'Collapsed',
  disabled: 'Disabled',
  retry: 'Retry',
  timeout: 'Timeout',
  pinned: 'Pinned data',
};

const edgeLabels: Readonly<Record<string, string>> = { source: 'From', sourcePort: 'Port', target: 'To' };

function nodeLabel({ type }: GraphNode, field: string, catalogue: Catalogue): string {
  if (!field.startsWith('config.')) return nodeLabels[field] ?? plainLabel(field);
  const name = field.slice('config.'.length);
  return catalogue.get(type)?.fields.find((one) => one.name === name)?.label ?? name;
}

/** `fastForward` → `Fast forward`. */
function plainLabel(field: string): string {
  const words = field.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words === '' ? 'Value' : words[0]!.toUpperCase() + words.slice(1);
}
