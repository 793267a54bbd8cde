import type { ScopeNode } from '@perdure/graph';
import { letGo } from './cancel.ts';
import { consequence } from './consequence.ts';
import type { EventBody } from './history-event.ts';
import { timeoutFailure } from './failure.ts';
import type { StepKey } from './ids.ts';
import { retryActivity, startChild } from './next-attempt.ts';
import { blame, failInside, failStep, leave, raise } from './raise.ts';
import { startPass } from './start-pass.ts';
import type { Deferred, OpenStep } from './state.ts';
import { emit, nodeOf, openingOf } from './turn.ts';
import type { Turn } from './turn.ts';

/** Records what an open step came to, and acts on it unless the instance is suspended: then it waits in `state.deferred`. [L4] */
export function conclude(turn: Turn, step: OpenStep, event: EventBody): void {
  const next = consequence(step, event);
  // A timer that fired is gone by itself, and most steps have one; a task may still have reminders and an escalation ahead of it.
  if (event.type === 'TimerFired' ? event.purpose === 'deadline' : event.type !== 'StepSkippedByHand') {
    letGo(turn, step, event.type === 'TimerFired' ? event.timer : undefined);
  }
  emit(turn, event);
  if (next && turn.state.status === 'Running') act(turn, next);
}

/** Drops what belongs to a step or frame that is gone: something acted on before may have failed or cancelled it. */
export function act(turn: Turn, work: Deferred): void {
  const { state } = turn;
  if (work.type === 'retry') {
    const step = state.steps.get(work.step);
    if (step?.kind === 'activity') retryActivity(turn, step);
    else if (step?.kind === 'subWorkflow') startChild(turn, openingOf(step), step, step.attempt + 1);
    return;
  }
  if (work.type === 'startPass') {
    const step = state.steps.get(work.step);
    if (step?.kind === 'container') startPass(turn, step, nodeOf(turn, step.node), 0);
    return;
  }
  if (!state.frames.has(work.frame)) return;
  const node = nodeOf(turn, work.node);
  if (work.type === 'leave') leave(turn, work.frame, node, work.step, work.port, work.caughtFrom);
  else if (node.kind === 'scope') timeOutScope(turn, node, work.step);
  else failStep(turn, work.frame, node, work.step, work.failure);
}

/** The one failure a container has before it closes. Raised inside, so that its own catches may take it. [C8] */
function timeOutScope(turn: Turn, node: ScopeNode, key: StepKey): void {
  const step = turn.state.steps.get(key);
  if (step?.kind !== 'container') return;
  const failure = blame(timeoutFailure(node.title), node, key);
  const [pass] = step.passes;
  if (pass !== undefined) raise(turn, pass, failure);
  // It still waits for its entities. [K4]
  else failInside(turn, step, failure);
}
