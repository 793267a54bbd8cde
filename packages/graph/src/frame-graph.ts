import { bodyPort } from './catalogue/node-type.ts';
import type { GraphEdge } from './document.ts';
import { immediateDominators } from './dominators.ts';
import type { GraphIndex } from './graph-index.ts';
import type { NodeId } from './ids.ts';

/**
 * One container's own nodes (or the top level's) as numbers, for graph algorithms. Number 0 is the entry: the start node's place at the top level
 * is an ordinary number; 0 stands for the container's body port, or for "before the start".
 */
export interface FrameGraph {
  container: NodeId | null;
  /** `ids[0]` is null: the entry. */
  ids: readonly (NodeId | null)[];
  numberOf: ReadonlyMap<NodeId, number>;
  successors: readonly (readonly number[])[];
  predecessors: readonly (readonly number[])[];
  /** The edges by which control enters, for a container. */
  entryEdges: readonly GraphEdge[];
}

export function frameGraph(index: GraphIndex, container: NodeId | null): FrameGraph {
  const inside = index.children.get(container) ?? [];
  const ids: (NodeId | null)[] = [null];
  const numberOf = new Map<NodeId, number>();
  for (const { id } of inside) {
    numberOf.set(id, ids.length);
    ids.push(id);
  }
  const successors: number[][] = ids.map(() => []);
  const predecessors: number[][] = ids.map(() => []);
  const connect = (from: number, to: number): void => {
    successors[from]!.push(to);
    predecessors[to]!.push(from);
  };
  const entryEdges = container === null ? [] : (index.outgoing.get(container)?.get(bodyPort.id) ?? []);
  for (const { target } of entryEdges) connect(0, numberOf.get(target)!);
  for (const { id } of inside) {
    const from = numberOf.get(id)!;
    if (container === null && index.types.get(id)?.hasInput === false) connect(0, from);
    for (const [port, edges] of index.outgoing.get(id) ?? []) {
      if (index.ports.get(id)?.find((one) => one.id === port)?.kind === 'inner') continue;
      for (const { target } of edges) {
        const to = numberOf.get(target);
        if (to !== undefined) connect(from, to);
      }
    }
  }
  return { container, ids, numberOf, successors, predecessors, entryEdges };
}

/** Everything that can be reached from `from`, itself included only when a path leads back to it. `blocked` is neither entered nor passed. */
export function reach(links: readonly (readonly number[])[], from: number, blocked = -1): Uint8Array {
  const seen = new Uint8Array(links.length);
  const open = [from];
  while (open.length > 0) {
    for (const next of links[open.pop()!]!) {
      if (next === blocked || seen[next]) continue;
      seen[next] = 1;
      open.push(next);
    }
  }
  return seen;
}

/** Finds, per join of one frame, the nodes between the join and its nearest dominating split. Dominators are computed once, on the first question. */
export class JoinRegions {
  readonly #index: GraphIndex;
  readonly #frame: FrameGraph;
  #dominators: Int32Array | undefined;

  constructor(index: GraphIndex, frame: FrameGraph) {
    this.#index = index;
    this.#frame = frame;
  }

  /** Both ends excluded. Without a split before the join, the region starts at the frame's entry. */
  regionOf(join: NodeId): ReadonlySet<NodeId> {
    const { successors, predecessors, ids, numberOf } = this.#frame;
    const to = numberOf.get(join);
    if (to === undefined) return new Set();
    this.#dominators ??= immediateDominators(successors, 0);
    if (this.#dominators[to] === -1) return new Set();
    let split = this.#dominators[to]!;
    while (split !== 0 && !this.#isSplit(split)) split = this.#dominators[split]!;
    const forward = reach(successors, split, to);
    const backward = reach(predecessors, to, split);
    return new Set(ids.filter((id, i): id is NodeId => id !== null && i !== split && i !== to && forward[i] === 1 && backward[i] === 1));
  }

  #isSplit(node: number): boolean {
    const id = this.#frame.ids[node];
    if (!id) return true;
    for (const [port, edges] of this.#index.outgoing.get(id) ?? []) if (port !== bodyPort.id && edges.length > 1) return true;
    return false;
  }
}
