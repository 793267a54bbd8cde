import { nodeId, noteId, type WorkflowDocument } from '@perdure/graph';
import { expect, test } from 'vitest';
import { drawDocument } from './draw-document.ts';
import { followNodes, freeNotePlace } from './note-places.ts';

const size = { width: 216, height: 96 };
const document: WorkflowDocument = {
  ...drawDocument({ a: { type: 'http', at: [0, 0] }, b: { type: 'http', at: [0, 300] }, c: { type: 'http', at: [300, 300] } }),
  notes: [
    { id: noteId('of-b'), text: '', parent: null, position: { x: -240, y: 290 }, size },
    { id: noteId('on-a'), text: '', parent: null, position: { x: 20, y: 20 }, size },
  ],
};

function moved(places: Record<string, { x: number; y: number }>): WorkflowDocument {
  return { ...document, nodes: document.nodes.map((node) => ({ ...node, position: places[node.id] ?? node.position })) };
}

const at = (of: WorkflowDocument, id: string) => of.notes?.find((note) => note.id === id)?.position;

test('a note stays beside the node it stood nearest to; one that lay on a node still does', () => {
  const after = followNodes(document, moved({ a: { x: 100, y: 0 }, b: { x: 60, y: 500 } }));
  expect(at(after, 'of-b')).toEqual({ x: -180, y: 490 });
  expect(at(after, 'on-a')).toEqual({ x: 120, y: 20 });
});

test('where a node stands now the note makes room, by as little as it can', () => {
  const after = followNodes(document, moved({ c: { x: -240, y: 300 } }));
  expect(at(after, 'of-b')).toEqual({ x: -240, y: 300 + 52 + 16 });
});

test('a new note goes beside what stands where it was to go', () => {
  const place = freeNotePlace(document, null, { x: 10, y: 290, ...size });
  const covered = document.nodes.filter(
    ({ position: { x, y } }) => place.x < x + 216 && x < place.x + size.width && place.y < y + 52 && y < place.y + size.height,
  );
  expect(covered).toEqual([]);
  expect(freeNotePlace(document, null, { x: 900, y: 900, ...size })).toEqual({ x: 900, y: 900 });
  expect(freeNotePlace(document, nodeId('a'), { x: 20, y: 60, ...size })).toEqual({ x: 20, y: 60 });
});
