import type { ForEachNode, Json, LoopNode, PlanNode, PortId, ScopeNode } from '@perdure/graph';
import { isPayloadRef } from '@perdure/graph';
import { letGo } from './cancel.ts';
import { lockedEntities, requestLock } from './critical-section.ts';
import { evaluate, evaluateExpression } from './expression-scope.ts';
import type { Viewpoint } from './expression-scope.ts';
import { isTruthy } from './is-truthy.ts';
import { failContainer, failEntering } from './raise.ts';
import { startPass } from './start-pass.ts';
import { startTimer } from './start-timer.ts';
import type { OpenStep } from './state.ts';
import type { StepKey } from './ids.ts';
import { settle } from './steps.ts';
import { EVENTS_PER_ITEM, OUT, allowEvents, emit, nodeOf, opening, sendTokens } from './turn.ts';
import type { Steps } from './steps.ts';
import type { Token, Turn } from './turn.ts';

/*
 * Containers own frames: a for each one per running item, a loop one per pass, a scope one. A frame's end or failure comes back here as
 * `advanceContainer`, which starts what is next or lets the token leave. [C1–C8]
 */

type ContainerStep = OpenStep & { kind: 'container' };

/** [C1, C2] */
export function* enterForEach(turn: Turn, token: Token, node: ForEachNode): Steps<void> {
  const items = yield* evaluate(turn, node.items, 'items', token);
  if (!items.ok) return failEntering(turn, token, node, items.failure);
  const list = asList(yield* settle(turn.evaluator.load(items.value)));
  const kept = isPayloadRef(items.value) ? items.value : yield* settle(turn.evaluator.keep(list));
  const place = opening(turn, token);
  emit(turn, { type: 'ContainerEntered', ...place, container: 'forEach', items: kept, count: list.length });
  yield* continueForEach(turn, containerStep(turn, place.step), node, list);
}

/** [C6, C7] */
export function* enterLoop(turn: Turn, token: Token, node: LoopNode): Steps<void> {
  const place = opening(turn, token);
  emit(turn, { type: 'ContainerEntered', ...place, container: 'loop' });
  yield* continueLoop(turn, containerStep(turn, place.step), node);
}

/** [C8, K1] */
export function* enterScope(turn: Turn, token: Token, node: ScopeNode): Steps<void> {
  const entities = node.locks.length > 0 ? yield* lockedEntities(turn, token, node) : null;
  if (entities && !entities.ok) return failEntering(turn, token, node, entities.failure);
  const place = opening(turn, token);
  emit(turn, { type: 'ContainerEntered', ...place, container: 'scope' });
  if (node.timeoutMs !== null) startTimer(turn, place.step, 'timeout', 1, turn.command.at + node.timeoutMs);
  if (entities) requestLock(turn, place.step, entities.value);
  else startPass(turn, containerStep(turn, place.step), node, 0);
}

/** A pass has ended. */
export function* advanceContainer(turn: Turn, key: StepKey): Steps<void> {
  const step = turn.state.steps.get(key);
  if (step?.kind !== 'container') return;
  const node = nodeOf(turn, step.node);
  if (node.kind === 'forEach') yield* continueForEach(turn, step, node, null);
  else if (node.kind === 'loop') yield* continueLoop(turn, step, node);
}

/** A scope's one pass gave its result. */
export function exitContainer(turn: Turn, step: ContainerStep, node: PlanNode, output: Json, port: PortId = OUT): void {
  letGo(turn, step);
  emit(turn, { type: 'ContainerExited', step: step.key, port, output });
  sendTokens(turn, step.frame, node, port, step.caughtFrom);
}

/** Starts items up to the limit; with all of them done, leaves. `list` saves loading it when it is at hand. [C2, C3] */
function* continueForEach(turn: Turn, step: ContainerStep, node: ForEachNode, list: Json[] | null): Steps<void> {
  const { container } = step;
  if (container.type !== 'forEach') throw new Error(`Step ${step.key} is a ${container.type}, not a for each.`);
  if (container.done === container.count) {
    return exitContainer(turn, step, node, yield* settle(turn.evaluator.keep([...container.results])));
  }
  const limit = Math.max(1, node.concurrency);
  if (container.next >= container.count || container.running >= limit) return;
  const items = list ?? asList(yield* settle(turn.evaluator.load(container.items)));
  const large = isPayloadRef(container.items);
  while (container.next < container.count && container.running < limit) {
    const item = items[container.next] ?? null;
    startPass(turn, step, node, container.next, large ? yield* settle(turn.evaluator.keep(item)) : item);
    allowEvents(turn, EVENTS_PER_ITEM);
  }
}

/** One pass after another; `while` asks before each, `until` after each. [C6, C7] */
function* continueLoop(turn: Turn, step: ContainerStep, node: LoopNode): Steps<void> {
  const { container } = step;
  if (container.type !== 'loop') throw new Error(`Step ${step.key} is a ${container.type}, not a loop.`);
  const done = container.passes;
  let again = true;
  if (node.mode === 'while' || done > 0) {
    const view: Viewpoint = { frame: step.frame, caughtFrom: step.caughtFrom, index: node.mode === 'while' ? done : done - 1 };
    const condition = yield* evaluateExpression(turn, node.condition, 'condition', view);
    if (!condition.ok) return failContainer(turn, step, condition.failure);
    const met = isTruthy(yield* settle(turn.evaluator.load(condition.value)));
    again = node.mode === 'while' ? met : !met;
  }
  if (!again) return exitContainer(turn, step, node, turn.state.frames.get(step.frame)?.outputs.get(node.id) ?? null);
  if (node.maxPasses !== null && done >= node.maxPasses) {
    return failContainer(turn, step, {
      code: 'LoopLimit',
      message: `“${node.title}” is not finished after ${done} passes, the most it may run.`,
    });
  }
  turn.loopPasses++;
  startPass(turn, step, node, done);
}

function containerStep(turn: Turn, key: StepKey): ContainerStep {
  const step = turn.state.steps.get(key);
  if (step?.kind !== 'container') throw new Error(`Step ${key} is not an open container.`);
  return step;
}

/** JSONata gives nothing for an empty sequence and the bare item for a sequence of one. [C2] */
function asList(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  return value === null ? [] : [value];
}
