import type { EdgeId, NodeId, NoteId } from '@perdure/graph';
import { noteOfElement } from './canvas-elements.ts';
import type { CanvasEdge, CanvasNode, CanvasNote } from './react-flow.ts';
import './canvas-marks.css';

/** What a mark says about a node: how it differs from another version or run, or its part in a problem. */
export type NodeMark = 'added' | 'removed' | 'changed' | 'moved' | 'path' | 'cause' | 'focus' | 'diverged';
export type EdgeMark = 'added' | 'removed' | 'changed' | 'taken' | 'missing';

/** Marks laid over a canvas from outside. They are in no document and no run. */
export interface CanvasMarks {
  nodes: ReadonlyMap<NodeId, NodeMark>;
  edges: ReadonlyMap<EdgeId, EdgeMark>;
  notes?: ReadonlyMap<NoteId, NodeMark>;
  /** Everything without a mark steps back. */
  dim: boolean;
}

export function markNodes<Item extends CanvasNode | CanvasNote>(nodes: Item[], marks: CanvasMarks | null): Item[] {
  if (!marks) return nodes;
  return nodes.map((node) => {
    const note = noteOfElement(node.id);
    // React Flow was given ids of nodes and of notes.
    return withClass(node, note === null ? marks.nodes.get(node.id as NodeId) : marks.notes?.get(note), marks.dim);
  });
}

export function markEdges(edges: CanvasEdge[], marks: CanvasMarks | null): CanvasEdge[] {
  if (!marks) return edges;
  return edges.map((edge) => withClass(edge, marks.edges.get(edge.id as EdgeId), marks.dim)); // as above
}

function withClass<Item extends { className?: string }>(item: Item, mark: string | undefined, dim: boolean): Item {
  if (mark === undefined && !dim) return item;
  return { ...item, className: mark === undefined ? 'mk-dim' : `mk mk-${mark}` };
}
