import {
  inputPosition,
  nodeSize,
  portPositions,
  type Catalogue,
  type GraphEdge,
  type GraphNode,
  type NodeId,
  type NodeType,
  type Port,
  type PortPosition,
  type WorkflowDocument,
} from '@perdure/graph';
import type { CanvasLayout } from './canvas-layout.ts';
import { Position, type CanvasEdge, type CanvasNode } from './react-flow.ts';
import type { Point } from './route-edge.ts';

/** What a node draws that comes from the document. What comes from a run or from validation is subscribed to by id. */
export interface CanvasNodeData extends Record<string, unknown> {
  node: GraphNode;
  type: NodeType | undefined;
  summary: string;
  ports: readonly { port: Port; position: PortPosition }[];
  input: PortPosition | null;
  connected: ReadonlySet<string>;
  incoming: number;
  inside: number;
  width: number;
  height: number;
}

export interface CanvasEdgeData extends Record<string, unknown> {
  edge: GraphEdge;
  layout: CanvasLayout;
  /** Leaves by an error port: drawn red. */
  isError: boolean;
  /** Where React Flow sees the two handles while nothing is dragged. */
  base: { source: Point; target: Point };
}

/** Ports are small; what can be grabbed around one is this wide and high. */
export const portGrab = 16;
/** A wire may be dropped anywhere on this strip over the top edge. */
const inputGrab = { width: 48, height: 24 };

/**
 * React Flow's nodes and edges for a document. Nodes that did not change keep their object, so that React Flow passes over them:
 * with thousands of nodes that is what makes an edit cheap.
 */
export class CanvasElements {
  readonly #catalogue: Catalogue;
  readonly #editable: boolean;
  #nodes = new Map<NodeId, { from: GraphNode; key: string; built: CanvasNode }>();

  constructor(catalogue: Catalogue, editable: boolean) {
    this.#catalogue = catalogue;
    this.#editable = editable;
  }

  build(document: WorkflowDocument, layout: CanvasLayout): { nodes: CanvasNode[]; edges: CanvasEdge[] } {
    const connected = new Map<NodeId, Set<string>>();
    const incoming = new Map<NodeId, number>();
    const inside = new Map<NodeId, number>();
    for (const edge of document.edges) {
      const ports = connected.get(edge.source);
      if (ports) ports.add(edge.sourcePort);
      else connected.set(edge.source, new Set([edge.sourcePort]));
      incoming.set(edge.target, (incoming.get(edge.target) ?? 0) + 1);
    }
    for (const node of document.nodes) if (node.parent !== null) inside.set(node.parent, (inside.get(node.parent) ?? 0) + 1);

    const before = this.#nodes;
    this.#nodes = new Map();
    const nodes: CanvasNode[] = [];
    for (const node of inDrawingOrder(document.nodes)) {
      const ports = connected.get(node.id) ?? noPorts;
      const count = incoming.get(node.id) ?? 0;
      const hidden = layout.isHidden(node.id);
      const key = `${[...ports].join(',')}|${count}|${inside.get(node.id) ?? 0}|${hidden}`;
      const known = before.get(node.id);
      const built =
        known && known.from === node && known.key === key ? known.built : this.#node(node, ports, count, inside.get(node.id) ?? 0, hidden);
      this.#nodes.set(node.id, { from: node, key, built });
      nodes.push(built);
    }
    return { nodes, edges: document.edges.flatMap((edge) => this.#edge(edge, layout)) };
  }

  #node(node: GraphNode, connected: ReadonlySet<string>, incoming: number, inside: number, hidden: boolean): CanvasNode {
    const type = this.#catalogue.get(node.type);
    const { width, height } = nodeSize(node, this.#catalogue);
    const input = inputPosition(node, this.#catalogue);
    const ports = portPositions(node, this.#catalogue).filter(({ port }) => !(node.collapsed && port.kind === 'inner'));
    return {
      id: node.id,
      type: type?.container ? 'container' : type?.synchronises ? 'join' : 'step',
      position: node.position,
      width,
      height,
      measured: { width, height },
      hidden,
      ...(node.parent !== null && { parentId: node.parent }),
      ...(type?.container && { dragHandle: '.wf-container-header' }),
      data: {
        node,
        type,
        ports,
        input,
        connected,
        incoming,
        inside,
        width,
        height,
        summary: type?.summary(node.config, incoming) ?? `Unknown node type ${node.type}`,
      },
      handles: [
        ...(input
          ? [
              {
                id: 'in',
                type: 'target' as const,
                position: Position.Top,
                x: input.x - inputGrab.width / 2,
                y: -inputGrab.height / 2,
                ...inputGrab,
              },
            ]
          : []),
        ...ports.map(({ port, position }) => ({
          id: port.id,
          type: 'source' as const,
          position: position.side === 'right' ? Position.Right : Position.Bottom,
          x: position.x - portGrab / 2,
          y: position.y - portGrab / 2,
          width: portGrab,
          height: portGrab,
        })),
      ],
      ariaRole: 'group',
      domAttributes: { 'aria-labelledby': nodeLabelId(node.id) },
      draggable: this.#editable,
      connectable: this.#editable,
    };
  }

  #edge(edge: GraphEdge, layout: CanvasLayout): CanvasEdge[] {
    const ends = layout.ends(edge);
    const source = this.#nodes.get(edge.source)?.built;
    const target = this.#nodes.get(edge.target)?.built;
    if (!ends || !source || !target) return [];
    const found = source.data.ports.find(({ port }) => port.id === edge.sourcePort);
    const right = found?.position.side === 'right';
    return [
      {
        id: edge.id,
        type: 'flow',
        source: edge.source,
        sourceHandle: edge.sourcePort,
        target: edge.target,
        targetHandle: 'in',
        ariaLabel: `Edge from ${source.data.node.title}, ${found?.port.label ?? edge.sourcePort} to ${target.data.node.title}`,
        data: {
          edge,
          layout,
          isError: found?.port.kind === 'exceptional' && isErrorPort(source.data.node.type, edge.sourcePort),
          base: {
            source: right ? { x: ends.source.x + portGrab / 2, y: ends.source.y } : { x: ends.source.x, y: ends.source.y + portGrab / 2 },
            target: { x: ends.target.x, y: ends.target.y - inputGrab.height / 2 },
          },
        },
      },
    ];
  }
}

export function nodeLabelId(id: string): string {
  return `node-${id}-label`;
}

const noPorts: ReadonlySet<string> = new Set();

/** React Flow wants containers before what they hold. */
function inDrawingOrder(nodes: readonly GraphNode[]): GraphNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const done = new Set<NodeId>();
  const order: GraphNode[] = [];
  const add = (node: GraphNode): void => {
    if (done.has(node.id)) return;
    done.add(node.id);
    const parent = node.parent === null ? undefined : byId.get(node.parent);
    if (parent) add(parent);
    order.push(node);
  };
  for (const node of nodes) add(node);
  return order;
}

/** Overdue and timeout leave at the right, too, but are no errors: circles and grey edges. */
export function isErrorPort(type: string, port: string): boolean {
  return !(type === 'humanTask' && port === 'overdue') && !(type === 'event' && port === 'timeout');
}
