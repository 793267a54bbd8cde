import { edgeId, nodeId, portId, type GraphNode, type JsonObject, type WorkflowDocument } from '@perdure/graph';

export interface DrawnNode extends Omit<Partial<GraphNode>, 'id' | 'type' | 'config' | 'parent'> {
  type: string;
  config?: JsonObject;
  parent?: string;
}

/**
 * A workflow document in few words: nodes by id, and edges as `from -> to` or `from.port -> to`.
 * `drawWorkflow({ start: { type: 'start' }, done: { type: 'end' } }, ['start -> done'])`
 */
export function drawWorkflow(nodes: Readonly<Record<string, DrawnNode>>, edges: readonly string[]): WorkflowDocument {
  return {
    formatVersion: 1,
    nodes: Object.entries(nodes).map(([id, { parent, config, title, position, ...rest }], row) => ({
      id: nodeId(id),
      title: title ?? id,
      parent: parent === undefined ? null : nodeId(parent),
      position: position ?? { x: 0, y: row * 80 },
      config: config ?? {},
      ...rest,
    })),
    edges: edges.map((text, i) => {
      const [from = '', target = ''] = text.split('->').map((part) => part.trim());
      const [source = '', port = 'out'] = from.split('.');
      return { id: edgeId(`e${i + 1}`), source: nodeId(source), sourcePort: portId(port), target: nodeId(target) };
    }),
  };
}
