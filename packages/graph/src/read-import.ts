/**
 * Text from elsewhere → as much of a workflow as can be taken, with a list of everything that was not, item by item. Nothing is done with it: it is
 * for somebody to look at first.
 *
 * 1. What `writeDocument` wrote of known node types is read back identically, with nothing left out.
 * 2. The document given parses, whatever the text was.
 * 3. Every node and edge of the text is either in the document or in `left`.
 */
import { type Catalogue, standardCatalogue } from './catalogue/catalogue.ts';
import { didYouMean } from './did-you-mean.ts';
import type { WorkflowDocument } from './document.ts';
import type { Json, JsonObject } from './json.ts';
import { maxEdges, maxNodes, parseDocument } from './parse-document.ts';
import { parseJson } from './strict-json.ts';

export type ImportReading =
  | { ok: true; import: WorkflowImport }
  /** Nothing of it can be taken. */
  | { ok: false; title: string; detail: string };

export interface WorkflowImport {
  document: WorkflowDocument;
  /** What an export says besides. */
  title: string | null;
  key: string | null;
  description: string | null;
  left: readonly LeftOut[];
}

/** Something that was not taken, or not as it was. */
export interface LeftOut {
  what: 'file' | 'node' | 'edge' | 'field' | 'part';
  /** "Node Credit check", "Field retry of Credit check". */
  name: string;
  reason: string;
}

/** In characters; definitions may have 8 MB. */
const longestText = 8 * 1024 * 1024;

export function readImport(text: string, catalogue: Catalogue = standardCatalogue): ImportReading {
  if (text.length > longestText) return refused('Too large', 'A workflow may have 8 MB at most. Move a part of it into a sub-workflow.');
  const parsed = parseJson(text);
  if (!parsed.ok) return refused('Not JSON', `${parsed.message} Line ${parsed.line}, column ${parsed.column}.`);
  const outer = parsed.value;
  if (!isObject(outer)) return refused(notOne, 'It holds no object with nodes and edges.');
  const inner = isObject(outer.document) ? outer.document : outer;
  if (!Array.isArray(inner.nodes))
    return refused(notOne, 'It holds no list of nodes. Choose what Perdure exported, or copied from a canvas.');
  const { nodes, edges = [] } = inner;
  if (nodes.length > maxNodes || (Array.isArray(edges) && edges.length > maxEdges))
    return refused(
      'Too large',
      `It has ${nodes.length} nodes and ${Array.isArray(edges) ? edges.length : 0} edges; ${maxNodes} and ${maxEdges} are allowed. Move a part of it into a sub-workflow.`,
    );

  const left: LeftOut[] = [];
  const version = inner.formatVersion;
  if (version !== undefined && version !== 1 && inner.fragment !== 1)
    left.push({
      what: 'file',
      name: 'The file',
      reason: `It was written by another version of Perdure (format ${JSON.stringify(version)}, this one knows 1). What is not known here is left out.`,
    });
  const taken = takeNodes(nodes, left, catalogue);
  const document: JsonObject = {
    formatVersion: 1,
    nodes: taken.nodes,
    edges: takeEdges(edges, taken, left),
    ...takeParts(inner, taken, left),
  };
  const read = parseDocument(document);
  // Each part was parsed on its own; only what they are together can still be refused.
  if (!read.ok) return refused(notOne, read.problems[0]?.detail ?? 'Its parts do not fit together.');
  const word = (value: Json | undefined): string | null => (typeof value === 'string' && value.trim() !== '' ? value.trim() : null);
  return {
    ok: true,
    import: {
      document: read.document,
      title: inner === outer ? null : word(outer.title),
      key: inner === outer ? null : word(outer.key),
      description: inner === outer ? null : word(outer.description),
      left,
    },
  };
}

const notOne = 'Not a workflow';

interface Taken {
  nodes: JsonObject[];
  ids: ReadonlySet<string>;
  /** Titles of all nodes that were given, for words. */
  titles: ReadonlyMap<string, string>;
}

function takeNodes(given: readonly Json[], left: LeftOut[], catalogue: Catalogue): Taken {
  const titles = new Map<string, string>();
  for (const node of given) if (isObject(node) && typeof node.id === 'string') titles.set(node.id, nameOfNode(node));
  const nodes = new Map<string, JsonObject>();
  given.forEach((node, i) => {
    const name = `Node ${isObject(node) ? nameOfNode(node) : i + 1}`;
    const leave = (reason: string): void => void left.push({ what: 'node', name, reason });
    if (!isObject(node)) return leave('It is not an object.');
    if (typeof node.type === 'string' && !catalogue.get(node.type)) {
      const guess = didYouMean(
        node.type,
        catalogue.types.map(({ key }) => key),
      );
      return leave(`It is of the type "${node.type}", which this installation does not have.${guess ? ` The nearest is "${guess}".` : ''}`);
    }
    if (typeof node.id === 'string' && nodes.has(node.id)) return leave(`Another node has the id "${node.id}".`);
    const fields: LeftOut[] = [];
    const read = parseItem('nodes', node, name, fields);
    if (typeof read === 'string') return leave(read);
    left.push(...fields);
    nodes.set(String(read.id), read);
  });
  return { nodes: atHome(nodes, titles, left), ids: new Set(nodes.keys()), titles };
}

/** A node whose container is not there any more stands at the top level. */
function atHome(nodes: ReadonlyMap<string, JsonObject>, titles: ReadonlyMap<string, string>, left: LeftOut[]): JsonObject[] {
  return [...nodes.values()].map((node) => {
    if (typeof node.parent !== 'string' || nodes.has(node.parent)) return node;
    left.push({
      what: 'field',
      name: `Container of ${nameOfNode(node)}`,
      reason: `${titles.get(node.parent) ?? node.parent} is not there, so the node stands at the top level.`,
    });
    return { ...node, parent: null };
  });
}

function takeEdges(given: Json, { ids, titles }: Taken, left: LeftOut[]): JsonObject[] {
  if (!Array.isArray(given)) {
    left.push({ what: 'part', name: 'Edges', reason: 'They are not a list.' });
    return [];
  }
  const seen = new Set<string>();
  return given.flatMap((edge, i): JsonObject[] => {
    const end = (id: Json | undefined): string => (typeof id === 'string' ? (titles.get(id) ?? id) : '?');
    const name = isObject(edge) ? `Edge from ${end(edge.source)} to ${end(edge.target)}` : `Edge ${i + 1}`;
    const leave = (reason: string): [] => {
      left.push({ what: 'edge', name, reason });
      return [];
    };
    if (!isObject(edge)) return leave('It is not an object.');
    const missing = [edge.source, edge.target].find((id) => typeof id === 'string' && !ids.has(id));
    if (missing !== undefined) return leave(`${end(missing)} is not there.`);
    if (typeof edge.id === 'string' && seen.has(edge.id)) return leave(`Another edge has the id "${edge.id}".`);
    const fields: LeftOut[] = [];
    const read = parseItem('edges', edge, name, fields);
    if (typeof read === 'string') return leave(read);
    left.push(...fields);
    seen.add(String(read.id));
    return [read];
  });
}

const itself = new Set(['formatVersion', 'nodes', 'edges', 'fragment']);
/** What an export may say beside the document when both are one object. */
const wrapping = new Set(['key', 'title', 'description', 'version', 'draftRevision']);

/** Whatever else a document of this version may hold: taken as a whole where that parses, else item by item. */
function takeParts(given: JsonObject, { ids }: Taken, left: LeftOut[]): JsonObject {
  const parts: JsonObject = {};
  for (const [part, value] of Object.entries(given)) {
    if (itself.has(part) || wrapping.has(part)) continue;
    if (!isKnownPart(part)) {
      left.push({ what: 'part', name: `"${part}"`, reason: 'This version of Perdure does not know it.' });
      continue;
    }
    if (!Array.isArray(value)) {
      left.push({ what: 'part', name: labelOf(part), reason: 'They are not a list.' });
      continue;
    }
    const seen = new Set<string>();
    const items = value.flatMap((item, i): Json[] => {
      const name = `${labelOf(part)} ${isObject(item) && typeof item.title === 'string' ? item.title : i + 1}`;
      const leave = (reason: string): [] => {
        left.push({ what: 'part', name, reason });
        return [];
      };
      if (!isObject(item)) return leave('It is not an object.');
      if (typeof item.id === 'string' && seen.has(item.id)) return leave(`Another one has the id "${item.id}".`);
      const fields: LeftOut[] = [];
      const read = parseItem(part, item, name, fields);
      if (typeof read === 'string') return leave(read);
      left.push(...fields);
      seen.add(String(read.id));
      return [typeof read.parent === 'string' && !ids.has(read.parent) ? { ...read, parent: null } : read];
    });
    const whole = parseDocument({ formatVersion: 1, nodes: [], edges: [], [part]: items });
    if (whole.ok) parts[part] = items;
    else left.push({ what: 'part', name: labelOf(part), reason: wordsOf(whole.problems[0]?.detail, part) });
  }
  return parts;
}

function isKnownPart(part: string): boolean {
  const parsed = parseDocument({ formatVersion: 1, nodes: [], edges: [], [part]: [] });
  return parsed.ok || parsed.problems.every(({ code }) => code !== 'document.unknown-field');
}

/** `notes` → `Notes`. */
function labelOf(part: string): string {
  return part.slice(0, 1).toUpperCase() + part.slice(1);
}

/** One item of a list as a document would take it, without the fields it does not know, which are told. A text: why it cannot be taken. */
function parseItem(part: string, given: JsonObject, name: string, left: LeftOut[]): JsonObject | string {
  let item = given;
  // Each round takes one layer of unknown fields away; there are only so many layers.
  for (let round = 0; round < 8; round++) {
    const parsed = parseDocument({ formatVersion: 1, nodes: [], edges: [], [part]: [item] });
    if (parsed.ok) return (parsed.document as unknown as Record<string, JsonObject[]>)[part]![0]!; // the list it was given
    const unknown = parsed.problems.filter(({ code }) => code === 'document.unknown-field');
    if (unknown.length < parsed.problems.length)
      return wordsOf(parsed.problems.find((problem) => !unknown.includes(problem))?.detail, part);
    for (const { field = '' } of unknown) {
      const path = field.split('.').slice(2);
      item = without(item, path) as JsonObject; // an object without a field
      left.push({ what: 'field', name: `"${path.join('.')}" of ${name}`, reason: 'This version of Perdure has no such field.' });
    }
  }
  return 'It has too many fields that are not known here.';
}

function without(value: Json, [key, ...rest]: string[]): Json {
  if (key === undefined || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((part, i) => (String(i) === key ? without(part, rest) : part));
  const { [key]: part, ...others } = value;
  if (rest.length === 0) return others;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, name === key ? without(part ?? null, rest) : one]));
}

/** `nodes.0.position: Must be…` → `position: Must be…`: the item is named already. */
function wordsOf(detail: string | undefined, part: string): string {
  return (detail ?? 'It cannot be read.').replace(`${part}.0.`, '').replace(`${part}.0: `, '');
}

function nameOfNode({ id, title }: JsonObject): string {
  return typeof title === 'string' && title.trim() !== '' ? title.trim() : typeof id === 'string' ? id : 'without a name';
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(title: string, detail: string): ImportReading {
  return { ok: false, title, detail };
}
