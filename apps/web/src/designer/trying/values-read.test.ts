import { edgeId, nodeId, portId, type GraphNode, type JsonObject, type WorkflowDocument } from '@perdure/graph';
import { expect, test } from 'vitest';
import { valuesRead } from './values-read.ts';

const node = (id: string, type: string, config: JsonObject, parent: string | null = null): GraphNode => ({
  id: nodeId(id),
  type,
  title: id,
  parent: parent === null ? null : nodeId(parent),
  position: { x: 0, y: 0 },
  config,
});
const edge = (source: string, target: string, port = 'out') => ({
  id: edgeId(`${source}-${target}`),
  source: nodeId(source),
  sourcePort: portId(port),
  target: nodeId(target),
});
const document: WorkflowDocument = {
  formatVersion: 1,
  nodes: [
    node('start', 'start', {}),
    node('a', 'transform', { value: { expr: 'input.n' } }),
    node('each', 'forEach', { items: { expr: 'steps.a.output' }, mode: 'sequential' }),
    node('inner', 'end', { value: { expr: 'item & vars.unit' } }, 'each'),
    node('choose', 'condition', { cases: [{ key: 'yes', label: 'Yes', when: 'steps.each.output and steps.a.output' }] }),
    node('done', 'end', { value: { expr: 'steps.b.output' } }),
  ],
  edges: [edge('start', 'a'), edge('a', 'each'), edge('each', 'inner', 'body'), edge('each', 'choose'), edge('choose', 'done', 'yes')],
};

test('a step alone reads what its own expressions and those inside it read', () => {
  expect(valuesRead(document, nodeId('a'), true)).toEqual({ input: true, steps: [], vars: [] });
  expect(valuesRead(document, nodeId('each'), true)).toEqual({ input: false, steps: ['a'], vars: ['unit'] });
  expect(valuesRead(document, nodeId('choose'), true)).toEqual({ input: false, steps: ['a', 'each'], vars: [] });
});

test('from a step on, what runs itself is not asked for', () => {
  expect(valuesRead(document, nodeId('each'), false)).toEqual({ input: false, steps: ['a', 'b'], vars: ['unit'] });
});

test('an expression that may read everything asks for everything', () => {
  const all: WorkflowDocument = { ...document, nodes: [node('a', 'transform', { value: { expr: '$string(steps)' } })] };
  expect(valuesRead(all, nodeId('a'), true)).toEqual({ input: false, steps: null, vars: [] });
});
