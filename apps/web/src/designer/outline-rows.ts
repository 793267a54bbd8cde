import {
  indexGraph,
  nameOf,
  namedOutputs,
  nodeSize,
  type GraphEdge,
  type GraphIndex,
  type GraphNode,
  type NodeId,
  type WorkflowDocument,
} from '@perdure/graph';

export interface OutlineRow {
  node: GraphNode;
  name: string;
  typeLabel: string;
  /** From 1; what is in a container is one deeper. */
  level: number;
  /** Among the rows of its container, from 1. */
  place: number;
  siblings: number;
  /** How it is reached, where that is not just "after the row above": `Yes`, `Error of Ask`, `after Ask, Send`. */
  reached: string;
  /** Null: no container. */
  isOpen: boolean | null;
}

/**
 * The workflow as a list in the order it runs in: a step stands after everything that leads to it, going back apart; branches follow each
 * other from the first port to the last; what is in a container stands below it, one level deeper. What nothing leads to comes last.
 */
export function outlineRows(document: WorkflowDocument, closed: ReadonlySet<NodeId>): OutlineRow[] {
  const index = indexGraph(document);
  const rows: OutlineRow[] = [];
  // A stack of its own, not the language's: containers may be nested as deep as a document allows.
  const open: { nodes: GraphNode[]; at: number; level: number }[] = [{ nodes: inOrder(index, null), at: 0, level: 1 }];
  const listed = new Set<NodeId>();
  while (open.length > 0) {
    const list = open.at(-1)!; // not empty
    const node = list.nodes[list.at];
    if (!node) {
      open.pop();
      continue;
    }
    list.at += 1;
    if (listed.has(node.id)) continue;
    listed.add(node.id);
    const type = index.types.get(node.id);
    const isOpen = type?.container ? !closed.has(node.id) : null;
    rows.push({
      node,
      name: nameOf(index, node.id),
      typeLabel: type?.label ?? node.type,
      level: list.level,
      place: list.at,
      siblings: list.nodes.length,
      reached: reachedBy(index, node, list.nodes[list.at - 2]),
      isOpen,
    });
    if (isOpen) open.push({ nodes: inOrder(index, node.id), at: 0, level: list.level + 1 });
  }
  return rows;
}

/** The nodes of one container: reverse postorder of a walk along the edges. */
function inOrder(index: GraphIndex, parent: NodeId | null): GraphNode[] {
  const nodes = index.children.get(parent) ?? [];
  const entered = new Set(
    parent === null
      ? nodes.filter(({ id }) => index.types.get(id)?.hasInput === false).map(({ id }) => id)
      : [...(index.outgoing.get(parent)?.values() ?? [])]
          .flat()
          .flatMap(({ target }) => (index.nodes.get(target)?.parent === parent ? [target] : [])),
  );
  const isReached = (id: NodeId): boolean =>
    (index.incoming.get(id) ?? []).some(({ source }) => index.nodes.get(source)?.parent === parent);
  const byPlace = nodes.toSorted((a, b) => a.position.y - b.position.y || a.position.x - b.position.x);
  // Where the flow begins; then what nothing leads to; then what is left, which only leads round in circles.
  const beginnings = [
    ...byPlace.filter(({ id }) => entered.has(id)),
    ...byPlace.filter(({ id }) => !entered.has(id) && !isReached(id)),
    ...byPlace.filter(({ id }) => !entered.has(id) && isReached(id)),
  ];
  const done = new Set<NodeId>();
  const parts: GraphNode[][] = [];
  const entries = beginnings.filter(({ id }) => entered.has(id));
  // All beginnings of the flow are one walk, so that what they lead to together comes after all of them.
  walk(entries);
  for (const node of beginnings) if (!done.has(node.id)) walk([node]);
  return parts.flat();

  function walk(from: readonly GraphNode[]): void {
    const finished: GraphNode[] = [];
    // The last is walked first, here as below: reversed at the end, the first comes first.
    const stack: { node: GraphNode; next: GraphNode[] | null }[] = from.map((node) => ({ node, next: null }));
    while (stack.length > 0) {
      const top = stack.at(-1)!; // not empty
      if (top.next === null) {
        if (done.has(top.node.id)) {
          stack.pop();
          continue;
        }
        done.add(top.node.id);
        top.next = successors(index, top.node, parent);
      }
      const next = top.next.pop();
      if (next === undefined) {
        finished.push(top.node);
        stack.pop();
      } else if (!done.has(next.id)) stack.push({ node: next, next: null });
    }
    parts.push(finished.reverse());
  }
}

/** In the order of the ports, and of one port from the left. */
function successors(index: GraphIndex, node: GraphNode, parent: NodeId | null): GraphNode[] {
  const order = new Map((index.ports.get(node.id) ?? []).map(({ id }, i) => [id, i]));
  return [...(index.outgoing.get(node.id)?.entries() ?? [])]
    .toSorted(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
    .flatMap(([, edges]) =>
      edges
        .flatMap(({ target }) => index.nodes.get(target) ?? [])
        .filter((next) => next.parent === parent)
        .toSorted((a, b) => middle(a) - middle(b)),
    );
}

function middle(node: GraphNode): number {
  return node.position.x + nodeSize(node).width / 2;
}

function reachedBy(index: GraphIndex, node: GraphNode, above: GraphNode | undefined): string {
  const into = index.incoming.get(node.id) ?? [];
  if (into.length === 0) return index.types.get(node.id)?.hasInput === false ? '' : 'Not connected';
  const [only] = into;
  if (into.length === 1 && only) {
    const port = portLabel(index, only);
    if (only.source === above?.id || only.source === node.parent) return port;
    return port === '' ? `after ${nameOf(index, only.source)}` : `${port} of ${nameOf(index, only.source)}`;
  }
  const names = into.map((edge) => {
    const port = portLabel(index, edge);
    return port === '' ? nameOf(index, edge.source) : `${nameOf(index, edge.source)}: ${port}`;
  });
  return `after ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
}

/** Empty for the plain way on, and for the way into a container. */
function portLabel(index: GraphIndex, { source, sourcePort }: GraphEdge): string {
  const ports = index.ports.get(source) ?? [];
  const port = ports.find(({ id }) => id === sourcePort);
  if (!port || port.kind === 'inner') return '';
  return port.kind === 'exceptional' || namedOutputs(ports).length > 0 ? port.label : '';
}
