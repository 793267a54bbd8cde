import { portId } from '@perdure/graph';
import type { NodeId, Plan, PlanNode, PortId } from '@perdure/graph';
import type { Command } from './command.ts';
import type { Effect } from './effect.ts';
import type { Evaluator } from './evaluator.ts';
import { evolve } from './evolve.ts';
import type { EventBody, HistoryEvent, StepOpening } from './history-event.ts';
import type { FrameId, StepKey } from './ids.ts';
import type { Deferred, Frame, InstanceState, OpenStep } from './state.ts';
import { ROOT_FRAME, stepKeyOf } from './step-place.ts';

/**
 * What one command is being decided with: the inputs, the events and effects so far, and the tokens still moving.
 * `work` is first in, first out. A frame is looked at for its end only when `work` is empty, so no token in flight is overlooked. [T6]
 */
export interface Turn {
  plan: Plan;
  state: InstanceState;
  command: Command;
  evaluator: Evaluator;
  events: HistoryEvent[];
  effects: Effect[];
  work: Work[];
  /** Index of the next item of `work`; items before it are done. */
  next: number;
  /** Frames that lost a token or a step and may be at their end. */
  touched: Set<FrameId>;
  /** Expressions evaluated so far: each gets its own seed. [D8] */
  evaluations: number;
  /** Events allowed before the instance fails with `TurnLimit`. [L8] */
  eventLimit: number;
  loopPasses: number;
  /** What a resumption has yet to act on, the one it is at first. */
  resuming: readonly Deferred[];
}

/** `again`: a step that failed under another version has its next attempt with what this one gives it. [O10] */
export type Work = Token | { type: 'advance'; step: StepKey } | { type: 'again'; step: StepKey };

/** Control on its way to a node. Tokens exist only inside a turn; between turns there are open steps. */
export interface Token {
  type: 'token';
  frame: FrameId;
  node: NodeId;
  via: StepOpening['via'];
  caughtFrom: StepKey | undefined;
}

/** Appends one event and folds it into the state. */
export function emit(turn: Turn, body: EventBody): void {
  const event: HistoryEvent = { seq: turn.state.seq + 1, at: turn.command.at, ...body };
  evolve(turn.state, event);
  turn.events.push(event);
}

export function nodeOf(turn: Turn, id: NodeId): PlanNode {
  const node = turn.plan.nodes.get(id);
  if (!node) throw new Error(`The plan has no node ${id}.`);
  return node;
}

export function frameOf(turn: Turn, id: FrameId): Frame {
  const frame = turn.state.frames.get(id);
  if (!frame) throw new Error(`Frame “${id}” is gone.`);
  return frame;
}

/** The opening of the next visit of the token's node. [T3] */
export function opening(turn: Turn, token: Token): StepOpening {
  const visit = (frameOf(turn, token.frame).visits.get(token.node) ?? 0) + 1;
  const step = stepKeyOf(token.frame, token.node, visit);
  const result: StepOpening = { step, node: token.node, frame: token.frame, via: token.via };
  if (token.caughtFrom !== undefined) result.caughtFrom = token.caughtFrom;
  return result;
}

/** The opening an open step had, for its further attempts. */
export function openingOf(step: OpenStep): StepOpening {
  const { key, node, frame, via, caughtFrom } = step;
  return caughtFrom === undefined ? { step: key, node, frame, via } : { step: key, node, frame, via, caughtFrom };
}

/** Puts a token on every edge of a port, in document order, inside `frame`; gives how many there are. [T2] */
export function sendTokens(turn: Turn, frame: FrameId, node: PlanNode, port: PortId, caughtFrom: StepKey | undefined): number {
  turn.touched.add(frame);
  if (endsAt(turn, frame, node)) return 0;
  const edges = node.outputs.get(port);
  if (!edges) return 0;
  for (const edge of edges) turn.work.push({ type: 'token', frame, node: edge.target, via: edge.id, caughtFrom });
  return edges.length;
}

/** A test run of one step: nothing leaves it. [P9] */
export function endsAt({ state }: Turn, frame: FrameId, node: PlanNode): boolean {
  const from = state.test?.from;
  return from !== undefined && from.only && from.node === node.id && frame === ROOT_FRAME;
}

export const OUT = portId('out');

/** What one item of a for each may add to the events of a turn: a list is finite, so its length is no sign of a runaway. [L8] */
export const EVENTS_PER_ITEM = 64;

/** Not once a loop has passed in this turn: then a list inside it could hide that the loop never waits. */
export function allowEvents(turn: Turn, count: number): void {
  if (turn.loopPasses === 0) turn.eventLimit = Math.min(turn.eventLimit + count, MOST_EVENTS_PER_TURN);
}

export const EVENTS_PER_TURN = 10_000;
const MOST_EVENTS_PER_TURN = 1_000_000;
