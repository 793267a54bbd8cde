import type { EdgeId, JoinNode, NodeId } from '@perdure/graph';
import { cancelSteps } from './cancel.ts';
import type { EventBody } from './history-event.ts';
import type { FrameId, StepKey } from './ids.ts';
import { passToFire } from './join-tokens.ts';
import type { Frame } from './state.ts';
import { stepKeyOf } from './step-place.ts';
import { OUT, emit, frameOf, nodeOf, sendTokens } from './turn.ts';
import type { Token, Turn } from './turn.ts';

/** A token reaches a join: counted, and when the rule of a pass is met by it, one token goes on. [J1–J3] */
export function reachJoin(turn: Turn, token: Token, via: EdgeId, node: JoinNode): void {
  const caught = token.caughtFrom === undefined ? {} : { caughtFrom: token.caughtFrom };
  emit(turn, { type: 'JoinReached', node: node.id, frame: token.frame, via, ...caught });
  fireReady(turn, frameOf(turn, token.frame), node);
}

/** Fires every pass whose rule is met. [J2] */
export function fireReady(turn: Turn, frame: Frame, node: JoinNode): void {
  const join = frame.joins.get(node.id);
  if (!join) throw new Error(`No token has reached the join ${node.id}.`);
  for (let pass = passToFire(join, node.needed); pass !== null; pass = passToFire(join, node.needed))
    fireJoin(turn, frame, node, pass, join.caught.get(pass));
}

function fireJoin(turn: Turn, frame: Frame, node: JoinNode, pass: number, caughtFrom: StepKey | undefined): void {
  const step = stepKeyOf(frame.id, node.id, (frame.visits.get(node.id) ?? 0) + 1);
  const fired: EventBody & { type: 'JoinFired' } = { type: 'JoinFired', step, node: node.id, frame: frame.id, pass };
  if (caughtFrom !== undefined) fired.caughtFrom = caughtFrom;
  if (node.cancelRest) {
    cancelRest(turn, frame, node);
    fired.rest = { edges: node.incoming.map((edge) => edge.id), joins: joinsWithin(turn, frame, node.region) };
  }
  emit(turn, fired);
  sendTokens(turn, frame.id, node, OUT, caughtFrom);
}

/** What is still on its way to this join in its region: open steps, and the tokens that move in this turn. [J5] */
function cancelRest(turn: Turn, frame: Frame, node: JoinNode): void {
  const rest: StepKey[] = [];
  for (const key of frame.open) {
    const step = turn.state.steps.get(key);
    if (step && node.region.has(step.node)) rest.push(key);
  }
  cancelSteps(turn, rest, 'join');
  const isRest = (frameId: FrameId, target: NodeId) => frameId === frame.id && (target === node.id || node.region.has(target));
  turn.work = turn.work.slice(turn.next).filter((work) => work.type !== 'token' || !isRest(work.frame, work.node));
  turn.next = 0;
}

function joinsWithin(turn: Turn, frame: Frame, region: ReadonlySet<NodeId>): NodeId[] {
  return [...region].filter((id) => nodeOf(turn, id).kind === 'join' && frame.joins.has(id));
}
