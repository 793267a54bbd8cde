import {
  containerHeaderHeight,
  nodeSize,
  portPositions,
  inputPosition,
  type GraphNode,
  type NodeId,
  type WorkflowDocument,
} from '@perdure/graph';
import { standardCatalogue } from '@perdure/graph';

export interface TidyGraph {
  id: string;
  x?: number;
  y?: number;
  width?: number;
  height?: number;
  layoutOptions?: Record<string, string>;
  children?: TidyGraph[];
  ports?: { id: string; x: number; y: number; width: number; height: number; layoutOptions: Record<string, string> }[];
  edges?: { id: string; sources: string[]; targets: string[] }[];
}

interface Place {
  position: { x: number; y: number };
  /** Containers only. */
  size?: { width: number; height: number };
}

export type Places = ReadonlyMap<NodeId, Place>;

export type TidyReply = { id: number; ok: true; graph: TidyGraph } | { id: number; ok: false; message: string };

let worker: Worker | null = null;
let asked = 0;

/** Lays the whole document out anew, downward in layers, keeping the order of branches. The work is done beside the page. */
export async function tidy(document: WorkflowDocument): Promise<Places> {
  return tidyWith(document, layOutInWorker);
}

/** A container inside another moves that one's first step again: as deep as people nest them, no deeper. */
const mostPasses = 4;

/** `layOut`: ELK, wherever it runs. */
export async function tidyWith(document: WorkflowDocument, layOut: (graph: TidyGraph) => Promise<TidyGraph>): Promise<Places> {
  let paddings: Paddings = new Map();
  for (let pass = 1; ; pass += 1) {
    const places = placesOf(await layOut(toGraph(document, paddings)), document);
    const next = centringPaddings(document, places, paddings);
    if (next === null || pass === mostPasses) return places;
    paddings = next;
  }
}

/** What a container has beside its content, at least. */
const sidePadding = 20;

type Paddings = ReadonlyMap<NodeId, { left: number; right: number }>;

/**
 * A container's way in lies in the middle of its header. Where its first step stands elsewhere the container gets room on the other side,
 * so that the first edge runs straight down. Null: all of them do.
 */
function centringPaddings(document: WorkflowDocument, places: Places, before: Paddings): Paddings | null {
  const next = new Map(before);
  const byId = new Map(document.nodes.map((node) => [node.id, node]));
  const begins = new Set(document.edges.filter(({ source, target }) => byId.get(target)?.parent === source).map(({ target }) => target));
  const first = Map.groupBy(
    document.nodes.filter(({ id }) => begins.has(id)),
    ({ parent }) => parent,
  );
  const inputs = (node: GraphNode): number => (places.get(node.id)?.position.x ?? 0) + (inputPosition(node)?.x ?? 0);
  let isChanged = false;
  for (const container of document.nodes) {
    const width = places.get(container.id)?.size?.width;
    if (width === undefined) continue;
    const xs = (first.get(container.id) ?? []).map((node) => inputs(sized(node, places)));
    if (xs.length === 0) continue;
    const off = Math.round((Math.min(...xs) + Math.max(...xs)) / 2 - width / 2);
    if (Math.abs(off) < 4) continue;
    const { left, right } = before.get(container.id) ?? { left: sidePadding, right: sidePadding };
    // What is too much on one side is taken away before anything is added on the other.
    const spare = off > 0 ? Math.min(left - sidePadding, 2 * off) : Math.min(right - sidePadding, -2 * off);
    const more = 2 * Math.abs(off) - spare;
    next.set(container.id, off > 0 ? { left: left - spare, right: right + more } : { left: left + more, right: right - spare });
    isChanged = true;
  }
  return isChanged ? next : null;
}

function sized(node: GraphNode, places: Places): GraphNode {
  const size = places.get(node.id)?.size;
  return size ? { ...node, size } : node;
}

async function layOutInWorker(graph: TidyGraph): Promise<TidyGraph> {
  worker ??= new Worker(new URL('./tidy.worker.ts', import.meta.url), { type: 'module' });
  const running = worker;
  asked += 1;
  const id = asked;
  return new Promise<TidyGraph>((resolve, reject) => {
    const answer = ({ data }: MessageEvent<TidyReply>): void => {
      if (data.id !== id) return;
      running.removeEventListener('message', answer);
      if (data.ok) resolve(data.graph);
      else reject(new Error(data.message));
    };
    running.addEventListener('message', answer);
    running.postMessage({ id, graph });
  });
}

const common = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.spacing.nodeNode': '40',
  'elk.layered.spacing.nodeNodeBetweenLayers': '40',
  'elk.spacing.edgeNode': '24',
  'elk.spacing.edgeEdge': '12',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.crossingMinimization.forceNodeModelOrder': 'true',
  'elk.alignment': 'TOP',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.hierarchyHandling': 'SEPARATE_CHILDREN',
};

function toGraph(document: WorkflowDocument, paddings: Paddings): TidyGraph {
  const children = new Map<NodeId | null, GraphNode[]>();
  for (const node of document.nodes) children.set(node.parent, [...(children.get(node.parent) ?? []), node]);
  const byId = new Map(document.nodes.map((node) => [node.id, node]));

  const build = (node: GraphNode): TidyGraph => {
    const inside = node.collapsed ? [] : (children.get(node.id) ?? []);
    const isContainer = standardCatalogue.get(node.type)?.container ?? false;
    const { left, right } = paddings.get(node.id) ?? { left: sidePadding, right: sidePadding };
    const size = nodeSize(isContainer && inside.length > 0 ? { ...node, size: { width: 1, height: 1 } } : node);
    return {
      id: node.id,
      ...size,
      layoutOptions: {
        ...common,
        // A container's own ports would move as it grows: its edges end at its rim instead.
        ...(inside.length > 0
          ? {
              'elk.padding': `[top=${containerHeaderHeight + 24},left=${left},bottom=20,right=${right}]`,
              'elk.nodeSize.constraints': 'MINIMUM_SIZE',
              'elk.nodeSize.minimum': `(${size.width},${size.height})`,
            }
          : { 'elk.portConstraints': 'FIXED_POS' }),
      },
      ...(inside.length === 0 && { ports: portsFor(node) }),
      children: inside.toSorted(byPlace).map(build),
      edges: document.edges
        .filter(({ source, target }) => byId.get(source)?.parent === node.id && byId.get(target)?.parent === node.id && !node.collapsed)
        .map(toEdge),
    };
  };
  const hasPorts = (id: NodeId): boolean => byId.get(id)?.collapsed === true || (children.get(id) ?? []).length === 0;
  const toEdge = ({ id, source, sourcePort, target }: WorkflowDocument['edges'][number]) => ({
    id,
    sources: [hasPorts(source) ? `${source}:${sourcePort}` : source],
    targets: [hasPorts(target) ? `${target}:` : target],
  });

  return {
    id: '',
    layoutOptions: common,
    children: (children.get(null) ?? []).toSorted(byPlace).map(build),
    edges: document.edges
      .filter(({ source, target }) => byId.get(source)?.parent === null && byId.get(target)?.parent === null)
      .map(toEdge),
  };
}

/** The order people see: from the left, then from the top. */
function byPlace(a: GraphNode, b: GraphNode): number {
  return a.position.x + nodeSize(a).width / 2 - (b.position.x + nodeSize(b).width / 2) || a.position.y - b.position.y;
}

function portsFor(node: GraphNode): NonNullable<TidyGraph['ports']> {
  const input = inputPosition(node);
  return [
    ...(input ? [{ id: `${node.id}:`, x: input.x, y: 0, width: 0, height: 0, layoutOptions: { 'elk.port.side': 'NORTH' } }] : []),
    ...portPositions(node)
      .filter(({ port }) => port.kind !== 'inner')
      .map(({ port, position }) => ({
        id: `${node.id}:${port.id}`,
        x: position.x,
        y: position.y,
        width: 0,
        height: 0,
        layoutOptions: { 'elk.port.side': position.side === 'right' ? 'EAST' : 'SOUTH' },
      })),
  ];
}

function placesOf(graph: TidyGraph, document: WorkflowDocument): Places {
  const types = new Map(document.nodes.map((node) => [node.id as string, node]));
  const places = new Map<NodeId, Place>();
  const walk = (parts: readonly TidyGraph[]): void => {
    for (const part of parts) {
      const node = types.get(part.id);
      if (!node) continue;
      const inside = part.children ?? [];
      places.set(node.id, {
        position: { x: snap(part.x ?? 0), y: snap(part.y ?? 0) },
        ...(inside.length > 0 &&
          part.width !== undefined &&
          part.height !== undefined && { size: { width: snap(part.width), height: snap(part.height) } }),
      });
      walk(inside);
    }
  };
  walk(graph.children ?? []);
  return places;
}

function snap(value: number): number {
  return Math.round(value / 4) * 4;
}
