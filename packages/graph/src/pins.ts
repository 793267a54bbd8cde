import { type Catalogue, portsOf, standardCatalogue } from './catalogue/catalogue.ts';
import type { GraphNode, Pin, WorkflowDocument } from './document.ts';
import type { NodeId } from './ids.ts';
import type { Port } from './port.ts';

/*
 * Pinned data: in a test run a pinned node is not executed, it gives what is pinned instead. Plans do not carry pins, so no run of a
 * published version can meet one; a test run is started with them. [P1]
 */

/** Characters of JSON. */
export const maxPinLength = 64 * 1024;

/** Where a pinned node may be left by. Empty: the node cannot be pinned (a start, an end, a join, and what only writes). */
export function pinnablePorts(node: GraphNode, catalogue: Catalogue = standardCatalogue): Port[] {
  const type = catalogue.get(node.type);
  if (!type?.hasInput || type.synchronises || type.raises || unpinnable.has(type.key)) return [];
  return portsOf(node, catalogue).filter(({ kind }) => kind !== 'inner');
}

/** What they do is not in their output. */
const unpinnable = new Set(['setVariables', 'setStatus']);

/** Why the node cannot have this pin, in a sentence; null when it can. */
export function pinRefusal(node: GraphNode, pin: Pin, catalogue: Catalogue = standardCatalogue): string | null {
  const ports = pinnablePorts(node, catalogue);
  if (ports.length === 0) return 'This kind of step has no output to pin.';
  if (pin.port !== undefined && !ports.some(({ id }) => id === pin.port)) return `It has no port "${pin.port}".`;
  if (pin.port === undefined && !ports.some(({ kind }) => kind === 'normal')) return 'Say by which port the step is left.';
  if (JSON.stringify(pin.output).length > maxPinLength) return 'Pinned data may have 64 KB at most.';
  return null;
}

/** The pins of a document's nodes, those that cannot be left out. */
export function pinsOf(document: WorkflowDocument, catalogue: Catalogue = standardCatalogue): Record<NodeId, Pin> {
  const pins: Record<NodeId, Pin> = {};
  for (const node of document.nodes) {
    if (node.pinned && pinRefusal(node, node.pinned, catalogue) === null) pins[node.id] = node.pinned;
  }
  return pins;
}
