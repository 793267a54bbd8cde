import {
  canConnectIn,
  indexGraph,
  newEdgeId,
  newNode,
  nodeSize,
  portsOf,
  standardCatalogue,
  containerHeaderHeight,
  type Connection,
  type EdgeId,
  type GraphEdge,
  type GraphNode,
  type NodeId,
  type NodeType,
  type Pin,
  type PortId,
  type Scenario,
  type WorkflowDocument,
} from '@perdure/graph';

/** Pure edits: document in, document out. A change that changes nothing returns the same object, which makes it no command. */

/** Space between a node and the one placed under it, and inside a container around its content. */
const gapBelow = 32;
const gapBeside = 40;
const containerPadding = 20;
const firstRow = containerHeaderHeight + 24;

export interface Place {
  parent: NodeId | null;
  position: { x: number; y: number };
}

/** A node with a title of its own, so that two are told apart at once. */
export function titledNode(document: WorkflowDocument, type: NodeType, place: Place): GraphNode {
  const titles = new Set(document.nodes.map(({ title }) => title));
  let title = type.label;
  for (let n = 2; titles.has(title); n += 1) title = `${type.label} ${n}`;
  const node = newNode(document, type.key, { ...place, title });
  if (!node) throw new Error(`The palette offered "${type.key}", which the catalogue does not know`);
  // A task is called like its node until somebody says otherwise: a new node should not begin with an error.
  const config = node.config['title'] === '' ? { ...node.config, title } : node.config;
  return { ...node, config, ...(type.timeout && { timeout: type.timeout }) };
}

export function addNodes(
  document: WorkflowDocument,
  nodes: readonly GraphNode[],
  connections: readonly Connection[] = [],
): WorkflowDocument {
  const next = { ...document, nodes: [...document.nodes, ...nodes] };
  return fitContainers(connections.reduce(connect, next));
}

/** Refused connections change nothing. */
export function connect(document: WorkflowDocument, connection: Connection): WorkflowDocument {
  if (!canConnectIn(indexGraph(document), connection).ok) return document;
  const taken = new Set(document.edges.map(({ id }) => id));
  return { ...document, edges: [...document.edges, { id: newEdgeId(taken, connection), ...connection }] };
}

export function reconnect(document: WorkflowDocument, edge: EdgeId, connection: Connection): WorkflowDocument {
  const without = { ...document, edges: document.edges.filter(({ id }) => id !== edge) };
  if (!canConnectIn(indexGraph(without), connection).ok) return document;
  return { ...document, edges: document.edges.map((old) => (old.id === edge ? { id: edge, ...connection } : old)) };
}

/** With everything inside the containers among them, and every edge that would hang loose. A start stays: every workflow has one. */
export function remove(document: WorkflowDocument, nodes: ReadonlySet<NodeId>, edges: ReadonlySet<EdgeId>): WorkflowDocument {
  const gone = withContent(document, new Set([...nodes].filter((id) => document.nodes.find((node) => node.id === id)?.type !== 'start')));
  if (gone.size === 0 && edges.size === 0) return document;
  return {
    ...document,
    nodes: document.nodes.filter(({ id }) => !gone.has(id)),
    edges: healed(document, gone).filter(({ id, source, target }) => !edges.has(id) && !gone.has(source) && !gone.has(target)),
  };
}

/** Taking one node out of a plain chain joins the two ends again. */
function healed(document: WorkflowDocument, gone: ReadonlySet<NodeId>): GraphEdge[] {
  if (gone.size !== 1) return document.edges;
  const [node] = gone;
  const into = document.edges.filter(({ target }) => target === node);
  const out = document.edges.filter(({ source }) => source === node);
  const [before] = into;
  const [after] = out;
  if (into.length !== 1 || out.length !== 1 || !before || !after || after.sourcePort !== 'out') return document.edges;
  const bridge = { source: before.source, sourcePort: before.sourcePort, target: after.target };
  const rest = { ...document, edges: document.edges.filter(({ id }) => id !== before.id && id !== after.id) };
  return canConnectIn(indexGraph(rest), bridge).ok ? [...rest.edges, { id: before.id, ...bridge }] : document.edges;
}

export function withContent(document: WorkflowDocument, ids: ReadonlySet<NodeId>): Set<NodeId> {
  const all = new Set(ids);
  for (let size = -1; size !== all.size;) {
    size = all.size;
    for (const { id, parent } of document.nodes) if (parent !== null && all.has(parent)) all.add(id);
  }
  return all;
}

/** Moves nodes, also between containers; edges that the new place does not allow are removed. */
export function moveNodes(
  document: WorkflowDocument,
  moves: readonly ({ node: NodeId } & Place)[],
): { document: WorkflowDocument; removedEdges: number } {
  const byNode = new Map(possibleMoves(document, moves).map((move) => [move.node, move]));
  const crossed = [...byNode.values()].some(({ node, parent }) => document.nodes.find(({ id }) => id === node)?.parent !== parent);
  const moved = {
    ...document,
    nodes: document.nodes.map((node) => {
      const move = byNode.get(node.id);
      return move ? { ...node, parent: move.parent, position: { x: Math.round(move.position.x), y: Math.round(move.position.y) } } : node;
    }),
  };
  const edges = crossed ? moved.edges.filter((edge) => fits(moved, edge)) : moved.edges;
  return { document: fitContainers({ ...moved, edges }), removedEdges: moved.edges.length - edges.length };
}

/** Without those that would put a node inside itself. */
function possibleMoves<Move extends { node: NodeId; parent: NodeId | null }>(document: WorkflowDocument, moves: readonly Move[]): Move[] {
  const parents = new Map(document.nodes.map(({ id, parent }) => [id, parent]));
  return moves.filter(({ node, parent }) => {
    const passed = new Set<NodeId>();
    for (let at: NodeId | null | undefined = parent; at && !passed.has(at); at = parents.get(at)) {
      if (at === node) return false;
      passed.add(at);
    }
    parents.set(node, parent);
    return true;
  });
}

function fits(document: WorkflowDocument, { id, source, sourcePort, target }: GraphEdge): boolean {
  const without = { ...document, edges: document.edges.filter((edge) => edge.id !== id) };
  return canConnectIn(indexGraph(without), { source, sourcePort, target }).ok;
}

export function updateNode(document: WorkflowDocument, id: NodeId, change: (node: GraphNode) => GraphNode): WorkflowDocument {
  const before = document.nodes.find((node) => node.id === id);
  const after = before && change(before);
  if (!before || !after || after === before) return document;
  const nodes = document.nodes.map((node) => (node === before ? after : node));
  return fitContainers({ ...document, nodes, edges: edgesAfterPortChange(document.edges, before, after) });
}

/** Disables these nodes, or enables them when all of them are disabled. A start has nothing to be skipped for. */
export function toggleDisabled(document: WorkflowDocument, ids: ReadonlySet<NodeId>): WorkflowDocument {
  const chosen = new Set(document.nodes.filter(({ id, type }) => ids.has(id) && type !== 'start'));
  if (chosen.size === 0) return document;
  const disable = [...chosen].some((node) => !node.disabled);
  return {
    ...document,
    nodes: document.nodes.map((node) => {
      if (!chosen.has(node) || (node.disabled ?? false) === disable) return node;
      const { disabled: _, ...rest } = node;
      return disable ? { ...rest, disabled: true } : rest;
    }),
  };
}

/** Opens the collapsed containers around a node. */
export function openAround(document: WorkflowDocument, id: NodeId): WorkflowDocument {
  const byId = new Map(document.nodes.map((node) => [node.id, node]));
  const around = new Set<NodeId>();
  for (let at = byId.get(id)?.parent; at && !around.has(at); at = byId.get(at)?.parent) around.add(at);
  if (!document.nodes.some((node) => around.has(node.id) && node.collapsed)) return document;
  return fitContainers({
    ...document,
    nodes: document.nodes.map((node) => {
      if (!around.has(node.id) || !node.collapsed) return node;
      const { collapsed: _, ...open } = node;
      return open;
    }),
  });
}

/** A renamed port takes its edges along; edges of a port that is gone go with it. */
function edgesAfterPortChange(edges: GraphEdge[], before: GraphNode, after: GraphNode): GraphEdge[] {
  const had = portsOf(before).map((port) => port.id);
  const has = portsOf(after).map((port) => port.id);
  const lost = had.filter((port) => !has.includes(port));
  const gained = has.filter((port) => !had.includes(port));
  const [from] = lost;
  const [to] = gained;
  if (from === undefined) return edges;
  if (lost.length === 1 && gained.length === 1 && to !== undefined)
    return edges.map((edge) => (edge.source === before.id && edge.sourcePort === from ? { ...edge, sourcePort: to } : edge));
  return edges.filter((edge) => edge.source !== before.id || !lost.includes(edge.sourcePort));
}

/** Puts a node into the middle of an edge and moves what follows down, as far as it is in the way. */
export function insertOnEdge(
  document: WorkflowDocument,
  edge: GraphEdge,
  type: NodeType,
): { document: WorkflowDocument; node: GraphNode } | null {
  const source = document.nodes.find(({ id }) => id === edge.source);
  const target = document.nodes.find(({ id }) => id === edge.target);
  if (!source || !target) return null;
  const draft = titledNode(document, type, { parent: target.parent, position: { x: 0, y: 0 } });
  const size = nodeSize(draft);
  const targetSize = nodeSize(target);
  const position = { x: Math.round(target.position.x + targetSize.width / 2 - size.width / 2), y: target.position.y };
  const node = { ...draft, position };
  const shift = size.height + gapBelow;
  const below = document.nodes.map((one) =>
    one.parent === target.parent && one.position.y >= target.position.y
      ? { ...one, position: { ...one.position, y: one.position.y + shift } }
      : one,
  );
  const out = firstExit(node);
  const edges = document.edges.filter(({ id }) => id !== edge.id);
  const next = { ...document, nodes: below, edges };
  return {
    node,
    document: addNodes(
      next,
      [node],
      [
        { source: edge.source, sourcePort: edge.sourcePort, target: node.id },
        ...(out ? [{ source: node.id, sourcePort: out, target: edge.target }] : []),
      ],
    ),
  };
}

/** Puts a node that has no edges yet into the middle of an edge, where it was dropped; what follows makes room for it. */
export function dropOnEdge(document: WorkflowDocument, move: { node: NodeId } & Place, edge: EdgeId): WorkflowDocument {
  const split = document.edges.find(({ id }) => id === edge);
  const target = document.nodes.find(({ id }) => id === split?.target);
  const dropped = document.nodes.find(({ id }) => id === move.node);
  if (!split || !target || !dropped) return document;
  const source = document.nodes.find(({ id }) => id === split.source);
  const lowest = source && source.parent === target.parent ? source.position.y + nodeSize(source).height + gapBelow : -Infinity;
  const position = {
    x: target.position.x + (nodeSize(target).width - nodeSize(dropped).width) / 2,
    y: Math.max(move.position.y, lowest),
  };
  const placed = moveNodes(document, [{ node: move.node, parent: target.parent, position }]).document;
  const node = placed.nodes.find(({ id }) => id === move.node);
  if (!node) return document;
  const missing = node.position.y + nodeSize(node).height + gapBelow - target.position.y;
  const nodes =
    missing <= 0
      ? placed.nodes
      : placed.nodes.map((one) =>
          one.id !== node.id && one.parent === target.parent && one.position.y >= target.position.y
            ? { ...one, position: { ...one.position, y: one.position.y + missing } }
            : one,
        );
  const out = firstExit(node);
  const connections = [
    { source: split.source, sourcePort: split.sourcePort, target: node.id },
    ...(out ? [{ source: node.id, sourcePort: out, target: split.target }] : []),
  ];
  const without = { ...placed, nodes, edges: placed.edges.filter(({ id }) => id !== edge) };
  const joined = connections.reduce(connect, without);
  // A node that cannot stand there is only moved.
  return joined.edges.length === without.edges.length + connections.length ? fitContainers(joined) : placed;
}

export function firstExit(node: GraphNode): PortId | null {
  return portsOf(node).find((port) => port.kind === 'normal')?.id ?? null;
}

/** Under a node (or at the right end of its row when that place is taken), centred on the port it will hang from. */
export function placeBelow(document: WorkflowDocument, anchor: GraphNode, size: { width: number; height: number }, centre?: number): Place {
  const own = nodeSize(anchor);
  const siblings = document.nodes.filter((node) => node.parent === anchor.parent);
  let x = Math.round(anchor.position.x + (centre ?? own.width / 2) - size.width / 2);
  const y = anchor.position.y + own.height + gapBelow;
  for (let tries = 0; tries < 100; tries += 1) {
    const hit = siblings.find((node) => overlaps({ x, y, ...size }, { ...node.position, ...nodeSize(node) }));
    if (!hit) break;
    x = hit.position.x + nodeSize(hit).width + gapBeside;
  }
  return { parent: anchor.parent, position: { x, y } };
}

/** The first free place in a container, top down. */
export function placeInside(document: WorkflowDocument, container: GraphNode, size: { width: number; height: number }): Place {
  const children = document.nodes.filter((node) => node.parent === container.id);
  const bottom = children.reduce((low, node) => Math.max(low, node.position.y + nodeSize(node).height + gapBelow), firstRow);
  return {
    parent: container.id,
    position: { x: Math.max(containerPadding, Math.round((nodeSize(container).width - size.width) / 2)), y: bottom },
  };
}

function overlaps(
  a: { x: number; y: number; width: number; height: number },
  b: { x: number; y: number; width: number; height: number },
): boolean {
  return a.x < b.x + b.width + 8 && b.x < a.x + a.width + 8 && a.y < b.y + b.height + 8 && b.y < a.y + a.height + 8;
}

/** Containers grow around their content, innermost first; content keeps clear of the header. */
export function fitContainers(document: WorkflowDocument): WorkflowDocument {
  const children = new Map<NodeId, GraphNode[]>();
  for (const node of document.nodes) if (node.parent !== null) children.set(node.parent, [...(children.get(node.parent) ?? []), node]);
  if (children.size === 0) return document;
  const fitted = new Map<NodeId, GraphNode>();
  let changed = false;
  const fit = (node: GraphNode): GraphNode => {
    const known = fitted.get(node.id);
    if (known) return known;
    fitted.set(node.id, node); // guards against a parent cycle in a broken document
    const content = (children.get(node.id) ?? []).map(fit);
    let next = node;
    if (content.length > 0 && standardCatalogue.get(node.type)?.container) {
      const shiftX = Math.max(0, containerPadding - Math.min(...content.map(({ position }) => position.x)));
      const shiftY = Math.max(0, firstRow - 8 - Math.min(...content.map(({ position }) => position.y)));
      if (shiftX > 0 || shiftY > 0) {
        for (const child of content)
          fitted.set(child.id, { ...child, position: { x: child.position.x + shiftX, y: child.position.y + shiftY } });
        changed = true;
      }
      const own = nodeSize({ ...node, collapsed: false });
      const width = Math.max(own.width, ...content.map((child) => child.position.x + shiftX + nodeSize(child).width + containerPadding));
      const height = Math.max(own.height, ...content.map((child) => child.position.y + shiftY + nodeSize(child).height + containerPadding));
      if (width > own.width || height > own.height) {
        next = { ...node, size: { width, height } };
        changed = true;
      }
    }
    fitted.set(node.id, next);
    return next;
  };
  for (const node of document.nodes) fit(node);
  return changed ? { ...document, nodes: document.nodes.map((node) => fitted.get(node.id) ?? node) } : document;
}

/** Null unpins. */
export function pinNode(document: WorkflowDocument, id: NodeId, pin: Pin | null): WorkflowDocument {
  return updateNode(document, id, (node) => {
    const { pinned: _before, ...rest } = node;
    return pin === null ? rest : { ...rest, pinned: pin };
  });
}

/** Puts a scenario in the place of the one with its id, or behind the others. */
export function putScenario(document: WorkflowDocument, scenario: Scenario): WorkflowDocument {
  const { scenarios = [] } = document;
  const isKnown = scenarios.some(({ id }) => id === scenario.id);
  return {
    ...document,
    scenarios: isKnown ? scenarios.map((one) => (one.id === scenario.id ? scenario : one)) : [...scenarios, scenario],
  };
}

export function removeScenario(document: WorkflowDocument, id: string): WorkflowDocument {
  const { scenarios = [], ...rest } = document;
  const left = scenarios.filter((one) => one.id !== id);
  return left.length === 0 ? rest : { ...rest, scenarios: left };
}

/** An id that no scenario of the document has. */
export function newScenarioId({ scenarios = [] }: WorkflowDocument): string {
  for (let n = scenarios.length + 1; ; n += 1) if (!scenarios.some(({ id }) => id === `s${n}`)) return `s${n}`;
}
