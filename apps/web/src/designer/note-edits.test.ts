import { edgeId, newNoteId, nodeId, noteId, parseDocument, type WorkflowDocument } from '@perdure/graph';
import { describe, expect, it } from 'vitest';
import { DesignerModel } from './designer-model.ts';
import { drawDocument } from './draw-document.ts';
import { addNote, moveNotes, removeNotes, updateNote } from './note-edits.ts';
import { resizeContainer } from './resize-container.ts';
import { dropOnEdge } from './document-edits.ts';

function drawn(): WorkflowDocument {
  return drawDocument(
    {
      start: { type: 'start', at: [0, 0] },
      each: { type: 'forEach', at: [0, 100], size: { width: 300, height: 200 } },
      inner: { type: 'transform', in: 'each', at: [40, 80] },
      loose: { type: 'transform', at: [400, 0] },
      end: { type: 'end', at: [0, 400] },
    },
    ['start -> each', 'each -> end'],
  );
}

const place = { parent: null, position: { x: 10, y: 20 } };

describe('sticky notes', () => {
  it('are added under ids of their own, changed, moved and removed; the last one takes the list along', () => {
    const first = addNote(drawn(), place, 'One');
    const second = addNote(first.document, place, 'Two');
    expect(second.document.notes?.map(({ id }) => id)).toEqual(['note-1', 'note-2']);
    const changed = updateNote(second.document, first.note.id, { text: 'Three' });
    const moved = moveNotes(changed, [{ note: first.note.id, parent: nodeId('each'), position: { x: 1, y: 2 } }]);
    expect(moved.notes?.[0]).toMatchObject({ text: 'Three', parent: 'each', position: { x: 1, y: 2 } });
    expect(parseDocument(moved).ok).toBe(true);
    const none = removeNotes(moved, new Set([noteId('note-1'), noteId('note-2')]));
    expect(none).not.toHaveProperty('notes');
    expect(none.nodes).toBe(moved.nodes);
  });

  it('nothing to remove leaves the document itself', () => {
    const { document } = addNote(drawn(), place);
    expect(removeNotes(document, new Set([newNoteId(new Set([noteId('note-1')]))]))).toBe(document);
  });

  it('go with their container, and every edit can be taken back', () => {
    const before = drawn();
    const model = new DesignerModel(before, true, () => {});
    model.addNote({ parent: nodeId('each'), position: { x: 40, y: 150 } });
    const [note] = model.document.notes ?? [];
    expect(model.selectedNote).toBe(note?.id);
    expect(model.view.getState().editingNote).toBe(note?.id);
    model.writeNote(note!.id, 'Inside');
    model.selectNode(nodeId('each'));
    model.deleteSelection();
    expect(model.document.notes ?? []).toEqual([]);
    model.undo();
    expect(model.document.notes?.[0]?.text).toBe('Inside');
    model.undo();
    model.undo();
    expect(model.document).toBe(before);
    expect(model.view.getState().editingNote).toBeNull();
  });
});

describe('resizing a container', () => {
  it('leaves what is inside where it is on the canvas', () => {
    const { document } = addNote(drawn(), { parent: nodeId('each'), position: { x: 10, y: 140 } });
    const resized = resizeContainer(document, nodeId('each'), { x: -40, y: 80, width: 400, height: 260 });
    expect(resized.nodes.find(({ id }) => id === 'each')).toMatchObject({ position: { x: -40, y: 80 }, size: { width: 400, height: 260 } });
    expect(resized.nodes.find(({ id }) => id === 'inner')?.position).toEqual({ x: 80, y: 100 });
    expect(resized.notes?.[0]?.position).toEqual({ x: 50, y: 160 });
    expect(resized.nodes.find(({ id }) => id === 'start')).toBe(document.nodes.find(({ id }) => id === 'start'));
  });
});

describe('dropping a node on an edge', () => {
  it('goes in between, and what follows makes room', () => {
    const after = dropOnEdge(drawn(), { node: nodeId('loose'), parent: null, position: { x: 0, y: 60 } }, edgeId('start-out-each'));
    expect(after.edges.map(({ source, target }) => `${source} -> ${target}`).toSorted()).toEqual([
      'each -> end',
      'loose -> each',
      'start -> loose',
    ]);
    expect(after.nodes.find(({ id }) => id === 'each')?.position.y).toBe(52 + 32 + 52 + 32);
    expect(after.nodes.find(({ id }) => id === 'end')?.position.y).toBe(400 + 68);
  });
});
