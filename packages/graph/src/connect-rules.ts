import { type Catalogue, standardCatalogue } from './catalogue/catalogue.ts';
import type { WorkflowDocument } from './document.ts';
import { type EdgeFault, type GraphIndex, edgeFault, indexGraph, nameOf } from './graph-index.ts';
import type { NodeId, PortId } from './ids.ts';

export interface Connection {
  source: NodeId;
  sourcePort: PortId;
  target: NodeId;
}

export type ConnectAnswer = { ok: true } | { ok: false; reason: string };

/** Whether a wire may be drawn. Building the index costs a pass over the document: while dragging, index once and ask `canConnectIn`. */
export function canConnect(document: WorkflowDocument, connection: Connection, catalogue: Catalogue = standardCatalogue): ConnectAnswer {
  return canConnectIn(indexGraph(document, catalogue), connection);
}

export function canConnectIn(index: GraphIndex, connection: Connection): ConnectAnswer {
  const fault = edgeFault(index, connection) ?? (isConnected(index, connection) ? 'duplicate' : undefined);
  return fault ? { ok: false, reason: faultReason(index, connection, fault) } : { ok: true };
}

/** A fault in words, the same while drawing and in the problems panel. */
export function faultReason(index: GraphIndex, { source, sourcePort, target }: Connection, fault: EdgeFault): string {
  const from = nameOf(index, source);
  const to = nameOf(index, target);
  switch (fault) {
    case 'missing-node':
      return `There is no node with the id "${index.nodes.has(source) ? target : source}".`;
    case 'missing-port':
      return `${from} has no port "${sourcePort}".`;
    case 'no-input':
      return `${to} starts the workflow, so nothing leads into it.`;
    case 'no-output':
      return `${from} ends its path, so nothing leads out of it.`;
    case 'crosses-container': {
      const parent = index.nodes.get(source)?.parent;
      return parent
        ? `${to} is not inside ${nameOf(index, parent)}. Leave the container by its own port.`
        : `${to} is inside a container. Enter it by the container’s own input.`;
    }
    case 'body-leaves-container':
      return `The body of ${from} leads only to nodes inside it.`;
    case 'self':
      return `${from} cannot lead straight back to itself. Use a loop, or put a step between.`;
    case 'duplicate':
      return `${from} already leads to ${to} from this port.`;
  }
}

function isConnected(index: GraphIndex, { source, sourcePort, target }: Connection): boolean {
  return (
    index.outgoing
      .get(source)
      ?.get(sourcePort)
      ?.some((edge) => edge.target === target) ?? false
  );
}
