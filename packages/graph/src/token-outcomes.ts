import type { GraphEdge } from './document.ts';
import type { GraphIndex } from './graph-index.ts';
import type { NodeId } from './ids.ts';
import type { Port } from './port.ts';

/** One way a token can leave a node: by a port, along all of its edges. */
export interface TokenOutcome {
  port: Port;
  edges: readonly GraphEdge[];
}

/**
 * How a token can leave, ignoring data: by any one normal port, or by an exceptional one that is connected
 * (unconnected it raises instead). A disabled node lets it out by its first normal port. None for nodes that keep their token.
 */
export function outcomesOf(index: GraphIndex, id: NodeId): TokenOutcome[] {
  const edgesOf = index.outgoing.get(id);
  const ports = index.ports.get(id) ?? [];
  const outcomes: TokenOutcome[] = [];
  for (const port of ports) {
    if (port.kind === 'inner') continue;
    const edges = edgesOf?.get(port.id) ?? [];
    if (port.kind === 'exceptional' && edges.length === 0) continue;
    outcomes.push({ port, edges });
  }
  if (index.nodes.get(id)?.disabled) return outcomes.filter(({ port }) => port.kind === 'normal').slice(0, 1);
  return outcomes;
}
