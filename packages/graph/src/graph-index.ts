import { type Catalogue, portsOf, standardCatalogue, summaryOf } from './catalogue/catalogue.ts';
import type { NodeType } from './catalogue/node-type.ts';
import type { GraphEdge, GraphNode, WorkflowDocument } from './document.ts';
import type { NodeId, PortId } from './ids.ts';
import type { Port } from './port.ts';

/**
 * A document with its lookups: built once, shared by every check. Holds only what is sound to look up;
 * edges whose ends do not exist, or that no connect rule allows, are left out of `outgoing` and `incoming` and told by `checkStructure`.
 */
export interface GraphIndex {
  document: WorkflowDocument;
  catalogue: Catalogue;
  nodes: ReadonlyMap<NodeId, GraphNode>;
  types: ReadonlyMap<NodeId, NodeType>;
  ports: ReadonlyMap<NodeId, readonly Port[]>;
  /** Ports without edges are absent. */
  outgoing: ReadonlyMap<NodeId, ReadonlyMap<PortId, readonly GraphEdge[]>>;
  incoming: ReadonlyMap<NodeId, readonly GraphEdge[]>;
  /** Nodes by their container, null for the top level, in document order. */
  children: ReadonlyMap<NodeId | null, readonly GraphNode[]>;
  /** Edges left out of the lookups, each with the reason. */
  broken: readonly { edge: GraphEdge; fault: EdgeFault }[];
}

export type EdgeFault =
  | 'missing-node'
  | 'missing-port'
  | 'no-input'
  | 'no-output'
  | 'crosses-container'
  | 'body-leaves-container'
  | 'self'
  | 'duplicate';

export function indexGraph(document: WorkflowDocument, catalogue: Catalogue = standardCatalogue): GraphIndex {
  const nodes = new Map<NodeId, GraphNode>();
  const types = new Map<NodeId, NodeType>();
  const ports = new Map<NodeId, readonly Port[]>();
  const children = new Map<NodeId | null, GraphNode[]>();
  for (const node of document.nodes) {
    nodes.set(node.id, node);
    const type = catalogue.get(node.type);
    if (type) types.set(node.id, type);
    ports.set(node.id, portsOf(node, catalogue));
    const siblings = children.get(node.parent);
    if (siblings) siblings.push(node);
    else children.set(node.parent, [node]);
  }
  const outgoing = new Map<NodeId, Map<PortId, GraphEdge[]>>();
  const incoming = new Map<NodeId, GraphEdge[]>();
  const broken: { edge: GraphEdge; fault: EdgeFault }[] = [];
  const seen = new Set<string>();
  for (const edge of document.edges) {
    const key = `${edge.source} ${edge.sourcePort} ${edge.target}`;
    const fault = edgeFault({ nodes, types, ports }, edge) ?? (seen.has(key) ? 'duplicate' : undefined);
    if (fault) {
      broken.push({ edge, fault });
      continue;
    }
    seen.add(key);
    let byPort = outgoing.get(edge.source);
    if (!byPort) outgoing.set(edge.source, (byPort = new Map()));
    const edges = byPort.get(edge.sourcePort);
    if (edges) edges.push(edge);
    else byPort.set(edge.sourcePort, [edge]);
    const into = incoming.get(edge.target);
    if (into) into.push(edge);
    else incoming.set(edge.target, [edge]);
  }
  return { document, catalogue, nodes, types, ports, outgoing, incoming, children, broken };
}

/** What keeps two ends from being connected, duplicates apart. Nodes of an unknown type are let through: they have their own problem. */
export function edgeFault(
  index: Pick<GraphIndex, 'nodes' | 'types' | 'ports'>,
  edge: Pick<GraphEdge, 'source' | 'sourcePort' | 'target'>,
): EdgeFault | undefined {
  const source = index.nodes.get(edge.source);
  const target = index.nodes.get(edge.target);
  if (!source || !target) return 'missing-node';
  const port = index.ports.get(source.id)?.find(({ id }) => id === edge.sourcePort);
  const sourceType = index.types.get(source.id);
  const isInner = port ? port.kind === 'inner' : sourceType === undefined && target.parent === source.id;
  if (sourceType && !port) return index.ports.get(source.id)?.length === 0 ? 'no-output' : 'missing-port';
  if (index.types.get(target.id)?.hasInput === false) return 'no-input';
  if (isInner) return target.parent === source.id ? undefined : 'body-leaves-container';
  if (target.parent !== source.parent) return 'crosses-container';
  // One step that feeds itself is an edge a person cannot see; a loop or a second step says it better.
  return source.id === target.id ? 'self' : undefined;
}

/** The name of a node in a sentence: its title, or what it shows on the canvas when it has none of its own. */
export function nameOf(index: GraphIndex, id: NodeId): string {
  const node = index.nodes.get(id);
  if (!node) return id;
  const type = index.types.get(id);
  const title = node.title.trim();
  // A join shows its rule, not its title, until somebody names it.
  if (type?.synchronises && (title === '' || title === type.label))
    return summaryOf(node, index.incoming.get(id)?.length ?? 0, index.catalogue);
  return title || type?.label || id;
}
