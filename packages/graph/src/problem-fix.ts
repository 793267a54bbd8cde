import { portsOf, summaryOf } from './catalogue/catalogue.ts';
import { bodyPort } from './catalogue/node-type.ts';
import { type Connection, canConnectIn } from './connect-rules.ts';
import { didYouMean } from './did-you-mean.ts';
import type { GraphNode, WorkflowDocument } from './document.ts';
import { frameGraph, reach } from './frame-graph.ts';
import { type GraphIndex, nameOf } from './graph-index.ts';
import type { EdgeId, NodeId } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import { newEdgeId, newNode } from './new-node.ts';
import { nodeSize, portPosition } from './node-size.ts';
import type { Problem } from './problem.ts';
import { correctName } from './step-references.ts';

/** What a person would most likely do about a problem, as one step. */
export interface Fix {
  /** On the button: "Remove the edge". */
  label: string;
  /** It takes nothing away that works, so it may be done for all problems of the kind without looking at each. */
  isSafe: boolean;
  apply(document: WorkflowDocument): WorkflowDocument;
}

/**
 * The fix of a problem where one is obvious, else null. `index`: of the document in which the problem was found.
 * Applying it to a later document is safe: what it speaks of is looked up again, and what is gone is left alone.
 */
export function fixFor(problem: Problem, index: GraphIndex): Fix | null {
  const { code, node: id, edge } = problem;
  if (code.startsWith('edge.') && edge !== undefined)
    return { label: 'Remove the edge', isSafe: true, apply: (document) => withoutEdges(document, (one) => one === edge) };
  const node = id === undefined ? undefined : index.nodes.get(id);
  if (problem.suggestion && node) {
    const { written, meant } = problem.suggestion;
    return { label: `Use ${meant}`, isSafe: false, apply: onNode(node.id, (one) => correctName(one, written, meant, index.catalogue)) };
  }
  if (code === 'start.missing') return addStart(index);
  return node ? (nodeFixes[code]?.(index, node, problem) ?? null) : null;
}

type NodeFix = (index: GraphIndex, node: GraphNode, problem: Problem) => Fix | null;

const nodeFixes: Readonly<Partial<Record<string, NodeFix>>> = {
  'node.unknown-type': (index, { id, type }) => {
    const meant = didYouMean(
      type,
      index.catalogue.types.map(({ key }) => key),
    );
    const found = meant === undefined ? undefined : index.catalogue.get(meant);
    return found ? { label: `Make it a ${found.label}`, isSafe: false, apply: onNode(id, (one) => ({ ...one, type: found.key })) } : null;
  },
  'node.parent': (_, { id }) => ({
    label: 'Move it to the top level',
    isSafe: false,
    apply: onNode(id, (one) => ({ ...one, parent: null })),
  }),
  'node.unreachable': (index, node) => connectLoose(index, node) ?? (leadsNowhere(index, node) ? deletion(node.id) : null),
  'start.several': (_, { id }) => deletion(id),
  'start.inside-container': (index, { id }) =>
    index.document.nodes.filter((one) => index.types.get(one.id)?.hasInput === false).length > 1
      ? null
      : {
          label: 'Move it out',
          isSafe: false,
          apply: (document) =>
            withoutEdges(
              onNode(id, (one) => ({ ...one, parent: null, position: above(document) }))(document),
              (_, { source }) => source === id,
            ),
        },
  'container.empty': (index, { id }) => {
    const body = { source: id, sourcePort: bodyPort.id };
    const firsts = (index.children.get(id) ?? []).filter(
      (child) => !index.incoming.has(child.id) && canConnectIn(index, { ...body, target: child.id }).ok,
    );
    const [first] = firsts;
    return first && firsts.length === 1
      ? {
          label: `Connect the body to ${nameOf(index, first.id)}`,
          isSafe: true,
          apply: connecting({ ...body, target: first.id }),
        }
      : null;
  },
  'config.unknown-field': (_, { id }, { field }) =>
    field === undefined
      ? null
      : {
          label: 'Remove the field',
          isSafe: true,
          apply: onNode(id, (one) => ({ ...one, config: without(one.config, field) as JsonObject })), // an object without a field stays one
        },
  'retry.not-allowed': (_, { id }) => withoutSetting(id, 'Remove the retry policy'),
  'timeout.not-allowed': (_, { id }) => withoutSetting(id, 'Remove the timeout'),
  'variables.parallel': (index, node) => {
    const around = parallelAround(index, node);
    return around
      ? {
          label: `Run ${nameOf(index, around)} one after another`,
          isSafe: false,
          apply: onNode(around, (one) => ({ ...one, config: { ...one.config, mode: 'sequential' } })),
        }
      : null;
  },
  'section.signal-locked': (_, { id }) => ({
    label: 'Call it instead',
    isSafe: false,
    apply: onNode(id, ({ config: { delay: _delay, ...config }, ...one }) => ({ ...one, config: { ...config, mode: 'call' } })),
  }),
  'port.not-connected': connectPort,
  'soundness.deadlock': (index, { id }, { witness }) => {
    const incoming = index.incoming.get(id)?.length ?? 0;
    const arrived = incoming - (witness?.missing.length ?? incoming);
    if (arrived < 1) return null;
    const config = arrived === 1 ? { mode: 'any' } : { mode: 'count', count: arrived };
    return {
      label:
        arrived === 1
          ? 'Wait for the first branch'
          : `Wait for ${summaryOf({ type: index.nodes.get(id)!.type, config }, incoming, index.catalogue)}`,
      isSafe: false,
      apply: onNode(id, ({ config: { mode: _mode, count: _count, ...rest }, ...one }) => ({ ...one, config: { ...rest, ...config } })),
    };
  },
  'soundness.dead-node': (index, { id }) => {
    const disabled = (index.incoming.get(id) ?? []).find(({ source }) => index.nodes.get(source)?.disabled)?.source;
    return disabled
      ? { label: `Enable ${nameOf(index, disabled)}`, isSafe: false, apply: onNode(disabled, ({ disabled: _disabled, ...one }) => one) }
      : null;
  },
  'soundness.unbounded-loop': (_, { id, type }) =>
    type === 'loop'
      ? {
          label: 'Allow 1,000 passes',
          isSafe: true,
          apply: onNode(id, (one) => (one.config.maxPasses === null ? { ...one, config: { ...one.config, maxPasses: 1000 } } : one)),
        }
      : null,
  'soundness.swallowed-loop': (index, { id }, { path }) => {
    const after = [...(index.outgoing.get(id)?.values() ?? [])].flat();
    const [only] = after;
    const back = new Set(path?.filter((one) => one !== id));
    if (!only || after.length !== 1 || back.has(only.target)) return null;
    return {
      label: `Lead back to ${nameOf(index, only.target)}`,
      isSafe: false,
      apply: (document) => {
        const taken = new Set(document.edges.map((edge) => `${edge.source} ${edge.sourcePort} ${edge.target}`));
        const edges = document.edges.flatMap((edge) =>
          edge.target !== id || !back.has(edge.source)
            ? [edge]
            : taken.has(`${edge.source} ${edge.sourcePort} ${only.target}`)
              ? []
              : [{ ...edge, target: only.target }],
        );
        return { ...document, edges };
      },
    };
  },
};

function addStart(index: GraphIndex): Fix | null {
  const type = index.catalogue.types.find(({ hasInput }) => !hasInput);
  if (!type) return null;
  const firsts = (index.children.get(null) ?? []).filter(({ id }) => !index.incoming.has(id));
  const [first] = firsts;
  return {
    label: first && firsts.length === 1 ? `Add a start before ${nameOf(index, first.id)}` : 'Add a start',
    isSafe: true,
    apply: (document) => {
      const start = newNode(document, type.key, { parent: null, position: above(document, first) }, index.catalogue);
      if (!start) return document;
      const added = { ...document, nodes: [start, ...document.nodes] };
      const port = portsOf(start, index.catalogue)[0];
      return first && firsts.length === 1 && port ? connecting({ source: start.id, sourcePort: port.id, target: first.id })(added) : added;
    },
  };
}

/** A step nothing leads to, when only one reached step in its frame has an exit that is still free. */
function connectLoose(index: GraphIndex, node: GraphNode): Fix | null {
  if (index.incoming.has(node.id)) return null;
  const frame = frameGraph(index, node.parent);
  const reached = reach(frame.successors, 0);
  const open: Connection[] = [];
  for (const [id, number] of frame.numberOf) {
    if (!reached[number] || id === node.id) continue;
    for (const port of index.ports.get(id) ?? []) {
      const connection = { source: id, sourcePort: port.id, target: node.id };
      if (port.kind === 'normal' && !index.outgoing.get(id)?.has(port.id) && canConnectIn(index, connection).ok) open.push(connection);
    }
  }
  const [only] = open;
  return only && open.length === 1 ? { label: `Connect it to ${nameOf(index, only.source)}`, isSafe: true, apply: connecting(only) } : null;
}

function leadsNowhere(index: GraphIndex, { id }: GraphNode): boolean {
  return !index.outgoing.has(id) && !index.children.has(id) && !index.document.notes?.some(({ parent }) => parent === id);
}

/** To the one step nothing leads to yet, else to an End of its own. */
function connectPort(index: GraphIndex, node: GraphNode, { port }: Problem): Fix | null {
  if (port === undefined) return null;
  const from = { source: node.id, sourcePort: port };
  const loose = (index.children.get(node.parent) ?? []).filter(
    ({ id }) => !index.incoming.has(id) && canConnectIn(index, { ...from, target: id }).ok,
  );
  const [only] = loose;
  if (only && loose.length === 1)
    return { label: `Connect it to ${nameOf(index, only.id)}`, isSafe: false, apply: connecting({ ...from, target: only.id }) };
  return {
    label: 'Add an end',
    isSafe: false,
    apply: (document) => {
      const before = document.nodes.find(({ id }) => id === node.id);
      const at = before && portPosition(before, port, index.catalogue);
      const end = before && newNode(document, 'end', { parent: before.parent, position: before.position }, index.catalogue);
      if (!before || !at || !end) return document;
      const size = nodeSize(end, index.catalogue);
      const isRight = at.side === 'right';
      const place = {
        x: Math.round(before.position.x + at.x + (isRight ? beside : -size.width / 2)),
        y: Math.round(before.position.y + at.y + (isRight ? 0 : below)),
      };
      while (isTaken(document, end, place, index)) place.x += size.width + beside;
      return connecting({ ...from, target: end.id })({ ...document, nodes: [...document.nodes, { ...end, position: place }] });
    },
  };
}

const beside = 40;
const below = 48;

function isTaken(document: WorkflowDocument, node: GraphNode, { x, y }: { x: number; y: number }, index: GraphIndex): boolean {
  const { width, height } = nodeSize(node, index.catalogue);
  return document.nodes.some((other) => {
    if (other.parent !== node.parent) return false;
    const size = nodeSize(other, index.catalogue);
    return (
      x < other.position.x + size.width &&
      other.position.x < x + width &&
      y < other.position.y + size.height &&
      other.position.y < y + height
    );
  });
}

/** Room for a start: above one node, or above everything. */
function above(document: WorkflowDocument, node?: GraphNode): { x: number; y: number } {
  const top = node ? [node] : document.nodes.filter(({ parent }) => parent === null);
  if (top.length === 0) return { x: 0, y: 0 };
  return { x: top[0]!.position.x, y: Math.min(...top.map(({ position }) => position.y)) - 96 };
}

function parallelAround(index: GraphIndex, node: GraphNode): NodeId | undefined {
  const passed = new Set<NodeId>();
  for (let at = node.parent; at !== null && !passed.has(at); at = index.nodes.get(at)?.parent ?? null) {
    passed.add(at);
    const { type, config } = index.nodes.get(at) ?? { type: '', config: {} as JsonObject };
    if (type === 'forEach' && config.mode !== 'sequential' && config.concurrency !== 1) return at;
  }
  return undefined;
}

function onNode(id: NodeId, change: (node: GraphNode) => GraphNode): Fix['apply'] {
  return (document) => {
    const before = document.nodes.find((node) => node.id === id);
    const after = before && change(before);
    return after === before ? document : { ...document, nodes: document.nodes.map((node) => (node === before ? after! : node)) };
  };
}

function connecting(connection: Connection): Fix['apply'] {
  return (document) => {
    const ids = new Set(document.nodes.map(({ id }) => id));
    const isThere = document.edges.some(
      ({ source, sourcePort, target }) =>
        source === connection.source && sourcePort === connection.sourcePort && target === connection.target,
    );
    if (isThere || !ids.has(connection.source) || !ids.has(connection.target)) return document;
    const id = newEdgeId(new Set<EdgeId>(document.edges.map((edge) => edge.id)), connection);
    return { ...document, edges: [...document.edges, { id, ...connection }] };
  };
}

function withoutEdges(
  document: WorkflowDocument,
  isGone: (id: EdgeId, edge: WorkflowDocument['edges'][number]) => boolean,
): WorkflowDocument {
  const edges = document.edges.filter((edge) => !isGone(edge.id, edge));
  return edges.length === document.edges.length ? document : { ...document, edges };
}

function deletion(id: NodeId): Fix {
  return {
    label: 'Delete it',
    isSafe: false,
    apply: (document) =>
      withoutEdges(
        { ...document, nodes: document.nodes.filter((node) => node.id !== id) },
        (_, { source, target }) => source === id || target === id,
      ),
  };
}

function withoutSetting(id: NodeId, label: string): Fix {
  return { label, isSafe: true, apply: onNode(id, ({ retry: _retry, timeout: _timeout, ...node }) => node) };
}

/** A value without what a path leads to. Keys may hold dots, so the longest key that fits is taken first. */
function without(value: Json, path: string): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const [index = '', ...rest] = path.split('.');
    return value.map((part, i) => (String(i) === index && rest.length > 0 ? without(part, rest.join('.')) : part));
  }
  const key = Object.keys(value)
    .filter((one) => path === one || path.startsWith(`${one}.`))
    .sort((a, b) => b.length - a.length)[0];
  if (key === undefined) return value;
  const { [key]: part, ...rest } = value;
  return path === key
    ? rest
    : Object.fromEntries(
        Object.entries(value).map(([name, one]) => [name, name === key ? without(part!, path.slice(key.length + 1)) : one]),
      );
}
