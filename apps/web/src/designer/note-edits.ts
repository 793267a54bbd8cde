import { newNoteId, type NodeId, type NoteId, type StickyNote, type WorkflowDocument } from '@perdure/graph';

/** Pure edits of sticky notes: document in, document out. A document without notes has no list of them. */

export const newNoteSize = { width: 216, height: 96 };

interface Place {
  parent: NodeId | null;
  position: { x: number; y: number };
}

export function addNote(document: WorkflowDocument, place: Place, text = ''): { document: WorkflowDocument; note: StickyNote } {
  const notes = document.notes ?? [];
  const note: StickyNote = { id: newNoteId(new Set(notes.map(({ id }) => id))), text, ...place, size: newNoteSize };
  return { note, document: { ...document, notes: [...notes, note] } };
}

export function updateNote(document: WorkflowDocument, id: NoteId, change: Partial<Omit<StickyNote, 'id'>>): WorkflowDocument {
  return withNotes(
    document,
    (document.notes ?? []).map((note) => (note.id === id ? { ...note, ...change } : note)),
  );
}

export function moveNotes(document: WorkflowDocument, moves: readonly ({ note: NoteId } & Place)[]): WorkflowDocument {
  if (moves.length === 0) return document;
  const byNote = new Map(moves.map(({ note, ...place }) => [note, place]));
  return withNotes(
    document,
    (document.notes ?? []).map((note) => ({ ...note, ...byNote.get(note.id) })),
  );
}

/** Without these notes, and without those in containers that are gone. */
export function removeNotes(document: WorkflowDocument, gone: ReadonlySet<NoteId>): WorkflowDocument {
  const { notes } = document;
  if (!notes) return document;
  const nodes = new Set(document.nodes.map(({ id }) => id));
  const kept = notes.filter(({ id, parent }) => !gone.has(id) && (parent === null || nodes.has(parent)));
  return kept.length === notes.length ? document : withNotes(document, kept);
}

function withNotes(document: WorkflowDocument, notes: StickyNote[]): WorkflowDocument {
  const { notes: _, ...rest } = document;
  return notes.length === 0 ? rest : { ...rest, notes };
}
