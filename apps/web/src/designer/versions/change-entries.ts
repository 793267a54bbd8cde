import {
  isLayoutOnly,
  standardCatalogue,
  type DocumentDiff,
  type EdgeId,
  type FieldChange,
  type GraphEdge,
  type GraphNode,
  type ItemChange,
  type Json,
  type NodeId,
  type NoteId,
  type StickyNote,
  type WorkflowDocument,
} from '@perdure/graph';
import type { CanvasMarks, EdgeMark, NodeMark } from '../../canvas/canvas-marks.ts';

export type ChangeKind = 'added' | 'removed' | 'changed' | 'moved';

export const signs: Readonly<Record<ChangeKind, string>> = { added: '+', removed: '–', changed: '~', moved: '↔' };

/** One line of the list of changes, in words. */
export interface ChangeEntry {
  key: string;
  kind: ChangeKind;
  title: string;
  detail: string;
  node: NodeId | null;
  edge: EdgeId | null;
  note: NoteId | null;
  /** Both values of each field. Of what was added or removed: its content, with one side empty. */
  fields: readonly FieldChange[];
}

/** What differs, as people read it: steps in the order of the document, then edges, then the rest; what was only moved comes last. */
export function changeEntries(diff: DocumentDiff, before: WorkflowDocument, after: WorkflowDocument): ChangeEntry[] {
  const nodes = new Map([...before.nodes, ...after.nodes].map((node) => [node.id, node]));
  const entries = [
    ...inOrder(diff.nodes, after.nodes).map((change) => nodeEntry(change)),
    ...diff.edges.map((change) => edgeEntry(change, nodes)),
    ...diff.others.flatMap(({ part, changes }) => changes.map((change) => otherEntry(part, change))),
  ];
  return entries.toSorted((a, b) => Number(a.kind === 'moved') - Number(b.kind === 'moved'));
}

/** `2 added, 1 removed, 3 changed`. */
export function countWords(entries: readonly ChangeEntry[]): string {
  if (entries.length === 0) return 'No difference';
  const kinds = ['added', 'removed', 'changed', 'moved'] as const;
  return kinds
    .map((kind) => [kind, entries.filter((entry) => entry.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
}

/** Both documents on one canvas: the later one, with what was removed standing where it stood; a note lies under what came in its place. */
export function unionDocument(diff: DocumentDiff, after: WorkflowDocument): WorkflowDocument {
  const goneNodes = diff.nodes.flatMap((change) => (change.kind === 'removed' ? [change.before] : []));
  const goneEdges = diff.edges.flatMap((change) => (change.kind === 'removed' ? [change.before] : []));
  const goneNotes = noteChanges(diff).flatMap((change) => (change.kind === 'removed' ? [change.before] : []));
  if (goneNodes.length + goneEdges.length + goneNotes.length === 0) return after;
  return {
    ...after,
    nodes: [...after.nodes, ...goneNodes],
    edges: [...after.edges, ...goneEdges],
    ...(goneNotes.length > 0 && { notes: [...goneNotes, ...(after.notes ?? [])] }),
  };
}

export function diffMarks(diff: DocumentDiff): CanvasMarks {
  return {
    nodes: new Map(diff.nodes.map((change): [NodeId, NodeMark] => [change.id as NodeId, kindOf(change)])), // ids of nodes
    edges: new Map(diff.edges.map((change): [EdgeId, EdgeMark] => [change.id as EdgeId, change.kind])), // ids of edges
    notes: new Map(noteChanges(diff).map((change): [NoteId, NodeMark] => [change.id as NoteId, kindOf(change)])), // ids of notes
    dim: false,
  };
}

function noteChanges({ others }: DocumentDiff): readonly ItemChange<StickyNote>[] {
  const changes = others.find(({ part }) => part === 'notes')?.changes ?? [];
  // Both documents were parsed: what they list as notes are notes; only an empty list is told of as a whole, without an id.
  return changes.filter(({ id }) => id !== '') as readonly ItemChange<Json>[] as readonly ItemChange<StickyNote & Json>[];
}

function kindOf<Item>(change: ItemChange<Item>): ChangeKind {
  return isLayoutOnly(change) ? 'moved' : change.kind;
}

function inOrder(changes: readonly ItemChange<GraphNode>[], nodes: readonly GraphNode[]): ItemChange<GraphNode>[] {
  const places = new Map(nodes.map(({ id }, i) => [id as string, i]));
  return changes.toSorted((a, b) => (places.get(a.id) ?? Infinity) - (places.get(b.id) ?? Infinity) || 0);
}

function nodeEntry(change: ItemChange<GraphNode>): ChangeEntry {
  const node = change.kind === 'removed' ? change.before : change.after;
  const type = standardCatalogue.get(node.type);
  const title = node.title.trim() || type?.label || node.id;
  const fields = change.kind === 'changed' ? change.fields : wholeFields(change, type?.fields);
  const kind = kindOf(change);
  const retitled = change.kind === 'changed' && change.before.title !== change.after.title ? `was ${change.before.title}` : null;
  const names = change.kind === 'changed' ? change.fields.map(({ label }) => label) : [];
  const detail =
    change.kind === 'changed'
      ? [retitled, ...new Set(names.filter((name) => !(retitled && name === 'Title')))]
      : [type?.label ?? node.type];
  return {
    key: `node ${change.id}`,
    kind,
    title,
    detail: detail.filter(Boolean).join(', '),
    node: node.id,
    edge: null,
    note: null,
    fields,
  };
}

/** A node that came or went shows what it was set to. */
function wholeFields(
  change: Exclude<ItemChange<GraphNode>, { kind: 'changed' }>,
  fields: readonly { name: string; label: string }[] = [],
): FieldChange[] {
  const { config } = change.kind === 'added' ? change.after : change.before;
  return Object.entries(config).map(([name, value]) => ({
    field: `config.${name}`,
    label: fields.find((field) => field.name === name)?.label ?? name,
    concerns: 'content' as const,
    before: change.kind === 'removed' ? value : undefined,
    after: change.kind === 'added' ? value : undefined,
  }));
}

function edgeEntry(change: ItemChange<GraphEdge>, nodes: ReadonlyMap<NodeId, GraphNode>): ChangeEntry {
  const edge = change.kind === 'removed' ? change.before : change.after;
  const ends = (one: GraphEdge): string => {
    const source = nodes.get(one.source);
    const port =
      source &&
      standardCatalogue
        .get(source.type)
        ?.ports(source.config)
        .find(({ id }) => id === one.sourcePort);
    const by = port && port.id !== 'out' ? ` (${port.label})` : '';
    return `${source?.title ?? one.source}${by} → ${nodes.get(one.target)?.title ?? one.target}`;
  };
  return {
    key: `edge ${change.id}`,
    kind: change.kind,
    title: ends(edge),
    detail: change.kind === 'changed' ? `was ${ends(change.before)}` : 'Edge',
    node: null,
    edge: edge.id,
    note: null,
    fields: change.kind === 'changed' ? change.fields : [],
  };
}

/** Of Markdown, without what makes it a heading, a list or a quotation. */
function firstLine(text: string): string {
  const [line = ''] = text.trim().split('\n');
  return line.replace(/^[#>*+\-\s]+/, '').slice(0, 80);
}

const partNames: Readonly<Record<string, string>> = { notes: 'Note', scenarios: 'Scenario' };

function otherEntry(part: string, change: ItemChange<Json>): ChangeEntry {
  const item = change.kind === 'removed' ? change.before : change.after;
  const name = partNames[part] ?? part;
  const text = typeof item === 'object' && item !== null && !Array.isArray(item) ? (item['title'] ?? item['text']) : undefined;
  const fields =
    change.kind === 'changed'
      ? change.fields
      : [
          {
            field: '',
            label: name,
            concerns: 'content' as const,
            before: change.kind === 'removed' ? change.before : undefined,
            after: change.kind === 'added' ? change.after : undefined,
          },
        ];
  return {
    key: `${part} ${change.id}`,
    kind: kindOf(change),
    title: (typeof text === 'string' && firstLine(text)) || name,
    detail: change.kind === 'changed' ? [name, ...change.fields.map(({ label }) => label)].join(', ') : name,
    node: null,
    edge: null,
    note: part === 'notes' && change.id !== '' ? (change.id as NoteId) : null, // an id of a note
    fields,
  };
}
