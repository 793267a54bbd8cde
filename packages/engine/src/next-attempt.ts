import type { Json, PlanRetry } from '@perdure/graph';
import { childInstanceId } from './child-instance-id.ts';
import type { Failure } from './failure.ts';
import type { StepOpening } from './history-event.ts';
import { nextAttemptAt } from './retry.ts';
import { startTimer } from './start-timer.ts';
import type { OpenStep } from './state.ts';
import { emit, nodeOf, openingOf } from './turn.ts';
import type { Turn } from './turn.ts';

/** When the attempt after a failed one starts, or null: the failure stands. After a rewind attempts are counted anew. [R1, O3] */
export function retryMoment(
  turn: Turn,
  step: OpenStep & { kind: 'activity' | 'subWorkflow' },
  retry: PlanRetry | null,
  failure: Failure,
): number | null {
  if (retry === null) return null;
  const { attempt, at } = step.since ?? { attempt: 0, at: step.openedAt };
  return nextAttemptAt(retry, { attempt: step.attempt - attempt, code: failure.code, openedAt: at, at: turn.command.at });
}

/** The same step, the same activity key, one attempt more. [R5] */
export function retryActivity(turn: Turn, step: OpenStep & { kind: 'activity' }): void {
  emit(turn, { type: 'TaskScheduled', ...openingOf(step), activity: step.activity, attempt: step.attempt + 1, queue: step.queue });
  turn.effects.push({ type: 'RunActivity', step: step.key });
}

/** Starts the sub-workflow of one attempt; each has an instance of its own. [S1, S2, S3] */
export function startChild(
  turn: Turn,
  place: StepOpening,
  start: { workflow: string; version: number | null; input: Json },
  attempt: number,
): void {
  const { instanceId, executionId, tags } = turn.state;
  const { workflow, version, input } = start;
  const node = nodeOf(turn, place.node);
  // A plan does not change under its instance: the step was opened by a sub-workflow node.
  if (node.kind !== 'subWorkflow') throw new Error(`Node ${place.node} is not a sub-workflow.`);
  const child = childInstanceId(instanceId, executionId, place.step, attempt);
  const { wait } = node;
  emit(turn, { type: 'SubOrchestrationInstanceCreated', ...place, instanceId: child, workflow, version, input, attempt, wait });
  const parent = wait ? { instanceId, executionId, step: place.step } : null;
  // What a test run starts is one, too. Pins are of the draft that is tried. [P6]
  const test = turn.state.test && { test: { pins: {}, fastForward: turn.state.test.fastForward } };
  const { requester, coRequesters } = turn.state;
  const requesters = { ...(requester !== undefined && { requester }), ...(coRequesters !== undefined && { coRequesters }) };
  turn.effects.push({ type: 'StartChild', child, workflow, version, input, parent, tags, ...test, ...requesters });
  if (wait && node.timeoutMs !== null) startTimer(turn, place.step, 'timeout', attempt, turn.command.at + node.timeoutMs);
}
