import type {
  Catalogue,
  EdgeId,
  GraphEdge,
  GraphNode,
  NodeId,
  NoteId,
  PortId,
  PortPosition,
  StickyNote,
  WorkflowDocument,
} from '@perdure/graph';
import { standardCatalogue } from '@perdure/graph';
import { assignLanes, type Run } from './assign-lanes.ts';
import { isErrorPort } from './error-port.ts';
import { geometryOf, isSamePlace } from './geometry.ts';
import { type Box, ObstacleIndex, overlap } from './obstacle-index.ts';
import { type Route, routeEdge } from './route-edge.ts';
import { leadsDown, type Point, routeSpan } from './route-ends.ts';

const made = new WeakMap<WorkflowDocument, { catalogue: Catalogue; layout: CanvasLayout }>();

/**
 * The layout of a document, made once for everybody who asks. `before`, the layout of an earlier state, is given back itself when the
 * change moved nothing: typing a title costs no layout, however large the workflow.
 */
export function layoutOf(document: WorkflowDocument, catalogue: Catalogue = standardCatalogue, before?: CanvasLayout | null): CanvasLayout {
  const known = made.get(document);
  if (known?.catalogue === catalogue) return known.layout;
  const layout = before?.fits(document, catalogue) ? before : new CanvasLayout(document, catalogue);
  made.set(document, { catalogue, layout });
  return layout;
}

/**
 * Where everything of a document is, in absolute canvas pixels, and how its edges run.
 * Boxes are worked out at once, all else when asked for: only what is on screen costs anything.
 */
export class CanvasLayout {
  readonly boxes = new Map<NodeId, Box>();
  readonly notes = new Map<NoteId, Box>();
  readonly edges: readonly GraphEdge[];
  readonly #document: WorkflowDocument;
  readonly #nodes = new Map<NodeId, GraphNode>();
  readonly #hidden = new Set<NodeId>();
  readonly #hiddenNotes = new Set<NoteId>();
  readonly #routes = new Map<string, Route>();
  readonly #catalogue: Catalogue;
  #obstacles: ObstacleIndex | null = null;
  #rows: Map<string, Run[]> | null = null;
  readonly #lanes = new Map<string, Map<EdgeId, number>>();
  #spans: { edge: GraphEdge; span: Box }[] | null = null;
  #bounds: Box | null = null;
  #adjacency: Adjacency | null = null;

  constructor(document: WorkflowDocument, catalogue: Catalogue) {
    this.#document = document;
    this.#catalogue = catalogue;
    this.edges = document.edges;
    for (const node of document.nodes) this.#nodes.set(node.id, node);
    for (const node of document.nodes) this.#place(node, 0);
    for (const note of document.notes ?? []) this.#placeNote(note);
  }

  /** Whether this is the layout of another state of the document, too. */
  fits(document: WorkflowDocument, catalogue: Catalogue): boolean {
    const { nodes, edges, notes } = this.#document;
    return (
      catalogue === this.#catalogue &&
      edges === document.edges &&
      notes === document.notes &&
      nodes.length === document.nodes.length &&
      nodes.every((node, i) => {
        const other = document.nodes[i];
        return other !== undefined && isSamePlace(node, other, catalogue);
      })
    );
  }

  /** Inside a collapsed container. */
  isHidden(id: NodeId): boolean {
    return this.#hidden.has(id);
  }

  isNoteHidden(id: NoteId): boolean {
    return this.#hiddenNotes.has(id);
  }

  isOpenContainer(id: NodeId): boolean {
    const node = this.#nodes.get(id);
    return node !== undefined && !node.collapsed && geometryOf(node, this.#catalogue).isContainer;
  }

  /** The innermost container around a node that is one of these. */
  containerAmong(id: NodeId, ids: { has(id: NodeId): boolean }): NodeId | null {
    let at = this.#nodes.get(id)?.parent ?? null;
    while (at !== null && !ids.has(at)) at = this.#nodes.get(at)?.parent ?? null;
    return at;
  }

  /** Inside one of these containers. */
  isNoteInside(id: NoteId, ids: { has(id: NodeId): boolean }): boolean {
    const parent = this.#document.notes?.find((note) => note.id === id)?.parent ?? null;
    return parent !== null && (ids.has(parent) || this.containerAmong(parent, ids) !== null);
  }

  parentOf(id: NodeId): NodeId | null {
    return this.#nodes.get(id)?.parent ?? null;
  }

  isErrorEdge(edge: GraphEdge): boolean {
    return this.#side(edge) === 'right' && isErrorPort(this.#nodes.get(edge.source)?.type ?? '', edge.sourcePort);
  }

  /** Which ports edges leave from, how many edges come in, how many nodes are inside. */
  get adjacency(): Adjacency {
    return (this.#adjacency ??= adjacencyOf(this.#document));
  }

  /** The topmost visible node at a point; what is inside a container before the container. */
  nodeAt({ x, y }: Point): NodeId | null {
    let found: { id: NodeId; area: number } | null = null;
    for (const [id, box] of this.boxes) {
      if (x < box.x || y < box.y || x > box.x + box.width || y > box.y + box.height || this.#hidden.has(id)) continue;
      const area = box.width * box.height;
      if (!found || area < found.area) found = { id, area };
    }
    return found?.id ?? null;
  }

  noteAt({ x, y }: Point): NoteId | null {
    for (const [id, box] of [...this.notes].toReversed())
      if (x >= box.x && y >= box.y && x <= box.x + box.width && y <= box.y + box.height && !this.#hiddenNotes.has(id)) return id;
    return null;
  }

  /** The visible nodes that an area touches. */
  nodesIn(area: Box): NodeId[] {
    const found: NodeId[] = [];
    for (const [id, box] of this.boxes) if (overlap(box, area) && !this.#hidden.has(id)) found.push(id);
    return found;
  }

  notesIn(area: Box): NoteId[] {
    const found: NoteId[] = [];
    for (const [id, box] of this.notes) if (overlap(box, area) && !this.#hiddenNotes.has(id)) found.push(id);
    return found;
  }

  /** The visible edges that may run through an area. */
  edgesIn(area: Box): GraphEdge[] {
    this.#spans ??= this.edges.flatMap((edge) => {
      const span = this.#spanOf(edge);
      return span ? [{ edge, span }] : [];
    });
    return this.#spans.flatMap(({ edge, span }) => (overlap(span, area) ? [edge] : []));
  }

  /** Whether the line of an edge runs through an area. */
  isEdgeIn(edge: GraphEdge, area: Box): boolean {
    const span = this.#spanOf(edge);
    if (!span || !overlap(span, area)) return false;
    const line = this.#lineBox(edge);
    return line !== null && overlap(line, area);
  }

  /** Around these nodes, or around all that are visible. */
  bounds(only?: ReadonlySet<string>): Box {
    if (!only) return (this.#bounds ??= this.#boundsOf(null));
    return this.#boundsOf(only);
  }

  route(edge: GraphEdge): Route | null {
    const known = this.#routes.get(edge.id);
    if (known) return known;
    const ends = this.ends(edge);
    if (!ends) return null;
    const route = this.between(edge, ends.source, ends.target);
    this.#routes.set(edge.id, route);
    return route;
  }

  /** A route between two given points, for an edge whose nodes are being dragged. */
  between(edge: GraphEdge, source: Point, target: Point): Route {
    const side = this.#side(edge);
    const own = [...this.#around(edge.source), ...this.#around(edge.target)];
    this.#obstacles ??= new ObstacleIndex([...this.boxes].filter(([id]) => !this.#hidden.has(id)).map(([, box]) => box));
    return routeEdge({ source, target, side, own, lane: this.#laneOf(edge) ?? 20 }, this.#obstacles);
  }

  /** The port an edge leaves from and the top of the node it leads to. Null when either is missing or hidden. */
  ends(edge: GraphEdge): { source: Point; target: Point } | null {
    if (this.#hidden.has(edge.source) || this.#hidden.has(edge.target)) return null;
    const source = this.portPoint(edge.source, edge.sourcePort);
    const target = this.inputPoint(edge.target);
    return source && target ? { source, target } : null;
  }

  portPoint(id: NodeId, port: PortId): Point | null {
    const box = this.boxes.get(id);
    const position = this.#port(id, port);
    return position && box ? { x: box.x + position.x, y: box.y + position.y } : null;
  }

  inputPoint(id: NodeId): Point | null {
    const node = this.#nodes.get(id);
    const box = this.boxes.get(id);
    const position = node && geometryOf(node, this.#catalogue).input;
    return position && box ? { x: box.x + position.x, y: box.y + position.y } : null;
  }

  /** The innermost open container at a point. `except`: nodes that cannot hold themselves. */
  containerAt(point: Point, except: { has(id: NodeId): boolean } = new Set<string>()): NodeId | null {
    let found: { id: NodeId; area: number } | null = null;
    for (const [id, box] of this.boxes) {
      if (point.x < box.x || point.x > box.x + box.width || point.y < box.y || point.y > box.y + box.height) continue;
      if (!this.isOpenContainer(id) || this.#hidden.has(id) || this.#isIn(id, except)) continue;
      const area = box.width * box.height;
      if (!found || area < found.area) found = { id, area };
    }
    return found?.id ?? null;
  }

  /** From what a node or note in this container counts its position. */
  origin(parent: NodeId | null): Point {
    const box = parent === null ? undefined : this.boxes.get(parent);
    return box ? { x: box.x, y: box.y } : { x: 0, y: 0 };
  }

  /** Per row of targets: the runs above it, laid side by side. */
  #laneOf(edge: GraphEdge): number | undefined {
    const key = this.#rowOf(edge);
    if (key === null) return undefined;
    let lanes = this.#lanes.get(key);
    if (!lanes) {
      this.#rows ??= this.#collectRows();
      lanes = assignLanes(this.#rows.get(key) ?? []);
      this.#lanes.set(key, lanes);
    }
    return lanes.get(edge.id);
  }

  #rowOf(edge: GraphEdge): string | null {
    const target = this.inputPoint(edge.target);
    return target && `${this.#nodes.get(edge.target)?.parent ?? ''}|${Math.round(target.y)}`;
  }

  #collectRows(): Map<string, Run[]> {
    const rows = new Map<string, Run[]>();
    for (const edge of this.edges) {
      const ends = this.ends(edge);
      if (!ends || Math.abs(ends.source.x - ends.target.x) < 1) continue;
      const exceptional = this.#side(edge) === 'right';
      // Back-edges come from the left and have their own way in.
      if (!exceptional && ends.target.y < ends.source.y + 16) continue;
      const run: Run = {
        edge: edge.id,
        source: edge.source,
        port: edge.sourcePort,
        target: edge.target,
        from: ends.source.x,
        to: ends.target.x,
        exceptional,
        room: exceptional ? 64 : ends.target.y - ends.source.y,
      };
      const key = this.#rowOf(edge) ?? '';
      const row = rows.get(key);
      if (row) row.push(run);
      else rows.set(key, [run]);
    }
    return rows;
  }

  /** Around an edge, whichever way it runs. Only one that goes back is routed for it: it may go round as much as there is. */
  #spanOf(edge: GraphEdge): Box | null {
    const ends = this.ends(edge);
    if (!ends) return null;
    return leadsDown({ ...ends, side: this.#side(edge) }) ? routeSpan(ends) : this.#lineBox(edge);
  }

  /** Around the line an edge is drawn as. */
  #lineBox(edge: GraphEdge): Box | null {
    const points = this.route(edge)?.points;
    if (!points) return null;
    const xs = points.map(({ x }) => x);
    const ys = points.map(({ y }) => y);
    const x = Math.min(...xs);
    const y = Math.min(...ys);
    return grow({ x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y }, lineReach);
  }

  #boundsOf(only: ReadonlySet<string> | null): Box {
    let left = Infinity;
    let top = Infinity;
    let right = -Infinity;
    let bottom = -Infinity;
    const take = (box: Box): void => {
      left = Math.min(left, box.x);
      top = Math.min(top, box.y);
      right = Math.max(right, box.x + box.width);
      bottom = Math.max(bottom, box.y + box.height);
    };
    for (const [id, box] of this.boxes) if (!this.#hidden.has(id) && (only?.has(id) ?? true)) take(box);
    for (const [id, box] of this.notes) if (!this.#hiddenNotes.has(id) && (only?.has(id) ?? true)) take(box);
    return left === Infinity ? { x: 0, y: 0, width: 0, height: 0 } : { x: left, y: top, width: right - left, height: bottom - top };
  }

  #isIn(id: NodeId, ids: { has(id: NodeId): boolean }): boolean {
    for (let at: NodeId | null = id; at !== null; at = this.#nodes.get(at)?.parent ?? null) if (ids.has(at)) return true;
    return false;
  }

  #port(id: NodeId, port: PortId): PortPosition | undefined {
    const node = this.#nodes.get(id);
    return node && geometryOf(node, this.#catalogue).ports.find((entry) => entry.port.id === port)?.position;
  }

  #side(edge: GraphEdge): 'bottom' | 'right' {
    return this.#port(edge.source, edge.sourcePort)?.side === 'right' ? 'right' : 'bottom';
  }

  /** The node's box and those of the containers around it. */
  #around(id: NodeId): Box[] {
    const boxes: Box[] = [];
    for (let at: NodeId | null = id; at !== null; at = this.#nodes.get(at)?.parent ?? null) {
      const box = this.boxes.get(at);
      if (box) boxes.push(box);
    }
    return boxes;
  }

  #place(node: GraphNode, depth: number): Box {
    const known = this.boxes.get(node.id);
    if (known) return known;
    const parent = node.parent === null || depth > 64 ? undefined : this.#nodes.get(node.parent);
    const origin = parent ? this.#place(parent, depth + 1) : { x: 0, y: 0 };
    if (parent && (parent.collapsed || this.#hidden.has(parent.id))) this.#hidden.add(node.id);
    const { width, height } = geometryOf(node, this.#catalogue);
    const box = { x: origin.x + node.position.x, y: origin.y + node.position.y, width, height };
    this.boxes.set(node.id, box);
    return box;
  }

  #placeNote({ id, parent, position, size }: StickyNote): void {
    const origin = this.origin(parent);
    this.notes.set(id, { x: origin.x + position.x, y: origin.y + position.y, ...size });
    if (parent !== null && (this.#hidden.has(parent) || this.#nodes.get(parent)?.collapsed)) this.#hiddenNotes.add(id);
  }
}

/** What is drawn beside the line itself: its width, loop marks, the button on it. */
const lineReach = 16;

function grow({ x, y, width, height }: Box, by: number): Box {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

export interface Adjacency {
  connected: ReadonlyMap<NodeId, ReadonlySet<string>>;
  incoming: ReadonlyMap<NodeId, number>;
  inside: ReadonlyMap<NodeId, number>;
  /** Each node's place in the order that tokens come by, for walking through the canvas by key. */
  rank: ReadonlyMap<NodeId, number>;
}

function adjacencyOf({ nodes, edges }: WorkflowDocument): Adjacency {
  const connected = new Map<NodeId, Set<string>>();
  const incoming = new Map<NodeId, number>();
  const inside = new Map<NodeId, number>();
  for (const edge of edges) {
    const ports = connected.get(edge.source);
    if (ports) ports.add(edge.sourcePort);
    else connected.set(edge.source, new Set([edge.sourcePort]));
    incoming.set(edge.target, (incoming.get(edge.target) ?? 0) + 1);
  }
  for (const { parent } of nodes) if (parent !== null) inside.set(parent, (inside.get(parent) ?? 0) + 1);
  return { connected, incoming, inside, rank: rankOf(nodes, edges, incoming) };
}

/** Breadth first from what nothing leads to; what is only in circles comes last. */
function rankOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[], incoming: ReadonlyMap<NodeId, number>): Map<NodeId, number> {
  const next = new Map<NodeId, NodeId[]>();
  for (const { source, target } of edges) {
    const targets = next.get(source);
    if (targets) targets.push(target);
    else next.set(source, [target]);
  }
  const rank = new Map<NodeId, number>();
  const walk = (from: readonly NodeId[]): void => {
    const queue = from.filter((id) => !rank.has(id));
    for (const id of queue) rank.set(id, rank.size);
    for (const id of queue) {
      for (const target of next.get(id) ?? []) {
        if (rank.has(target)) continue;
        rank.set(target, rank.size);
        queue.push(target);
      }
    }
  };
  walk(nodes.flatMap(({ id }) => (incoming.has(id) ? [] : [id])));
  for (const { id } of nodes) walk([id]);
  return rank;
}
