import {
  indexGraph,
  nameOf,
  standardCatalogue,
  type GraphNode,
  type Json,
  type NodeId,
  type NoteId,
  type WorkflowDocument,
} from '@perdure/graph';
import { titleField } from './designer-model.ts';
import { outlineRows } from './outline-rows.ts';

/** Where what was looked for stands. */
export interface Hit {
  at: { node: NodeId; field: string | null } | { note: NoteId };
  /** Of which step or note, and what of it: `Credit check`, `URL`. */
  name: string;
  where: string;
  /** The text it was found in, cut around it. */
  before: string;
  found: string;
  after: string;
}

/** Every place in titles, ids, types, settings, expressions and notes where a text stands, in the order the workflow runs in. */
export function findInDocument(document: WorkflowDocument, typed: string): Hit[] {
  const looked = typed.trim().toLowerCase();
  if (looked === '') return [];
  const index = indexGraph(document);
  const hits = outlineRows(document, new Set()).flatMap(({ node }) =>
    textsOf(node).flatMap(({ field, where, text }): Hit[] => {
      const cut = cutAround(text, looked);
      return cut ? [{ at: { node: node.id, field }, name: nameOf(index, node.id), where, ...cut }] : [];
    }),
  );
  const notes = (document.notes ?? []).flatMap(({ id, text }): Hit[] => {
    const cut = cutAround(text, looked);
    return cut ? [{ at: { note: id }, name: 'Note', where: 'Text', ...cut }] : [];
  });
  return [...hits, ...notes];
}

interface Text {
  field: string | null;
  where: string;
  text: string;
}

function textsOf(node: GraphNode): Text[] {
  const type = standardCatalogue.get(node.type);
  const labels = new Map(type?.fields.map(({ name, label }) => [name, label]));
  return [
    { field: titleField, where: 'Title', text: node.title },
    { field: null, where: 'Id', text: node.id },
    { field: null, where: 'Type', text: type?.label ?? node.type },
    ...Object.entries(node.config).flatMap(([name, value]) =>
      leavesOf(value, labels.get(name) ?? name).map((leaf) => ({ field: name, ...leaf })),
    ),
    ...(node.timeout === undefined ? [] : [{ field: 'timeout', where: 'Timeout', text: node.timeout }]),
  ];
}

/** The texts and numbers inside a value, each with the way to it. Names of an object's parts are texts, too: a header is found by its name. */
function leavesOf(value: Json, where: string): { where: string; text: string }[] {
  if (value === null || typeof value === 'boolean') return [];
  if (typeof value !== 'object') return [{ where, text: String(value) }];
  if (Array.isArray(value)) return value.flatMap((part, i) => leavesOf(part, `${where} ${i + 1}`));
  return Object.entries(value).flatMap(([key, part]) => {
    // An expression and the parts of a case or outcome are the form's own names, not the author's.
    if (key === 'expr') return leavesOf(part, where);
    const inside = leavesOf(part, `${where}, ${key}`);
    return formNames.has(key) ? inside : [{ where, text: key }, ...inside];
  });
}

const formNames = new Set(['key', 'label', 'when', 'tone', 'codes', 'entity', 'value', 'name']);
const around = 36;

function cutAround(text: string, looked: string): Pick<Hit, 'before' | 'found' | 'after'> | null {
  const at = text.toLowerCase().indexOf(looked);
  if (at === -1) return null;
  const end = at + looked.length;
  const before = text.slice(Math.max(0, at - around), at);
  const after = text.slice(end, end + around * 2);
  return {
    before: `${at > around ? '…' : ''}${before}`,
    found: text.slice(at, end),
    after: `${after}${text.length > end + around * 2 ? '…' : ''}`,
  };
}
