/** Another version of a random workflow, to which its instances can be migrated: other ids, steps in between, joins that need less. */
import { edgeId, nodeId, portId, type EdgeId, type Json, type NodeId } from '@perdure/graph';
import type { Meaning, RandomWorkflow } from './random-workflow.ts';

export interface AnotherVersion {
  workflow: RandomWorkflow;
  /** Old ids to new, of what has another one. */
  nodes: Record<NodeId, NodeId>;
  edges: Record<EdgeId, EdgeId>;
  joins: { node: NodeId; incoming: EdgeId[] }[];
}

export function anotherVersion({ document, meanings }: RandomWorkflow, random: () => number): AnotherVersion {
  const nodes: AnotherVersion['nodes'] = {};
  for (const { id } of document.nodes) if (random() < 0.3) nodes[id] = nodeId(`${id}b`);
  const nameOf = (id: NodeId): NodeId => nodes[id] ?? id;
  const renamed = (source: string): string =>
    source.replaceAll(/steps\.(\w+)\.output/g, (_, id: string) => `steps.${nameOf(nodeId(id))}.output`);
  const kept = document.nodes.map((node) => ({
    ...node,
    id: nameOf(node.id),
    parent: node.parent === null ? null : nameOf(node.parent),
    // Sources are texts, and nothing else in a configuration looks like one.
    config: JSON.parse(renamed(JSON.stringify(node.config))) as typeof node.config,
  }));
  for (const node of kept) if (node.type === 'join' && random() < 0.4) node.config = { ...node.config, mode: 'any' };
  const added: typeof kept = [];
  const edges: AnotherVersion['edges'] = {};
  const drawn = document.edges.flatMap((edge) => {
    const [source, target] = [nameOf(edge.source), nameOf(edge.target)];
    if (random() > 0.15) return [{ ...edge, source, target }];
    const between = nodeId(`between${document.nodes.length}n${added.length}`);
    const parent = kept.find(({ id }) => id === target)?.parent ?? null;
    added.push({ id: between, type: 'transform', title: between, parent, position: { x: 0, y: 0 }, config: { value: null } });
    // What has come by the edge has come by its second half.
    const last = edgeId(`${edge.id}b`);
    edges[edge.id] = last;
    return [
      { ...edge, id: edgeId(`${edge.id}a`), source, target: between },
      { id: last, source: between, sourcePort: portId('out'), target },
    ];
  });
  const joins = kept
    .filter(({ type }) => type === 'join')
    .map(({ id }) => ({ node: id, incoming: drawn.filter(({ target }) => target === id).map((edge) => edge.id) }));
  return {
    workflow: {
      document: { ...document, nodes: [...kept, ...added], edges: drawn },
      meanings: new Map([...meanings].map(([source, meaning]) => [renamed(source), atOldNames(meaning, nameOf)])),
    },
    nodes,
    edges,
    joins,
  };
}

/** A meaning names the nodes it was drawn with. */
function atOldNames(meaning: Meaning, nameOf: (id: NodeId) => NodeId): Meaning {
  return (scope): Json | undefined => meaning({ ...scope, output: (node) => scope.output(nameOf(nodeId(node))) });
}
