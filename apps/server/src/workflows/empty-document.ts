import { edgeId, nodeId, portId, type WorkflowDocument } from '@perdure/graph';

/** What a new workflow begins with: a start that leads to an end, so that it can be run at once. */
export function emptyDocument(): WorkflowDocument {
  return {
    formatVersion: 1,
    nodes: [
      { id: nodeId('start'), type: 'start', title: 'Start', parent: null, position: { x: 80, y: 40 }, config: {} },
      { id: nodeId('end'), type: 'end', title: 'End', parent: null, position: { x: 80, y: 120 }, config: { value: { expr: 'input' } } },
    ],
    edges: [{ id: edgeId('start_end'), source: nodeId('start'), sourcePort: portId('out'), target: nodeId('end') }],
  };
}
