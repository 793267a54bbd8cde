import { newDocument, nodeId, type WorkflowDocument } from '@perdure/graph';
import { expect, it } from 'vitest';
import { hasSameData } from './same-data.ts';

it('a moved node and its own title change nothing; a config, another title or an edge does', () => {
  const before = newDocument();
  const [start] = before.nodes;
  const own = nodeId('start');
  const changed = (change: object): WorkflowDocument => ({ ...before, nodes: before.nodes.map((node) => ({ ...node, ...change })) });
  expect(start?.id).toBe(own);
  expect(hasSameData(before, changed({ position: { x: 9, y: 9 }, title: 'Other' }), own)).toBe(true);
  expect(hasSameData(before, changed({ title: 'Other' }), nodeId('else'))).toBe(false);
  expect(hasSameData(before, changed({ config: {} }), own)).toBe(false);
  expect(hasSameData(before, { ...before, edges: [] }, own)).toBe(false);
  expect(hasSameData(before, { ...before, nodes: [] }, own)).toBe(false);
});
