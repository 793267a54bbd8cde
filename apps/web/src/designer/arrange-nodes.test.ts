import { nodeId, nodeSize, noteId } from '@perdure/graph';
import { expect, test } from 'vitest';
import { alignNodes, arrangeRefusal, distributeNodes } from './arrange-nodes.ts';
import { drawDocument } from './draw-document.ts';

const document = drawDocument({
  a: { type: 'http', at: [0, 0] },
  j: { type: 'join', at: [100, 90] },
  b: { type: 'http', at: [300, 400] },
  g: { type: 'scope', at: [0, 600], size: { width: 400, height: 300 } },
  x: { type: 'http', in: 'g', at: [40, 60] },
});
const of = (...ids: string[]) => ({ nodes: new Set(ids.map(nodeId)) });
const at = (changed: typeof document, id: string) => changed.nodes.find((node) => node.id === id)?.position;

test('sides and middles are those of what is selected together', () => {
  expect(at(alignNodes(document, of('a', 'j', 'b'), 'left'), 'b')).toEqual({ x: 0, y: 400 });
  expect(at(alignNodes(document, of('a', 'j', 'b'), 'right'), 'j')).toEqual({ x: 516 - 120, y: 90 });
  expect(at(alignNodes(document, of('a', 'j', 'b'), 'centre'), 'j')).toEqual({ x: 258 - 60, y: 90 });
  expect(at(alignNodes(document, of('a', 'b'), 'top'), 'b')).toEqual({ x: 300, y: 0 });
  expect(at(alignNodes(document, of('a', 'b'), 'bottom'), 'a')).toEqual({ x: 0, y: 400 });
  expect(at(alignNodes(document, of('a', 'b'), 'middle'), 'a')).toEqual({ x: 0, y: 200 });
});

test('the same space between each two, the outer ones stay', () => {
  const spread = distributeNodes(document, of('a', 'j', 'b'), 'vertically');
  expect(at(spread, 'a')).toEqual(at(document, 'a'));
  expect(at(spread, 'b')).toEqual(at(document, 'b'));
  const [a, j, b] = ['a', 'j', 'b'].map((id) => spread.nodes.find((node) => node.id === id)!);
  const gap = (above: typeof a, below: typeof a) => below!.position.y - above!.position.y - nodeSize(above!).height;
  expect(gap(a, j)).toBe(gap(j, b));
});

test('what is lined up already is the same document', () => {
  const once = alignNodes(document, of('a', 'j', 'b'), 'left');
  expect(alignNodes(once, of('a', 'j', 'b'), 'left')).toBe(once);
});

test('says what is missing', () => {
  expect(arrangeRefusal(document, of('a'), 2)).toBe('Select at least two nodes');
  expect(arrangeRefusal(document, of('a', 'b'), 3)).toBe('Select at least three nodes');
  expect(arrangeRefusal(document, of('a', 'x'), 2)).toBe('Select nodes of one container');
  // A container moves with what is in it.
  expect(arrangeRefusal(document, of('g', 'x'), 2)).toBe('Select at least two nodes');
});

test('notes are arranged beside nodes; one in a chosen container moves with it', () => {
  const size = { width: 216, height: 96 };
  const withNotes = {
    ...document,
    notes: [
      { id: noteId('n'), text: '', parent: null, position: { x: 500, y: 37 }, size },
      { id: noteId('inside'), text: '', parent: nodeId('g'), position: { x: 40, y: 180 }, size },
    ],
  };
  const chosen = { nodes: new Set([nodeId('a'), nodeId('g')]), notes: new Set([noteId('n'), noteId('inside')]) };
  const aligned = alignNodes(withNotes, chosen, 'left');
  expect(aligned.notes?.map(({ position }) => position)).toEqual([
    { x: 0, y: 37 },
    { x: 40, y: 180 },
  ]);
  expect(arrangeRefusal(withNotes, { nodes: new Set([nodeId('a')]), notes: new Set([noteId('n')]) }, 2)).toBeNull();
});
