import { edgeId, nodeId, portId, standardCatalogue, type GraphNode, type WorkflowDocument } from '@perdure/graph';

/**
 * A document for tests. Nodes: `id: type`, or with more; without a place they stand below each other. Edges: `a -> b`, `a.port -> b`.
 */
export function drawDocument(
  nodes: Record<
    string,
    | string
    | ({ type: string; in?: string; at?: readonly [number, number] } & Partial<Pick<GraphNode, 'config' | 'size' | 'collapsed' | 'title'>>)
  >,
  edges: readonly string[] = [],
): WorkflowDocument {
  return {
    formatVersion: 1,
    nodes: Object.entries(nodes).map(([id, given], row) => {
      const { type, in: parent, at = [0, row * 100], ...more } = typeof given === 'string' ? { type: given } : given;
      return {
        id: nodeId(id),
        type,
        title: type === 'join' ? 'Join' : id,
        parent: parent === undefined ? null : nodeId(parent),
        position: { x: at[0] ?? 0, y: at[1] ?? 0 },
        config: standardCatalogue.get(type)?.defaultConfig() ?? {},
        ...more,
      };
    }),
    edges: edges.map((text) => {
      const [from = '', to = ''] = text.split('->').map((part) => part.trim());
      const [source = '', port = 'out'] = from.split('.');
      return { id: edgeId(`${source}-${port}-${to}`), source: nodeId(source), sourcePort: portId(port), target: nodeId(to) };
    }),
  };
}

/** The edges in words, sorted. */
export function wiresOf(document: WorkflowDocument): string[] {
  return document.edges
    .map(({ source, sourcePort, target }) => `${source}${sourcePort === 'out' ? '' : `.${sourcePort}`} -> ${target}`)
    .sort();
}
