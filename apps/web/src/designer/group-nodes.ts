import {
  canConnectIn,
  containerHeaderHeight,
  indexGraph,
  nameOf,
  newEdgeId,
  nodeSize,
  portsOf,
  standardCatalogue,
  type Connection,
  type EdgeId,
  type GraphEdge,
  type GraphIndex,
  type GraphNode,
  type NodeId,
  type NodeType,
  type PortId,
  type WorkflowDocument,
} from '@perdure/graph';
import { noteRoots, selectionRoots, type Chosen } from './arrange-nodes.ts';
import { fitContainers, titledNode } from './document-edits.ts';

/*
 * Puts nodes into a container, and takes them out again, without changing which step follows which.
 *
 * A container has one way in (its `body` leads to what begins inside) and one way out, taken when everything inside has finished. So:
 * 1. What leads in must begin the same steps each time; what leads out must lead to one step.
 * 2. Paths that run side by side must come together inside: outside they would be several tokens, after the container they are one.
 * 3. Nothing inside may end a path while another goes on: its token would go on, too.
 * 4. A join counts the edges that lead to it, so none of these may be merged.
 * What breaks one of these is refused, in words.
 */

export type Regrouped = { ok: true; document: WorkflowDocument; select: NodeId[] } | { ok: false; reason: string };

const padding = 20;
const firstRow = containerHeaderHeight + 24;

/** Puts the chosen nodes, and the notes chosen with them, into a new container of a type. */
export function groupNodes(document: WorkflowDocument, chosen: Chosen, type: NodeType): Regrouped {
  const index = indexGraph(document);
  const name = (id: NodeId): string => `“${nameOf(index, id)}”`;
  const roots = selectionRoots(document, chosen.nodes);
  const [first] = roots;
  if (!first) return refused('Select the nodes to group.');
  const { parent } = first;
  if (roots.some((node) => node.parent !== parent)) return refused('Select nodes of one container.');
  const start = roots.find((node) => index.types.get(node.id)?.hasInput === false);
  if (start) return refused(`${name(start.id)} begins the workflow. Group what comes after it.`);
  const end = roots.find((node) => node.type === 'end');
  if (end) return refused(`${name(end.id)} would end only the group, not its path. Leave it outside.`);

  const ids = new Set(roots.map(({ id }) => id));
  const into = document.edges.filter(({ source, target }) => !ids.has(source) && ids.has(target));
  const out = document.edges.filter(({ source, target }) => ids.has(source) && !ids.has(target));
  const within = document.edges.filter(({ source, target }) => ids.has(source) && ids.has(target));

  const thrown = out.find(({ source, sourcePort }) => leavesByError(index, source, sourcePort));
  if (thrown) return refused(`${name(thrown.source)} leads its error to ${name(thrown.target)}. Select that, too, or remove the edge.`);

  // 1: one way in.
  const entries =
    into.length > 0
      ? unique(into.map(({ target }) => target))
      : roots.filter(({ id }) => !within.some(({ target }) => target === id)).map(({ id }) => id);
  const joined = into.length > 0 ? entries.find((id) => index.types.get(id)?.synchronises) : undefined;
  if (joined !== undefined) return refused(`${name(joined)} brings together paths that begin outside. Select where they part, too.`);
  const [oneEntry, otherEntry] = entries;
  const byOrigin = Map.groupBy(into, ({ source, sourcePort }) => `${source} ${sourcePort}`);
  if (oneEntry !== undefined && otherEntry !== undefined && [...byOrigin.values()].some((edges) => edges.length !== entries.length))
    return refused(`Paths lead to ${name(oneEntry)} and to ${name(otherEntry)}, but a container has one way in.`);

  // 1: one way out.
  const [exit, otherExit] = unique(out.map(({ target }) => target));
  if (exit !== undefined && otherExit !== undefined)
    return refused(`Paths lead on to ${name(exit)} and to ${name(otherExit)}, but a container has one way out.`);
  // 4.
  if (exit !== undefined && out.length > 1 && index.types.get(exit)?.synchronises)
    return refused(`${name(exit)} counts the paths that lead to it. Select it, too.`);
  // 2.
  const side = parallelWithoutJoin(index, ids, within, into.length > 0 ? entries : []);
  const beside = out.find(({ source }) => side.has(source)) ?? (forks(out) ? out[0] : undefined);
  if (beside)
    return refused(`Paths that run side by side lead on to ${name(beside.target)}. Select the join that brings them together, too.`);
  // 3.
  const dangling = exit === undefined ? undefined : openEnds(index, roots, document.edges)[0];
  if (dangling && exit !== undefined)
    return refused(`A path ends at ${name(dangling.source)}. In a group it would go on to ${name(exit)}.`);

  const notes = noteRoots(document, chosen).filter((note) => note.parent === parent);
  const boxes = [
    ...roots.map((node) => ({ ...node.position, ...nodeSize(node) })),
    ...notes.map(({ position, size }) => ({ ...position, ...size })),
  ];
  const left = Math.min(...boxes.map(({ x }) => x));
  const top = Math.min(...boxes.map(({ y }) => y));
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height));
  const draft = titledNode(document, type, { parent, position: { x: left - padding, y: top } });
  const width = Math.max(...boxes.map(({ x, width: own }) => x + own)) - left + 2 * padding;
  const container: GraphNode = { ...draft, size: { width, height: bottom - top + firstRow + padding } };
  const grown = nodeSize(container).height - (bottom - top);
  const taken = new Set(notes);
  const regrouped = <Item extends { parent: NodeId | null; position: { x: number; y: number } }>(item: Item, isInside: boolean): Item => {
    const { x, y } = item.position;
    if (isInside) return { ...item, parent: container.id, position: { x: x - left + padding, y: y - top + firstRow } };
    // What stood below makes room.
    return item.parent === parent && y >= bottom ? { ...item, position: { x, y: y + grown } } : item;
  };
  const nodes = document.nodes.map((node) => regrouped(node, ids.has(node.id)));
  const body = portsOf(container).find(({ kind }) => kind === 'inner')?.id;
  const onward = portsOf(container).find(({ kind }) => kind === 'normal')?.id;
  if (body === undefined || onward === undefined) throw new Error(`"${type.key}" is no container`);
  const kept = document.edges.filter((edge) => !into.includes(edge) && !out.includes(edge));
  return {
    ok: true,
    document: fitContainers(
      connected(
        {
          ...document,
          nodes: [...nodes, container],
          edges: kept,
          ...(document.notes && { notes: document.notes.map((note) => regrouped(note, taken.has(note))) }),
        },
        [
          ...into.map(({ source, sourcePort }) => ({ source, sourcePort, target: container.id })),
          ...entries.map((target) => ({ source: container.id, sourcePort: body, target })),
          ...(exit === undefined ? [] : [{ source: container.id, sourcePort: onward, target: exit }]),
        ],
      ),
    ),
    select: [container.id],
  };
}

/** Takes everything out of a container and the container away. */
export function ungroupNodes(document: WorkflowDocument, id: NodeId): Regrouped {
  const index = indexGraph(document);
  const name = (one: NodeId): string => `“${nameOf(index, one)}”`;
  const container = index.nodes.get(id);
  if (!container || !index.types.get(id)?.container) return refused('Select one container.');
  const content = document.nodes.filter(({ parent }) => parent === id);
  const ids = new Set(content.map(({ id: inner }) => inner));
  const kindOf = (port: PortId) => index.ports.get(id)?.find((one) => one.id === port)?.kind;
  const from = document.edges.filter(({ source }) => source === id);
  const into = document.edges.filter(({ target }) => target === id);
  const within = document.edges.filter(({ source, target }) => ids.has(source) && ids.has(target));
  const entries = from.filter(({ sourcePort }) => kindOf(sourcePort) === 'inner').map(({ target }) => target);
  const after = from.filter(({ sourcePort }) => kindOf(sourcePort) === 'normal').map(({ target }) => target);

  const caught = from.find(({ sourcePort }) => kindOf(sourcePort) === 'exceptional');
  if (caught) return refused(`${name(id)} leads its error to ${name(caught.target)}. Remove that edge first.`);
  const end = content.find(({ type }) => type === 'end');
  if (end) return refused(`${name(end.id)} ends only ${name(id)}. Outside it would end the whole path.`);
  const joined = into.length > 1 ? entries.find((entry) => index.types.get(entry)?.synchronises) : undefined;
  if (joined !== undefined) return refused(`${name(joined)} would count the paths that lead into ${name(id)}.`);

  const ends = content.length === 0 ? [] : openEnds(index, content, document.edges);
  const [next] = after;
  if (next !== undefined) {
    if (ends.length > 1 && after.some((target) => index.types.get(target)?.synchronises))
      return refused(`${name(next)} counts the paths that lead to it, and several would.`);
    const side = parallelWithoutJoin(index, ids, within, entries);
    if (ends.length > 1 && ends.some(({ source }) => side.has(source)))
      return refused(`Paths run side by side in ${name(id)} to its end. Bring them together with a join first.`);
  }

  const origin = container.position;
  const moved = document.nodes
    .filter((node) => node !== container)
    .map((node) =>
      node.parent === id
        ? { ...node, parent: container.parent, position: { x: node.position.x + origin.x, y: node.position.y + origin.y } }
        : node,
    );
  const { notes, ...rest } = document;
  const freed = {
    ...rest,
    nodes: moved,
    edges: document.edges.filter(({ source, target }) => source !== id && target !== id),
    ...(notes && {
      notes: notes.map((note) =>
        note.parent === id
          ? { ...note, parent: container.parent, position: { x: note.position.x + origin.x, y: note.position.y + origin.y } }
          : note,
      ),
    }),
  };
  // An empty container is a step that does nothing.
  const exits = content.length === 0 ? into.map(({ source, sourcePort }) => ({ source, sourcePort })) : ends;
  return {
    ok: true,
    document: fitContainers(
      connected(freed, [
        ...into.flatMap(({ source, sourcePort }) => entries.map((target) => ({ source, sourcePort, target }))),
        ...exits.flatMap(({ source, sourcePort }) => after.map((target) => ({ source, sourcePort, target }))),
      ]),
    ),
    select: [...ids],
  };
}

function refused(reason: string): Regrouped {
  return { ok: false, reason };
}

/** Edges of nodes that exist and ports they have; one that is there already is not drawn twice. */
function connected(document: WorkflowDocument, connections: readonly Connection[]): WorkflowDocument {
  const taken = new Set<EdgeId>(document.edges.map(({ id }) => id));
  const edges: GraphEdge[] = [...document.edges];
  const drawn = new Set(edges.map(connectionKey));
  const index = indexGraph(document);
  for (const connection of connections) {
    if (drawn.has(connectionKey(connection)) || !canConnectIn(index, connection).ok) continue;
    const id = newEdgeId(taken, connection);
    taken.add(id);
    drawn.add(connectionKey(connection));
    edges.push({ id, ...connection });
  }
  return { ...document, edges };
}

function connectionKey({ source, sourcePort, target }: Connection): string {
  return `${source} ${sourcePort} ${target}`;
}

function leavesByError(index: GraphIndex, source: NodeId, port: PortId): boolean {
  const isContainer = index.types.get(source)?.container ?? false;
  return (
    index.ports.get(source)?.some(({ id, kind }) => id === port && kind === 'exceptional' && (port === 'error' || isContainer)) ?? false
  );
}

/** The nodes that a token reaches from where paths part, without having come through a join. */
function parallelWithoutJoin(
  index: GraphIndex,
  ids: ReadonlySet<NodeId>,
  within: readonly GraphEdge[],
  entries: readonly NodeId[],
): Set<NodeId> {
  const next = Map.groupBy(within, ({ source }) => source);
  const parting = [...Map.groupBy(within, ({ source, sourcePort }) => `${source} ${sourcePort}`).values()].filter(
    (edges) => edges.length > 1,
  );
  const open = [...parting.flatMap((edges) => edges.map(({ target }) => target)), ...(entries.length > 1 ? entries : [])];
  const reached = new Set<NodeId>();
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (reached.has(at) || !ids.has(at) || index.types.get(at)?.synchronises) continue;
    reached.add(at);
    for (const { target } of next.get(at) ?? []) open.push(target);
  }
  return reached;
}

/** Whether one port leads to several of these. */
function forks(edges: readonly GraphEdge[]): boolean {
  return new Set(edges.map(({ source, sourcePort }) => `${source} ${sourcePort}`)).size < edges.length;
}

/** The normal ports that lead nowhere: where a token ends. */
function openEnds(index: GraphIndex, nodes: readonly GraphNode[], edges: readonly GraphEdge[]): { source: NodeId; sourcePort: PortId }[] {
  const used = new Set(edges.map(({ source, sourcePort }) => `${source} ${sourcePort}`));
  return nodes.flatMap(({ id }) =>
    (index.ports.get(id) ?? [])
      .filter((port) => port.kind === 'normal' && !used.has(`${id} ${port.id}`))
      .map((port) => ({ source: id, sourcePort: port.id })),
  );
}

function unique(ids: readonly NodeId[]): NodeId[] {
  return [...new Set(ids)];
}

/** What nodes can be put into. */
export const containerTypes: readonly NodeType[] = ['scope', 'forEach', 'loop'].flatMap((key) => standardCatalogue.get(key) ?? []);
