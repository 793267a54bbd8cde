import type {
  Catalogue,
  EdgeId,
  GraphEdge,
  GraphNode,
  NodeId,
  NodeType,
  NoteId,
  Port,
  PortPosition,
  StickyNote,
  WorkflowDocument,
} from '@perdure/graph';
import type { CanvasLayout } from './canvas-layout.ts';
import { isErrorPort } from './error-port.ts';
import { geometryOf } from './geometry.ts';
import type { Box } from './obstacle-index.ts';
import { Position, type CanvasEdge, type CanvasNode, type CanvasNote } from './react-flow.ts';
import type { Point } from './route-ends.ts';

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

/** What of a document React Flow is given, and in which state. */
export interface Shown {
  document: WorkflowDocument;
  layout: CanvasLayout;
  /** The part of the canvas around the view. */
  area: Box;
  /** Node ids that are given wherever they are, because something is being done with them. */
  always: Iterable<string>;
}

/**
 * React Flow's nodes and edges for the part of a document around the view: it looks at each of them on every frame, so it gets hundreds, not
 * thousands. Nodes and edges that did not change keep their object, so that it passes over them.
 */
export class CanvasElements {
  readonly #catalogue: Catalogue;
  readonly #editable: boolean;
  readonly #canvas: string;
  #nodes = new Map<NodeId, { from: GraphNode; key: string; built: CanvasNode }>();
  #edges = new Map<EdgeId, { from: GraphEdge; layout: CanvasLayout; source: GraphNode; target: GraphNode; built: CanvasEdge | null }>();
  #notes = new Map<NoteId, { from: StickyNote; built: CanvasNote }>();
  #byId: { document: WorkflowDocument; nodes: Map<NodeId, GraphNode> } | null = null;

  /** `canvas`: an id of its own on the page. */
  constructor(catalogue: Catalogue, editable: boolean, canvas: string) {
    this.#catalogue = catalogue;
    this.#editable = editable;
    this.#canvas = canvas;
  }

  build({ document, layout, area, always }: Shown): { nodes: (CanvasNode | CanvasNote)[]; edges: CanvasEdge[] } {
    const known = (this.#byId =
      this.#byId?.document === document ? this.#byId : { document, nodes: new Map(document.nodes.map((node) => [node.id, node])) }).nodes;
    const edges = layout.edgesIn(area).flatMap((edge) => this.#edge(edge, layout, known) ?? []);
    const wanted = new Set<NodeId>([...layout.nodesIn(area), ...([...always] as NodeId[])]); // what is no node's id finds no node below
    // An edge is drawn between nodes React Flow knows, in view or not.
    for (const { source, target } of edges) wanted.add(source as NodeId).add(target as NodeId); // as given in #edge
    const nodes: (CanvasNode | CanvasNote)[] = [];
    const done = new Set<NodeId>();
    // React Flow wants containers before what they hold.
    const add = (id: NodeId): void => {
      const node = known.get(id);
      if (!node || done.has(id) || layout.isHidden(id)) return;
      done.add(id);
      if (node.parent !== null) add(node.parent);
      nodes.push(this.#kept(node, layout));
    };
    // Tab walks through them in the order of their elements.
    const { rank } = layout.adjacency;
    for (const id of [...wanted].toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0))) add(id);
    const notesInArea = new Set(layout.notesIn(area));
    for (const note of document.notes ?? []) {
      if (!notesInArea.has(note.id)) continue;
      if (note.parent !== null) add(note.parent);
      nodes.push(this.#note(note, known));
    }
    return { nodes, edges };
  }

  #kept(node: GraphNode, { adjacency }: CanvasLayout): CanvasNode {
    const ports = adjacency.connected.get(node.id) ?? noPorts;
    const incoming = adjacency.incoming.get(node.id) ?? 0;
    const inside = adjacency.inside.get(node.id) ?? 0;
    const key = `${[...ports].join(',')}|${incoming}|${inside}`;
    const before = this.#nodes.get(node.id);
    if (before && before.from === node && before.key === key) return before.built;
    const built = this.#node(node, ports, incoming, inside);
    this.#nodes.set(node.id, { from: node, key, built });
    return built;
  }

  #node(node: GraphNode, connected: ReadonlySet<string>, incoming: number, inside: number): CanvasNode {
    const type = this.#catalogue.get(node.type);
    const { width, height, input, ports: all } = geometryOf(node, this.#catalogue);
    const ports = all.filter(({ port }) => !(node.collapsed && port.kind === 'inner'));
    return {
      id: node.id,
      type: type?.container ? 'container' : type?.synchronises ? 'join' : 'step',
      position: node.position,
      width,
      height,
      measured: { width, height },
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
      domAttributes: { 'aria-labelledby': nodeLabelId(this.#canvas, node.id) },
      draggable: this.#editable,
      connectable: this.#editable,
    };
  }

  #edge(edge: GraphEdge, layout: CanvasLayout, nodes: ReadonlyMap<NodeId, GraphNode>): CanvasEdge | null {
    const source = nodes.get(edge.source);
    const target = nodes.get(edge.target);
    if (!source || !target) return null;
    const before = this.#edges.get(edge.id);
    if (before && before.from === edge && before.layout === layout && before.source === source && before.target === target)
      return before.built;
    const built = this.#builtEdge(edge, layout, source, target);
    this.#edges.set(edge.id, { from: edge, layout, source, target, built });
    return built;
  }

  #builtEdge(edge: GraphEdge, layout: CanvasLayout, source: GraphNode, target: GraphNode): CanvasEdge | null {
    const ends = layout.ends(edge);
    if (!ends) return null;
    const found = geometryOf(source, this.#catalogue).ports.find(({ port }) => port.id === edge.sourcePort);
    const right = found?.position.side === 'right';
    return {
      id: edge.id,
      type: 'flow',
      source: edge.source,
      sourceHandle: edge.sourcePort,
      target: edge.target,
      targetHandle: 'in',
      ariaLabel: `Edge from ${source.title}, ${found?.port.label ?? edge.sourcePort} to ${target.title}`,
      data: {
        edge,
        layout,
        isError: found?.port.kind === 'exceptional' && isErrorPort(source.type, edge.sourcePort),
        base: {
          source: right ? { x: ends.source.x + portGrab / 2, y: ends.source.y } : { x: ends.source.x, y: ends.source.y + portGrab / 2 },
          target: { x: ends.target.x, y: ends.target.y - inputGrab.height / 2 },
        },
      },
    };
  }

  #note(note: StickyNote, nodes: ReadonlyMap<NodeId, GraphNode>): CanvasNote {
    const before = this.#notes.get(note.id);
    if (before?.from === note) return before.built;
    const built: CanvasNote = {
      id: noteElementId(note.id),
      type: 'note',
      position: note.position,
      ...note.size,
      measured: note.size,
      handles: [],
      ...(note.parent !== null && nodes.has(note.parent) && { parentId: note.parent }),
      // Notes lie under the nodes they speak of, except what is inside their own container.
      zIndex: note.parent === null ? -1 : 0,
      data: { note },
      ariaRole: 'group',
      ariaLabel: `Note: ${note.text.slice(0, 60)}`,
      draggable: this.#editable,
      connectable: false,
    };
    this.#notes.set(note.id, { from: note, built });
    return built;
  }
}

/** Nodes and notes share React Flow's list; a node's id has no colon. */
const notePrefix = 'note:';

export function noteElementId(id: NoteId): string {
  return notePrefix + id;
}

export function noteOfElement(id: string): NoteId | null {
  return id.startsWith(notePrefix) ? (id.slice(notePrefix.length) as NoteId) : null; // made by noteElementId
}

/** Two canvases of one workflow may be on the page: the designer's, and one in a dialog over it. */
export function nodeLabelId(canvas: string, id: string): string {
  return `${canvas}-node-${id}-label`;
}

const noPorts: ReadonlySet<string> = new Set();
