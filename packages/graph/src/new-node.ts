import { type Catalogue, standardCatalogue } from './catalogue/catalogue.ts';
import type { GraphEdge, GraphNode, WorkflowDocument } from './document.ts';
import { type EdgeId, type NodeId, type NoteId, edgeId, noteId } from './ids.ts';
import { uniqueNodeId } from './node-id.ts';
import { nodeSize } from './node-size.ts';

export interface NewNodePlace {
  parent: NodeId | null;
  position: { x: number; y: number };
  /** Default: the type's label. */
  title?: string;
}

/** A node of a type as the designer adds it: default config and retry policy, an id made from its title. Undefined for an unknown type. */
export function newNode(
  document: WorkflowDocument,
  typeKey: string,
  { parent, position, title }: NewNodePlace,
  catalogue: Catalogue = standardCatalogue,
): GraphNode | undefined {
  const type = catalogue.get(typeKey);
  if (!type) return undefined;
  const node: GraphNode = {
    id: uniqueNodeId(new Set(document.nodes.map(({ id }) => id)), title ?? type.label),
    type: type.key,
    title: title ?? type.label,
    parent,
    position,
    config: type.defaultConfig(),
    ...(type.retry && { retry: type.retry }),
  };
  if (type.container) node.size = nodeSize(node, catalogue);
  return node;
}

/** An id for an edge, made from its ends so that the same drawing gives the same document. */
export function newEdgeId(
  taken: { has(id: EdgeId): boolean },
  { source, sourcePort, target }: Pick<GraphEdge, 'source' | 'sourcePort' | 'target'>,
): EdgeId {
  const base = `${source}-${sourcePort}-${target}`.slice(0, 90);
  for (let n = 1; ; n++) {
    const id = edgeId(n === 1 ? base : `${base}-${n}`);
    if (!taken.has(id)) return id;
  }
}

export function newNoteId(taken: { has(id: NoteId): boolean }): NoteId {
  for (let n = 1; ; n++) {
    const id = noteId(`note-${n}`);
    if (!taken.has(id)) return id;
  }
}

/** A workflow as it is when somebody begins one: its start, nothing else. */
export function newDocument(catalogue: Catalogue = standardCatalogue): WorkflowDocument {
  const empty: WorkflowDocument = { formatVersion: 1, nodes: [], edges: [] };
  const start = catalogue.types.find(({ hasInput }) => !hasInput);
  const node = start && newNode(empty, start.key, { parent: null, position: { x: 0, y: 0 }, title: 'Start' }, catalogue);
  return node ? { ...empty, nodes: [node] } : empty;
}
