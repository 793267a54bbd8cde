import { type Catalogue, standardCatalogue } from './catalogue/catalogue.ts';
import type { GraphEdge, GraphNode, StickyNote, WorkflowDocument } from './document.ts';
import { indexGraph } from './graph-index.ts';
import type { EdgeId, NodeId, NoteId } from './ids.ts';
import { canConnectIn } from './connect-rules.ts';
import { newEdgeId, newNoteId } from './new-node.ts';
import { uniqueNodeId } from './node-id.ts';
import { maxNodes, parseDocument } from './parse-document.ts';
import type { Problem } from './problem.ts';
import { renameReferences } from './step-references.ts';
import { parseJson } from './strict-json.ts';

/** What the clipboard carries: plain workflow JSON, told apart from a whole document by `fragment`. */
export interface Fragment {
  fragment: 1;
  nodes: GraphNode[];
  edges: GraphEdge[];
  notes?: StickyNote[];
}

/** The chosen nodes and notes with everything inside them, and the edges between them. Starts stay behind: a workflow has one. */
export function copyFragment(
  document: WorkflowDocument,
  chosen: Iterable<NodeId>,
  chosenNotes: Iterable<NoteId> = [],
  catalogue: Catalogue = standardCatalogue,
): Fragment {
  const roots = new Set(chosen);
  const parents = new Map(document.nodes.map(({ id, parent }) => [id, parent]));
  const isInside = (id: NodeId): boolean => {
    const passed = new Set<NodeId>();
    for (let at: NodeId | null | undefined = id; at && !passed.has(at); at = parents.get(at)) {
      if (roots.has(at)) return true;
      passed.add(at);
    }
    return false;
  };
  const nodes = document.nodes.filter(({ id, type }) => isInside(id) && catalogue.get(type)?.hasInput !== false);
  const kept = new Set(nodes.map(({ id }) => id));
  const noteRoots = new Set(chosenNotes);
  const notes = (document.notes ?? []).filter(({ id, parent }) => noteRoots.has(id) || (parent !== null && kept.has(parent)));
  return {
    fragment: 1,
    // A node whose container stays behind becomes free to go anywhere.
    nodes: nodes.map((node) => (node.parent !== null && !kept.has(node.parent) ? { ...node, parent: null } : node)),
    edges: document.edges.filter(({ source, target }) => kept.has(source) && kept.has(target)),
    ...(notes.length > 0 && {
      notes: notes.map((note) => (note.parent !== null && !kept.has(note.parent) ? { ...note, parent: null } : note)),
    }),
  };
}

export type Pasted = { ok: true; document: WorkflowDocument; pasted: NodeId[]; pastedNotes: NoteId[] } | { ok: false; problems: Problem[] };

export interface PastePlace {
  /** The container pasted into, or null. */
  parent: NodeId | null;
  /** Where the top left corner of the pasted nodes goes. */
  position: { x: number; y: number };
}

/** Adds a fragment (or a whole document), given as clipboard text, under ids of its own. Expressions inside it follow the new ids. */
export function pasteFragment(
  document: WorkflowDocument,
  clipboard: string,
  { parent, position }: PastePlace,
  catalogue: Catalogue = standardCatalogue,
): Pasted {
  const read = readFragment(clipboard);
  if (!read.ok) return read;
  const nodes = read.document.nodes.filter(({ type }) => catalogue.get(type)?.hasInput !== false);
  if (document.nodes.length + nodes.length > maxNodes) {
    return refused(
      'document.too-large',
      'Workflow too large',
      `With these, it would have ${document.nodes.length + nodes.length} nodes; ${maxNodes} are allowed.`,
    );
  }
  const ringed = inRing(nodes);
  const taken = new Set(document.nodes.map(({ id }) => id));
  const renamed = new Map<NodeId, NodeId>();
  for (const { id } of nodes) {
    // An id that is free is kept, so that what was copied out and pasted back reads the same.
    const to = taken.has(id) ? uniqueNodeId(taken, id.replace(/_\d+$/, '')) : id;
    taken.add(to);
    renamed.set(id, to);
  }
  const notes = read.document.notes ?? [];
  const isRoot = (one: GraphNode | StickyNote): boolean => one.parent === null || !renamed.has(one.parent) || ringed.has(one.id);
  const roots = nodes.filter(isRoot);
  const noteRoots = notes.filter(isRoot);
  const left = [...roots, ...noteRoots].reduce((min, one) => Math.min(min, one.position.x), Infinity);
  const top = [...roots, ...noteRoots].reduce((min, one) => Math.min(min, one.position.y), Infinity);
  const placeOf = (one: GraphNode | StickyNote): { x: number; y: number } => ({
    x: position.x + one.position.x - left,
    y: position.y + one.position.y - top,
  });
  const added = nodes.map((node): GraphNode => {
    const moved = renameReferences(node, renamed, catalogue);
    const id = renamed.get(node.id)!;
    return isRoot(node) ? { ...moved, id, parent, position: placeOf(node) } : { ...moved, id, parent: renamed.get(node.parent!)! };
  });
  const edgeIds = new Set<EdgeId>(document.edges.map(({ id }) => id));
  const index = indexGraph({ ...document, nodes: [...document.nodes, ...added] }, catalogue);
  const edges = read.document.edges.flatMap((edge): GraphEdge[] => {
    const source = renamed.get(edge.source);
    const target = renamed.get(edge.target);
    if (!source || !target) return [];
    const connection = { source, sourcePort: edge.sourcePort, target };
    // Something copied by hand may hold edges no one could draw.
    if (!canConnectIn(index, connection).ok) return [];
    const id = newEdgeId(edgeIds, connection);
    edgeIds.add(id);
    return [{ id, ...connection }];
  });
  const noteIds = new Set(document.notes?.map(({ id }) => id));
  const addedNotes = notes.map((note): StickyNote => {
    const id = newNoteId(noteIds);
    noteIds.add(id);
    return isRoot(note) ? { ...note, id, parent, position: placeOf(note) } : { ...note, id, parent: renamed.get(note.parent!)! };
  });
  return {
    ok: true,
    document: {
      ...document,
      nodes: [...document.nodes, ...added],
      edges: [...document.edges, ...edges],
      ...(addedNotes.length > 0 && { notes: [...(document.notes ?? []), ...addedNotes] }),
    },
    pasted: roots.map(({ id }) => renamed.get(id)!),
    pastedNotes: addedNotes.filter((_, i) => isRoot(notes[i]!)).map(({ id }) => id), // one for each
  };
}

/** Nodes whose containers lead back to them: something made by hand. Outside any container they can be seen and put right. */
function inRing(nodes: readonly GraphNode[]): ReadonlySet<string> {
  const parents = new Map(nodes.map(({ id, parent }) => [id, parent]));
  const ringed = nodes.filter(({ id }) => {
    const passed = new Set<NodeId>();
    for (let at = parents.get(id); at && !passed.has(at); at = parents.get(at)) passed.add(at);
    return passed.has(id);
  });
  return new Set(ringed.map(({ id }) => id));
}

function readFragment(clipboard: string): ReturnType<typeof parseDocument> {
  const parsed = parseJson(clipboard);
  if (!parsed.ok) return refused('document.json', 'Not workflow JSON', `${parsed.message} Line ${parsed.line}, column ${parsed.column}.`);
  const { value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !('nodes' in value))
    return refused('document.json', 'Not workflow JSON', 'It has no nodes. Copy nodes on a canvas, or the JSON of a workflow.');
  if (value.fragment !== 1) return parseDocument(value);
  const { fragment: _, ...rest } = value;
  return parseDocument({ formatVersion: 1, ...rest });
}

function refused(code: string, title: string, detail: string): { ok: false; problems: Problem[] } {
  return { ok: false, problems: [{ code, severity: 'error', title, detail }] };
}
