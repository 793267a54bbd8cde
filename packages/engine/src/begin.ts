import type { JoinNode, NodeId, Plan } from '@perdure/graph';
import { ROOT_FRAME } from './step-place.ts';
import type { Beginning } from './test-run.ts';
import { OUT, emit, nodeOf, sendTokens } from './turn.ts';
import type { Turn } from './turn.ts';

/** The first tokens of an instance: those of its start, or one at the node where a test run begins. */
export function begin(turn: Turn): void {
  const from = turn.state.test?.from;
  const node = nodeOf(turn, from?.node ?? turn.plan.start);
  if (from === undefined || node.kind === 'start') return void sendTokens(turn, ROOT_FRAME, node, OUT, undefined);
  // Whoever starts a test run has checked it against this very plan.
  if (node.parent !== null) throw new Error(`A test run cannot begin at ${node.id}, which is inside a container.`);
  turn.touched.add(ROOT_FRAME);
  if (!from.only) waitForNobody(turn, from);
  const token = { type: 'token', frame: ROOT_FRAME, node: node.id, caughtFrom: undefined } as const;
  if (node.kind !== 'join') turn.work.push({ ...token, via: null });
  else for (const { id } of node.incoming.slice(0, node.needed)) turn.work.push({ ...token, via: id });
}

/**
 * Joins ahead do not wait for branches that this run does not have: an edge that no token can come by counts as arrived, as long as one that
 * can is still needed. [P8]
 */
function waitForNobody(turn: Turn, from: Beginning): void {
  const ahead = reachable(turn.plan, from.node);
  for (const id of ahead) {
    const node = turn.plan.nodes.get(id);
    if (node?.kind !== 'join' || id === from.node) continue;
    for (const edge of missing(node, ahead)) emit(turn, { type: 'JoinReached', node: id, frame: ROOT_FRAME, via: edge.id });
  }
}

function missing({ incoming, needed }: JoinNode, ahead: ReadonlySet<NodeId>) {
  return incoming.filter(({ source }) => !ahead.has(source)).slice(0, needed - 1);
}

/** The node and all that come after it, at the top level. */
function reachable(plan: Plan, from: NodeId): Set<NodeId> {
  const seen = new Set([from]);
  for (const id of seen) {
    for (const edges of plan.nodes.get(id)?.outputs.values() ?? []) {
      for (const { target } of edges) if (plan.nodes.get(target)?.parent === null) seen.add(target);
    }
  }
  return seen;
}
