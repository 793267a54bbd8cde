import { type Catalogue, portsOf, standardCatalogue } from './catalogue/catalogue.ts';
import { errorPort } from './catalogue/node-type.ts';
import type { GraphNode } from './document.ts';
import type { PortId } from './ids.ts';
import type { Port } from './port.ts';

/** Sizes in canvas pixels. They are fixed by type and config, so that a canvas need not measure anything before it draws. */
export interface NodeSize {
  width: number;
  height: number;
}

/** Relative to the node's top left corner, on its rim; `inner` ports hang below a container's header. */
export interface PortPosition {
  x: number;
  y: number;
  side: 'top' | 'bottom' | 'right' | 'inner';
}

export const nodeWidth = 216;
export const nodeHeight = 52;
export const outputsRowHeight = 24;
export const containerHeaderHeight = 32;
export const collapsedContainerWidth = 232;
const joinSize: NodeSize = { width: 120, height: 32 };
const smallestContainer: NodeSize = { width: 256, height: 128 };
/** Up to this many named outputs share the node's width; more take this width each. */
const outputsThatFit = 4;
const wideOutput = 64;
const firstCatch = 56;
const catchSpacing = 30;

type Sized = Pick<GraphNode, 'type' | 'config' | 'size' | 'collapsed'>;

export function nodeSize(node: Sized, catalogue: Catalogue = standardCatalogue): NodeSize {
  const type = catalogue.get(node.type);
  if (type?.synchronises) return joinSize;
  const ports = portsOf(node, catalogue);
  if (type?.container) {
    if (node.collapsed) return { width: collapsedContainerWidth, height: containerHeaderHeight };
    const catches = ports.filter((port) => port.kind === 'exceptional' && port !== errorPort).length;
    return {
      width: Math.max(node.size?.width ?? 0, smallestContainer.width),
      height: Math.max(node.size?.height ?? 0, smallestContainer.height, firstCatch + catches * catchSpacing),
    };
  }
  const outputs = namedOutputs(ports);
  return {
    width: outputs.length > outputsThatFit ? Math.max(nodeWidth, outputs.length * wideOutput) : nodeWidth,
    height: nodeHeight + (outputs.length > 0 ? outputsRowHeight : 0),
  };
}

/** The normal ports that stand in a labelled row of their own: all of them, unless there is only the plain `out`. */
export function namedOutputs(ports: readonly Port[]): Port[] {
  const normal = ports.filter((port) => port.kind === 'normal');
  return normal.length === 1 && normal[0]?.id === 'out' ? [] : normal;
}

/** Where tokens enter: the middle of the top edge. Null for a node without input. */
export function inputPosition(node: Sized, catalogue: Catalogue = standardCatalogue): PortPosition | null {
  if (catalogue.get(node.type)?.hasInput === false) return null;
  return { x: nodeSize(node, catalogue).width / 2, y: 0, side: 'top' };
}

/** Undefined when the node has no such port. */
export function portPosition(node: Sized, port: PortId, catalogue: Catalogue = standardCatalogue): PortPosition | undefined {
  return portPositions(node, catalogue).find(({ port: { id } }) => id === port)?.position;
}

export function portPositions(node: Sized, catalogue: Catalogue = standardCatalogue): { port: Port; position: PortPosition }[] {
  const ports = portsOf(node, catalogue);
  const { width, height } = nodeSize(node, catalogue);
  const isContainer = catalogue.get(node.type)?.container ?? false;
  const normal = ports.filter((port) => port.kind === 'normal');
  const exceptional = ports.filter((port) => port.kind === 'exceptional');
  return ports.map((port) => {
    if (port.kind === 'inner') return { port, position: { x: width / 2, y: containerHeaderHeight, side: 'inner' } };
    if (port.kind === 'normal')
      return { port, position: { x: (width * (normal.indexOf(port) + 0.5)) / normal.length, y: height, side: 'bottom' } };
    const i = exceptional.indexOf(port);
    // The container's own failure leaves beside its header; catches stand below each other, where their labels have room.
    const y = !isContainer
      ? nodeHeight / 2 + i * 16
      : node.collapsed || port === errorPort
        ? containerHeaderHeight / 2
        : firstCatch + i * catchSpacing;
    return { port, position: { x: width, y, side: 'right' } };
  });
}
