import type { EdgeId, NodeId, NoteId } from '@perdure/graph';
import { noteElementId, noteOfElement } from './canvas-elements.ts';

export interface Selection {
  nodes: ReadonlySet<NodeId>;
  edges: ReadonlySet<EdgeId>;
  /** Absent: none. */
  notes?: ReadonlySet<NoteId>;
}

export const emptySelection: Selection = { nodes: new Set(), edges: new Set() };

/** The canvas elements of the selected nodes and notes. */
export function elementsOf({ nodes, notes }: Selection): Set<string> {
  const elements = new Set<string>(nodes);
  for (const note of notes ?? []) elements.add(noteElementId(note));
  return elements;
}

export function selectionOf(elements: Iterable<string>): Pick<Selection, 'nodes' | 'notes'> {
  const nodes = new Set<NodeId>();
  const notes = new Set<NoteId>();
  for (const element of elements) {
    const note = noteOfElement(element);
    if (note === null) nodes.add(element as NodeId); // an element is a node or a note
    else notes.add(note);
  }
  return { nodes, ...(notes.size > 0 && { notes }) };
}
