import { diffDocuments, edgeId, newDocument, nodeId, portId, type GraphNode, type WorkflowDocument } from '@perdure/graph';
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
