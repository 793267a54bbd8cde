import type { GraphEdge } from './document.ts';
import { type FrameGraph, JoinRegions } from './frame-graph.ts';
import type { GraphIndex } from './graph-index.ts';
import type { EdgeId, NodeId } from './ids.ts';
import type { Port } from './port.ts';
import { strongComponents } from './strong-components.ts';
import { type TokenOutcome, outcomesOf } from './token-outcomes.ts';

/**
 * One frame's control flow, reduced to where something can happen: choices, splits and joins. Chains between them are collapsed, so a linear
 * stretch costs nothing however long it is. Only joins synchronise, hence tokens elsewhere may be moved in any fixed order.
 */
export interface TokenModel {
  places: readonly Place[];
  joins: readonly JoinModel[];
  /** Where the frame's first tokens arrive. */
  entry: readonly Arrival[];
  /** The places at which some join may cancel tokens. */
  cancellable: ReadonlySet<number>;
  /** Where a token is that rests in a node, and will leave it. */
  resting(node: NodeId): Arrival;
}

/** A node at which a token chooses between outcomes, or splits (one outcome, several edges). */
export interface Place {
  node: NodeId;
  outcomes: readonly { port: Port; arrivals: readonly Arrival[] }[];
  /** Deeper places are emptied first, so that tokens do not pile up before a merge. */
  depth: number;
  /** Part of a cycle: passing it may lead back here, so it is a state of its own. */
  isCyclic: boolean;
  /** Part of a cycle that no token ever leaves, though it may start others: moved only when nothing else can. */
  isEndless: boolean;
  /** Part of a cycle that holds a split: tokens can multiply here. */
  multiplies: boolean;
}

export interface JoinModel {
  node: NodeId;
  needed: number;
  edges: readonly GraphEdge[];
  out: readonly Arrival[];
  /** With "cancel the rest": the places and joins whose tokens are cancelled when it fires. */
  cancels: { places: readonly number[]; joins: readonly number[] } | null;
}

/** Where a token comes to rest after leaving along an edge, and the nodes and edges it passed on the way. */
export interface Arrival {
  at: { kind: 'place'; place: number } | { kind: 'join'; join: number; edge: number } | { kind: 'gone' } | { kind: 'raised' };
  via: readonly NodeId[];
  along: readonly EdgeId[];
}

export function buildTokenModel(index: GraphIndex, frame: FrameGraph): TokenModel {
  const outcomes = new Map<NodeId, TokenOutcome[]>();
  for (const id of frame.numberOf.keys()) outcomes.set(id, outcomesOf(index, id));
  const { component, count } = strongComponents(frame.successors);
  const componentOf = (id: NodeId): number => component[frame.numberOf.get(id)!]!;
  const { cyclic, endless, idle, splitting } = judgeComponents(index, frame, component, count, outcomes);

  const joinNumber = new Map<NodeId, number>();
  const placeNumber = new Map<NodeId, number>();
  for (const [id, ways] of outcomes) {
    const node = index.nodes.get(id)!;
    if (index.types.get(id)?.synchronises && !node.disabled) joinNumber.set(id, joinNumber.size);
    else if (!idle[componentOf(id)] && (ways.length > 1 || (ways[0]?.edges.length ?? 0) > 1)) placeNumber.set(id, placeNumber.size);
  }

  const follow = (edge: GraphEdge): Arrival => {
    const via: NodeId[] = [];
    const along: EdgeId[] = [];
    for (let current = edge; ;) {
      along.push(current.id);
      const id = current.target;
      const join = joinNumber.get(id);
      if (join !== undefined) return { at: { kind: 'join', join, edge: index.incoming.get(id)!.indexOf(current) }, via, along };
      via.push(id);
      const place = placeNumber.get(id);
      if (place !== undefined) return { at: { kind: 'place', place }, via, along };
      if (idle[componentOf(id)]) return { at: { kind: 'gone' }, via: [...via, ...reachable(outcomes, id)], along };
      const next = outcomes.get(id)?.[0]?.edges[0];
      if (!next) return { at: { kind: index.types.get(id)?.raises && !index.nodes.get(id)?.disabled ? 'raised' : 'gone' }, via, along };
      current = next;
    }
  };
  const memo = new Map<GraphEdge, Arrival>();
  const arrive = (edge: GraphEdge): Arrival => {
    let found = memo.get(edge);
    if (!found) memo.set(edge, (found = follow(edge)));
    return found;
  };

  const places = [...placeNumber.keys()].map((node): Place => ({
    node,
    outcomes: outcomes.get(node)!.map(({ port, edges }) => ({ port, arrivals: edges.map(arrive) })),
    depth: count - componentOf(node),
    isCyclic: cyclic[componentOf(node)]!,
    isEndless: endless[componentOf(node)]!,
    multiplies: splitting[componentOf(node)]!,
  }));
  const regions = new JoinRegions(index, frame);
  const joins = [...joinNumber.keys()].map((node): JoinModel => {
    const edges = index.incoming.get(node) ?? [];
    const { mode, count: wanted, cancelRest } = index.nodes.get(node)!.config;
    const region = cancelRest === true ? regions.regionOf(node) : undefined;
    return {
      node,
      needed: mode === 'any' ? 1 : mode === 'count' && typeof wanted === 'number' ? wanted : edges.length,
      edges,
      out: (outcomes.get(node)?.[0]?.edges ?? []).map(arrive),
      cancels: region
        ? {
            places: [...placeNumber].filter(([id]) => region.has(id)).map(([, number]) => number),
            joins: [...joinNumber].filter(([id]) => region.has(id)).map(([, number]) => number),
          }
        : null,
    };
  });
  const resting = (node: NodeId): Arrival => restingArrival(node, outcomes, placeNumber, arrive);
  const cancellable = new Set(joins.flatMap(({ cancels }) => cancels?.places ?? []));
  return { places, joins, entry: entryArrivals(index, frame, outcomes, placeNumber, arrive), cancellable, resting };
}

function entryArrivals(
  index: GraphIndex,
  frame: FrameGraph,
  outcomes: ReadonlyMap<NodeId, TokenOutcome[]>,
  placeNumber: ReadonlyMap<NodeId, number>,
  arrive: (edge: GraphEdge) => Arrival,
): Arrival[] {
  if (frame.container !== null) return frame.entryEdges.map(arrive);
  const start = [...frame.numberOf.keys()].find((id) => index.types.get(id)?.hasInput === false);
  if (!start) return [];
  return [restingArrival(start, outcomes, placeNumber, arrive)];
}

function restingArrival(
  node: NodeId,
  outcomes: ReadonlyMap<NodeId, TokenOutcome[]>,
  placeNumber: ReadonlyMap<NodeId, number>,
  arrive: (edge: GraphEdge) => Arrival,
): Arrival {
  const place = placeNumber.get(node);
  if (place !== undefined) return { at: { kind: 'place', place }, via: [node], along: [] };
  const edge = outcomes.get(node)?.[0]?.edges[0];
  if (!edge) return { at: { kind: 'gone' }, via: [node], along: [] };
  const first = arrive(edge);
  return { ...first, via: [node, ...first.via] };
}

/**
 * `endless`: a cycle without joins that no token ever leaves. `idle`: one that starts no other tokens either, so that it matters to nobody else.
 * `splitting`: a cycle within which some port has several edges.
 */
function judgeComponents(
  index: GraphIndex,
  frame: FrameGraph,
  component: Int32Array,
  count: number,
  outcomes: ReadonlyMap<NodeId, TokenOutcome[]>,
): { cyclic: boolean[]; endless: boolean[]; idle: boolean[]; splitting: boolean[] } {
  const size = Array.from({ length: count }, () => 0);
  const leaves = Array.from({ length: count }, () => false);
  const starts = Array.from({ length: count }, () => false);
  const splits = Array.from({ length: count }, () => false);
  for (const [id, ways] of outcomes) {
    const own = component[frame.numberOf.get(id)!]!;
    size[own]!++;
    if (index.types.get(id)?.synchronises || ways.length === 0) leaves[own] = true;
    for (const { edges } of ways) {
      const staying = edges.filter(({ target }) => component[frame.numberOf.get(target)!] === own).length;
      if (staying === 0) leaves[own] = true;
      if (staying < edges.length) starts[own] = true;
      if (staying > 1) splits[own] = true;
    }
  }
  const cyclic = size.map((nodes) => nodes > 1);
  const splitting = cyclic.map((is, i) => is && splits[i]!);
  const endless = cyclic.map((is, i) => is && !leaves[i]!);
  return { cyclic, splitting, endless, idle: endless.map((is, i) => is && !starts[i]! && !splits[i]!) };
}

function reachable(outcomes: ReadonlyMap<NodeId, TokenOutcome[]>, from: NodeId): NodeId[] {
  const seen = new Set([from]);
  for (const id of seen) for (const { edges } of outcomes.get(id) ?? []) for (const { target } of edges) seen.add(target);
  return [...seen];
}
