import { bodyPort } from './catalogue/node-type.ts';
import { type FrameGraph, frameGraph, reach } from './frame-graph.ts';
import { type GraphIndex } from './graph-index.ts';
import type { NodeId } from './ids.ts';
import { containersAround } from './expression-reads.ts';

/** What the expressions of one step can see, from the drawing alone. */
export interface DataBefore {
  /** Steps that may have an output to read, nearest first. */
  steps: readonly { id: NodeId; mayBeMissing: boolean }[];
  variables: readonly { name: string; mayBeMissing: boolean }[];
  /** The for each whose item it is. */
  itemOf: NodeId | null;
  hasIndex: boolean;
  /** On the way out of error ports and catches: the codes that may arrive there, as far as the steps name theirs. Null elsewhere. */
  errorCodes: readonly string[] | null;
}

/** Judging every step of a huge workflow would hold up typing; the nearest are the ones that are looked at. Each walks the edges once. */
const mostWalked = 200_000;

export function dataBefore(index: GraphIndex, reader: NodeId): DataBefore {
  const steps: { id: NodeId; mayBeMissing: boolean }[] = [];
  const certainWriters: NodeId[] = [];
  const writers = new Set<NodeId>();
  let errorCodes: string[] | null = null;
  const mostJudged = mostWalked / Math.max(1, index.document.edges.length);
  const around = containersAround(index, reader);
  // From the reader's own frame outwards: in each, what leads to the node through which the reader sits in it.
  for (const [depth, container] of [...around, null].entries()) {
    const standIn = depth === 0 ? reader : around[depth - 1]!; // depth is inside
    const frame = frameGraph(index, container);
    const target = frame.numberOf.get(standIn);
    if (target === undefined) continue;
    for (const number of backwards(frame, target)) {
      const id = frame.ids[number];
      if (!id) continue;
      const node = index.nodes.get(id);
      const isMissing = node?.disabled === true || (steps.length < mostJudged && arrives(index, frame, target, number));
      if (node?.type === 'setVariables') {
        writers.add(id);
        if (!isMissing) certainWriters.push(id);
      }
      for (const inner of writersInside(index, id)) writers.add(inner);
      if (index.types.get(id)?.hasOutput && index.types.get(id)?.hasInput) steps.push({ id, mayBeMissing: isMissing });
      const codes = codesTaken(index, frame, number, target);
      if (codes) errorCodes = [...(errorCodes ?? []), ...codes];
    }
    // A later pass of a loop sees what the passes before it wrote.
    if (container !== null) for (const inner of writersInside(index, container)) writers.add(inner);
  }
  // A loop's condition reads its own last pass.
  if (index.nodes.get(reader)?.type === 'loop') {
    steps.unshift({ id: reader, mayBeMissing: true });
    for (const inner of writersInside(index, reader)) writers.add(inner);
  }
  const certain = new Set(certainWriters.flatMap((id) => variablesOf(index, id)));
  const names = new Set([...writers].flatMap((id) => variablesOf(index, id)));
  return {
    steps,
    variables: [...names].map((name) => ({ name, mayBeMissing: !certain.has(name) })),
    itemOf: around.find((id) => index.nodes.get(id)?.type === 'forEach') ?? null,
    hasIndex:
      around.some((id) => ['forEach', 'loop'].includes(index.nodes.get(id)?.type ?? '')) || index.nodes.get(reader)?.type === 'loop',
    errorCodes: errorCodes && [...new Set(errorCodes)],
  };
}

/** By distance, the target itself left out. */
function backwards(frame: FrameGraph, target: number): number[] {
  const seen = new Set([target]);
  const queue = [target];
  for (let at = 0; at < queue.length; at += 1) {
    for (const before of frame.predecessors[queue[at]!]!) {
      if (seen.has(before)) continue;
      seen.add(before);
      queue.push(before);
    }
  }
  return queue.slice(1);
}

/** Whether control can come to `target` without `step` having given its output: by a way round it, or by one of its exceptional ports. */
function arrives(index: GraphIndex, frame: FrameGraph, target: number, step: number): boolean {
  const arrived = new Set([0]);
  const open = [0];
  const waiting = new Map<number, number>();
  while (open.length > 0) {
    const from = open.pop()!;
    for (const to of waysOn(index, frame, from, from === step)) {
      if (arrived.has(to)) continue;
      const needed = joinSize(index, frame, to);
      const come = (waiting.get(to) ?? 0) + 1;
      waiting.set(to, come);
      if (come < needed) continue;
      if (to === target) return true;
      arrived.add(to);
      open.push(to);
    }
  }
  return false;
}

/** How many edges a join of all branches waits for; one elsewhere. */
function joinSize(index: GraphIndex, frame: FrameGraph, number: number): number {
  const id = frame.ids[number];
  const node = id ? index.nodes.get(id) : undefined;
  return node?.type === 'join' && node.config['mode'] === 'all' ? (index.incoming.get(node.id)?.length ?? 1) : 1;
}

function waysOn(index: GraphIndex, frame: FrameGraph, from: number, onlyExceptional: boolean): readonly number[] {
  if (!onlyExceptional) return frame.successors[from]!;
  const id = frame.ids[from];
  if (!id) return [];
  const exceptional = new Set(index.ports.get(id)?.flatMap((port) => (port.kind === 'exceptional' ? [port.id] : [])));
  return [...(index.outgoing.get(id) ?? [])].flatMap(([port, edges]) =>
    exceptional.has(port) ? edges.flatMap(({ target }) => frame.numberOf.get(target) ?? []) : [],
  );
}

/** The codes a step sends out of its exceptional ports when one of them leads to the target; null when none does. */
function codesTaken(index: GraphIndex, frame: FrameGraph, step: number, target: number): string[] | null {
  const exits = waysOn(index, frame, step, true);
  if (!exits.some((exit) => exit === target || reach(frame.successors, exit)[target])) return null;
  const id = frame.ids[step]!; // it has exits
  const caught = index.nodes.get(id)?.config['catches'];
  const named = Array.isArray(caught)
    ? caught.flatMap((one) =>
        typeof one === 'object' && one !== null && !Array.isArray(one) && Array.isArray(one['codes'])
          ? one['codes'].filter((code): code is string => typeof code === 'string')
          : [],
      )
    : [];
  const own = index.types.get(id)?.docs.errors.map(({ code }) => code) ?? [];
  return [...named, ...own.filter((code) => /^[A-Za-z][A-Za-z0-9.]*$/.test(code))];
}

function writersInside(index: GraphIndex, container: NodeId): NodeId[] {
  if (!index.outgoing.get(container)?.has(bodyPort.id) && !index.types.get(container)?.container) return [];
  const found: NodeId[] = [];
  const open = [container];
  const seen = new Set(open);
  while (open.length > 0) {
    for (const { id, type } of index.children.get(open.pop()!) ?? []) {
      if (seen.has(id)) continue;
      seen.add(id);
      open.push(id);
      if (type === 'setVariables') found.push(id);
    }
  }
  return found;
}

function variablesOf(index: GraphIndex, id: NodeId): string[] {
  const written = index.nodes.get(id)?.config['variables'];
  return typeof written === 'object' && written !== null && !Array.isArray(written) ? Object.keys(written) : [];
}
