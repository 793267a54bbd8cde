import { type FrameGraph, frameGraph } from './frame-graph.ts';
import { type GraphIndex, nameOf } from './graph-index.ts';
import type { NodeId } from './ids.ts';
import type { Problem } from './problem.ts';
import { strongComponents } from './strong-components.ts';
import { outcomesOf } from './token-outcomes.ts';

/** Cycles and endless loops that would run within one turn for ever, because nothing in them waits. */
export function checkTurnCycles(index: GraphIndex): Problem[] {
  const problems: Problem[] = [];
  const frames = new Map<NodeId | null, FrameGraph>();
  for (const container of index.children.keys()) frames.set(container, frameGraph(index, container));
  // Inner containers first: whether an outer cycle waits may depend on what is inside a container it passes.
  const waits = new Map<NodeId, boolean>();
  const deepestFirst = [...frames.values()].sort((a, b) => depthOf(index, b.container) - depthOf(index, a.container));
  for (const frame of deepestFirst) {
    for (const id of frame.numberOf.keys()) waits.set(id, alwaysWaits(index, id, waits));
    problems.push(...cyclesWithoutWait(index, frame, waits));
    if (frame.container !== null) waits.set(frame.container, !canFinishAtOnce(index, frame, waits));
  }
  for (const node of index.document.nodes) {
    // A loop without a limit has only the waits of its content to hold it back.
    if (node.type !== 'loop' || node.disabled || node.config.maxPasses !== null || waits.get(node.id)) continue;
    const content = frames.get(node.id);
    if (content && !canFinishAtOnce(index, content, waits)) continue;
    problems.push({
      code: 'soundness.unbounded-loop',
      severity: 'error',
      title: 'Loop without a wait or a limit',
      detail: `${nameOf(index, node.id)} may pass for ever within one turn. Limit its passes, or put a timer or another waiting step inside.`,
      node: node.id,
      path: [node.id],
    });
  }
  return problems;
}

function depthOf(index: GraphIndex, container: NodeId | null): number {
  let depth = 0;
  for (let above: NodeId | null | undefined = container; above; above = index.nodes.get(above)?.parent) depth++;
  return depth;
}

/** `waits` already holds the answer for a container's content. */
function alwaysWaits(index: GraphIndex, id: NodeId, waits: ReadonlyMap<NodeId, boolean>): boolean {
  const node = index.nodes.get(id);
  const type = index.types.get(id);
  if (!node || !type || node.disabled) return false;
  // An empty list and a condition that is false at once skip their content.
  if (type.container) return waits.get(id) === true && (node.type === 'scope' || (node.type === 'loop' && node.config.mode === 'until'));
  return type.endsTurn && !type.passesAtOnce(node.config);
}

function cyclesWithoutWait(index: GraphIndex, frame: FrameGraph, waits: ReadonlyMap<NodeId, boolean>): Problem[] {
  const passes = (number: number): boolean => {
    const id = frame.ids[number];
    return id !== null && id !== undefined && waits.get(id) !== true;
  };
  const { component, count } = strongComponents(frame.successors, passes);
  const members: NodeId[][] = Array.from({ length: count }, () => []);
  frame.ids.forEach((id, number) => {
    if (id && component[number] !== -1) members[component[number]!]!.push(id);
  });
  return members
    .filter((cycle) => cycle.length > 1)
    .map((cycle) => ({
      code: 'soundness.unbounded-loop',
      severity: 'error' as const,
      title: 'Cycle without a wait',
      detail: `${listNames(index, cycle)} would repeat for ever within one turn. Put a timer, an event, a human task or an activity into the cycle.`,
      node: cycle[0]!,
      path: cycle,
    }));
}

/** Whether a frame's tokens can all be gone without any step that waits: the least fixed point over "some outcome of which every edge leads on to such a node". */
function canFinishAtOnce(index: GraphIndex, frame: FrameGraph, waits: ReadonlyMap<NodeId, boolean>): boolean {
  const finishes = new Set<NodeId>();
  const open = [...frame.numberOf.keys()];
  const queued = new Set(open);
  while (open.length > 0) {
    const id = open.pop()!;
    queued.delete(id);
    if (finishes.has(id) || waits.get(id)) continue;
    const outcomes = outcomesOf(index, id);
    if (outcomes.length > 0 && !outcomes.some(({ edges }) => edges.every(({ target }) => finishes.has(target)))) continue;
    finishes.add(id);
    for (const before of frame.predecessors[frame.numberOf.get(id)!]!) {
      const beforeId = frame.ids[before];
      if (beforeId && !queued.has(beforeId)) {
        queued.add(beforeId);
        open.push(beforeId);
      }
    }
  }
  return frame.entryEdges.every(({ target }) => finishes.has(target));
}

export function listNames(index: GraphIndex, ids: readonly NodeId[]): string {
  const names = ids.slice(0, 3).map((id) => nameOf(index, id));
  if (ids.length > 3) return `${names.join(', ')} and ${ids.length - 3} more`;
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '');
}
