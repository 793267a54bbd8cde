import {
  inputPosition,
  nodeSize,
  portPositions,
  type Catalogue,
  type EdgeId,
  type GraphEdge,
  type GraphNode,
  type NodeId,
  type PortId,
  type WorkflowDocument,
} from '@perdure/graph';
import { assignLanes, type Run } from './assign-lanes.ts';
import { type Box, ObstacleIndex } from './obstacle-index.ts';
import { type Point, type Route, routeEdge } from './route-edge.ts';

/**
 * Where everything of a document is, in absolute canvas pixels, and how its edges run.
 * Routes are computed when asked for: only what is on screen costs anything.
 */
export class CanvasLayout {
  readonly boxes = new Map<NodeId, Box>();
  readonly #nodes = new Map<NodeId, GraphNode>();
  readonly #hidden = new Set<NodeId>();
  readonly #routes = new Map<string, Route>();
  readonly #catalogue: Catalogue;
  readonly #edges: readonly GraphEdge[];
  #obstacles: ObstacleIndex | null = null;
  #lanes: Map<EdgeId, number> | null = null;

  constructor(document: WorkflowDocument, catalogue: Catalogue) {
    this.#catalogue = catalogue;
    for (const node of document.nodes) this.#nodes.set(node.id, node);
    for (const node of document.nodes) this.#place(node, 0);
    this.#edges = document.edges;
  }

  /** Inside a collapsed container. */
  isHidden(id: NodeId): boolean {
    return this.#hidden.has(id);
  }

  isOpenContainer(id: NodeId): boolean {
    const node = this.#nodes.get(id);
    return node !== undefined && !node.collapsed && (this.#catalogue.get(node.type)?.container ?? false);
  }

  /** The topmost visible node at a point; what is inside a container before the container. */
  nodeAt({ x, y }: Point): NodeId | null {
    let found: { id: NodeId; area: number } | null = null;
    for (const [id, box] of this.boxes) {
      if (this.#hidden.has(id) || x < box.x || y < box.y || x > box.x + box.width || y > box.y + box.height) continue;
      const area = box.width * box.height;
      if (!found || area < found.area) found = { id, area };
    }
    return found?.id ?? null;
  }

  /** Around these nodes, or around all that are visible. */
  bounds(only?: ReadonlySet<string>): Box {
    let left = Infinity;
    let top = Infinity;
    let right = -Infinity;
    let bottom = -Infinity;
    for (const [id, box] of this.boxes) {
      if (this.#hidden.has(id) || (only && !only.has(id))) continue;
      left = Math.min(left, box.x);
      top = Math.min(top, box.y);
      right = Math.max(right, box.x + box.width);
      bottom = Math.max(bottom, box.y + box.height);
    }
    return left === Infinity ? { x: 0, y: 0, width: 0, height: 0 } : { x: left, y: top, width: right - left, height: bottom - top };
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
    this.#lanes ??= this.#assignLanes();
    return routeEdge({ source, target, side, own, lane: this.#lanes.get(edge.id) ?? 20 }, this.#obstacles);
  }

  /** The port an edge leaves from and the top of the node it leads to. Null when either is missing or hidden. */
  ends(edge: GraphEdge): { source: Point; target: Point } | null {
    if (this.#hidden.has(edge.source) || this.#hidden.has(edge.target)) return null;
    const source = this.portPoint(edge.source, edge.sourcePort);
    const target = this.inputPoint(edge.target);
    return source && target ? { source, target } : null;
  }

  portPoint(id: NodeId, port: PortId): Point | null {
    const node = this.#nodes.get(id);
    const box = this.boxes.get(id);
    const found = node && portPositions(node, this.#catalogue).find((entry) => entry.port.id === port);
    return found && box ? { x: box.x + found.position.x, y: box.y + found.position.y } : null;
  }

  inputPoint(id: NodeId): Point | null {
    const node = this.#nodes.get(id);
    const box = this.boxes.get(id);
    const position = node && inputPosition(node, this.#catalogue);
    return position && box ? { x: box.x + position.x, y: box.y + position.y } : null;
  }

  /** The innermost open container at a point. `except`: nodes that cannot hold themselves. */
  containerAt(point: Point, except: ReadonlySet<NodeId> = new Set()): NodeId | null {
    let found: { id: NodeId; area: number } | null = null;
    for (const [id, box] of this.boxes) {
      const node = this.#nodes.get(id);
      if (!node || node.collapsed || this.#hidden.has(id) || !this.#catalogue.get(node.type)?.container || this.#isIn(id, except)) continue;
      if (point.x < box.x || point.x > box.x + box.width || point.y < box.y || point.y > box.y + box.height) continue;
      const area = box.width * box.height;
      if (!found || area < found.area) found = { id, area };
    }
    return found?.id ?? null;
  }

  /** Per row of targets: the runs above it, laid side by side. */
  #assignLanes(): Map<EdgeId, number> {
    const rows = new Map<string, Run[]>();
    for (const edge of this.#edges) {
      const ends = this.ends(edge);
      if (!ends || Math.abs(ends.source.x - ends.target.x) < 1) continue;
      const exceptional = this.#side(edge) === 'right';
      // Back-edges come from the left and have their own way in.
      if (!exceptional && ends.target.y < ends.source.y + 16) continue;
      const key = `${this.#nodes.get(edge.target)?.parent ?? ''}|${Math.round(ends.target.y)}`;
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
      const row = rows.get(key);
      if (row) row.push(run);
      else rows.set(key, [run]);
    }
    return new Map([...rows.values()].flatMap((row) => [...assignLanes(row)]));
  }

  #isIn(id: NodeId, ids: ReadonlySet<NodeId>): boolean {
    for (let at: NodeId | null = id; at !== null; at = this.#nodes.get(at)?.parent ?? null) if (ids.has(at)) return true;
    return false;
  }

  #side(edge: GraphEdge): 'bottom' | 'right' {
    const node = this.#nodes.get(edge.source);
    const port = node && portPositions(node, this.#catalogue).find((entry) => entry.port.id === edge.sourcePort);
    return port?.position.side === 'right' ? 'right' : 'bottom';
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
    const box = { x: origin.x + node.position.x, y: origin.y + node.position.y, ...nodeSize(node, this.#catalogue) };
    this.boxes.set(node.id, box);
    return box;
  }
}
