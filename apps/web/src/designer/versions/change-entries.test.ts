import { diffDocuments, edgeId, newDocument, nodeId, noteId, portId, type GraphNode, type WorkflowDocument } from '@perdure/graph';
import { expect, test } from 'vitest';
import { changeEntries, countWords, diffMarks, unionDocument } from './change-entries.ts';

const node = (id: string, type: string, title: string, config = {}): GraphNode => ({
  id: nodeId(id),
  type,
  title,
  parent: null,
  position: { x: 0, y: 0 },
  config,
});
const start = newDocument().nodes[0]!;
const edge = (from: string, to: string) => ({
  id: edgeId(`${from}_${to}`),
  source: nodeId(from),
  sourcePort: portId('out'),
  target: nodeId(to),
});
const before: WorkflowDocument = {
  formatVersion: 1,
  nodes: [
    start,
    node('call', 'http', 'Credit check', { method: 'GET', url: 'https://a.test' }),
    node('gone', 'timer', 'Wait'),
    node('end', 'end', 'End'),
  ],
  edges: [edge(start.id, 'call'), edge('call', 'gone'), edge('gone', 'end')],
};
const after: WorkflowDocument = {
  formatVersion: 1,
  nodes: [
    start,
    node('call', 'http', 'Score', { method: 'GET', url: 'https://b.test' }),
    { ...node('end', 'end', 'End'), position: { x: 8, y: 8 } },
    node('more', 'transform', 'More', { value: 1 }),
  ],
  edges: [edge(start.id, 'call'), edge('call', 'more'), edge('more', 'end')],
};
const diff = diffDocuments(before, after);

test('changes read as a person would tell them, what was only moved last', () => {
  const entries = changeEntries(diff, before, after);
  expect(entries.map(({ kind, title, detail }) => `${kind}: ${title} [${detail}]`)).toEqual([
    'changed: Score [was Credit check, URL]',
    'added: More [Transform]',
    'removed: Wait [Timer]',
    'removed: Score → Wait [Edge]',
    'removed: Wait → End [Edge]',
    'added: Score → More [Edge]',
    'added: More → End [Edge]',
    'moved: End [Position]',
  ]);
  expect(countWords(entries)).toBe('3 added, 3 removed, 1 changed, 1 moved');
  expect(countWords([])).toBe('No difference');
  expect(entries[1]!.fields).toEqual([{ field: 'config.value', label: 'Value', concerns: 'content', before: undefined, after: 1 }]);
});

test('what was removed stands beside what is there, and everything that differs has a mark', () => {
  const union = unionDocument(diff, after);
  expect(union.nodes.map(({ id }) => id)).toEqual([start.id, 'call', 'end', 'more', 'gone']);
  expect(union.edges).toHaveLength(5);
  expect(Object.fromEntries(diffMarks(diff).nodes)).toEqual({ call: 'changed', end: 'moved', more: 'added', gone: 'removed' });
  expect(diffMarks(diff).edges.size).toBe(4);
});

test('notes stand on the canvas of the two, with their marks, also those that are gone', () => {
  const note = (id: string, text: string, x = 0) => ({
    id: noteId(id),
    text,
    parent: null,
    position: { x, y: 0 },
    size: { width: 200, height: 80 },
  });
  const older = { ...before, notes: [note('kept', 'Why'), note('gone', 'Once'), note('moved', 'There')] };
  const newer = { ...before, notes: [note('kept', '## Why not\nBecause.'), note('moved', 'There', 40), note('new', 'Since')] };
  const changed = diffDocuments(older, newer);
  expect(Object.fromEntries(diffMarks(changed).notes ?? [])).toEqual({ kept: 'changed', gone: 'removed', moved: 'moved', new: 'added' });
  expect(unionDocument(changed, newer).notes?.map(({ id }) => id)).toEqual(['gone', 'kept', 'moved', 'new']);
  expect(changeEntries(changed, older, newer).map((entry) => entry.note)).toEqual(expect.arrayContaining(['kept', 'gone', 'moved', 'new']));
  expect(changeEntries(changed, older, newer).find((entry) => entry.note === 'kept')?.title).toBe('Why not');
  // All notes of a document, or none: there is nothing on the canvas for the list itself.
  const none = diffDocuments(older, before);
  expect(unionDocument(none, before).notes).toHaveLength(3);
});
