import { edgeId, nodeId, portId, standardCatalogue, type GraphNode, type NodeType, type WorkflowDocument } from '@perdure/graph';
import { describe, expect, test } from 'vitest';
import { DesignerModel } from './designer-model.ts';
import { fitContainers, moveNodes, remove, updateNode } from './document-edits.ts';

const type = (key: string): NodeType => {
  const found = standardCatalogue.get(key);
  if (!found) throw new Error(`No type ${key}`);
  return found;
};

const node = (id: string, key: string, more: Partial<GraphNode> = {}): GraphNode => ({
  id: nodeId(id),
  type: key,
  title: id,
  parent: null,
  position: { x: 0, y: 0 },
  config: type(key).defaultConfig(),
  ...more,
});
const edge = (source: string, port: string, target: string) => ({
  id: edgeId(`${source}-${port}-${target}`),
  source: nodeId(source),
  sourcePort: portId(port),
  target: nodeId(target),
});
const wires = (document: WorkflowDocument): string[] =>
  document.edges.map(({ source, sourcePort, target }) => `${source}.${sourcePort}>${target}`).sort();

const chain: WorkflowDocument = {
  formatVersion: 1,
  nodes: [
    node('start', 'start'),
    node('a', 'transform', { position: { x: 0, y: 84 } }),
    node('end', 'end', { position: { x: 0, y: 168 } }),
  ],
  edges: [edge('start', 'out', 'a'), edge('a', 'out', 'end')],
};

const model = (document: WorkflowDocument): DesignerModel => new DesignerModel(document, true, () => {});

describe('adding', () => {
  test('after a node with an open port: below it, connected', () => {
    const designer = model({ ...chain, nodes: chain.nodes.slice(0, 2), edges: chain.edges.slice(0, 1) });
    designer.selectNode(nodeId('a'));
    const id = designer.add(type('timer'));
    expect(wires(designer.document)).toEqual(['a.out>timer', 'start.out>a']);
    expect(designer.document.nodes.find((one) => one.id === id)?.position.y).toBeGreaterThan(84 + 52);
    expect([...designer.selection.nodes]).toEqual([id]);
  });

  test('after a node whose only exit is taken: in between', () => {
    const designer = model(chain);
    designer.selectNode(nodeId('start'));
    designer.add(type('http'));
    expect(wires(designer.document)).toEqual(['a.out>end', 'http_request.out>a', 'start.out>http_request']);
    designer.undo();
    expect(designer.document).toBe(chain);
  });

  test('into a container: its body leads to the first node', () => {
    const designer = model({ formatVersion: 1, nodes: [node('each', 'forEach')], edges: [] });
    designer.selectNode(nodeId('each'));
    const id = designer.add(type('transform'));
    expect(designer.document.nodes.find((one) => one.id === id)?.parent).toBe('each');
    expect(wires(designer.document)).toEqual(['each.body>transform']);
  });

  test('whoever may only look changes nothing', () => {
    const designer = new DesignerModel(chain, false, () => {});
    designer.add(type('http'));
    expect(designer.document).toBe(chain);
  });
});

describe('removing', () => {
  test('a node out of a chain joins the two ends', () => {
    expect(wires(remove(chain, new Set([nodeId('a')]), new Set()))).toEqual(['start.out>end']);
  });

  test('a container takes its content along', () => {
    const document: WorkflowDocument = {
      formatVersion: 1,
      nodes: [node('each', 'forEach'), node('inner', 'transform', { parent: nodeId('each') })],
      edges: [edge('each', 'body', 'inner')],
    };
    expect(remove(document, new Set([nodeId('each')]), new Set())).toEqual({ formatVersion: 1, nodes: [], edges: [] });
  });

  test('the start stays', () => {
    expect(remove(chain, new Set([nodeId('start')]), new Set())).toBe(chain);
  });
});

describe('changing a node', () => {
  const asks: WorkflowDocument = {
    formatVersion: 1,
    nodes: [node('ask', 'humanTask'), node('yes', 'end'), node('no', 'end')],
    edges: [edge('ask', 'approved', 'yes'), edge('ask', 'rejected', 'no')],
  };
  const outcomes = (...keys: string[]) =>
    updateNode(asks, nodeId('ask'), (one) => ({
      ...one,
      config: { ...one.config, outcomes: keys.map((key) => ({ key, label: key, tone: 'neutral' })) },
    }));

  test('a renamed outcome keeps its edges', () => {
    expect(wires(outcomes('accepted', 'rejected'))).toEqual(['ask.accepted>yes', 'ask.rejected>no']);
  });

  test('a removed outcome loses them', () => {
    expect(wires(outcomes('rejected'))).toEqual(['ask.rejected>no']);
  });

  test('moved outcomes keep theirs', () => {
    expect(wires(outcomes('rejected', 'approved'))).toEqual(['ask.approved>yes', 'ask.rejected>no']);
  });
});

describe('moving', () => {
  test('into a container cuts the edges that would cross its rim, and says how many', () => {
    const document: WorkflowDocument = { ...chain, nodes: [...chain.nodes, node('each', 'forEach', { position: { x: 400, y: 0 } })] };
    const moved = moveNodes(document, [{ node: nodeId('a'), parent: nodeId('each'), position: { x: 20, y: 56 } }]);
    expect(moved.removedEdges).toBe(2);
    expect(moved.document.edges).toEqual([]);
  });

  test('containers grow around what is put into them, and content keeps clear of the header', () => {
    const document: WorkflowDocument = {
      formatVersion: 1,
      nodes: [node('each', 'forEach'), node('x', 'transform', { parent: nodeId('each'), position: { x: 300, y: 10 } })],
      edges: [],
    };
    const fitted = fitContainers(document);
    const [each, x] = fitted.nodes;
    expect(x?.position.y).toBeGreaterThanOrEqual(48);
    expect(each?.size?.width).toBeGreaterThanOrEqual(300 + 216 + 20);
    expect(fitContainers(fitted)).toBe(fitted);
  });
});
