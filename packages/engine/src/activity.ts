import type { ActivityNode } from '@perdure/graph';
import type { Command } from './command.ts';
import { conclude } from './conclude.ts';
import { evaluateFields } from './expression-scope.ts';
import { blame, failEntering } from './raise.ts';
import { retryMoment } from './next-attempt.ts';
import { quarantineWords } from './quarantine-words.ts';
import { startTimer } from './start-timer.ts';
import type { StepKey } from './ids.ts';
import type { OpenStep } from './state.ts';
import { emit, nodeOf, opening, openingOf } from './turn.ts';
import type { Steps } from './steps.ts';
import type { Token, Turn } from './turn.ts';

type ActivityStep = OpenStep & { kind: 'activity' };

/** [A1, A2] */
export function* enterActivity(turn: Turn, token: Token, node: ActivityNode): Steps<void> {
  const input = yield* evaluateFields(turn, node.input, token);
  if (!input.ok) return failEntering(turn, token, node, input.failure);
  const place = opening(turn, token);
  emit(turn, { type: 'TaskScheduled', ...place, activity: node.activity, attempt: 1, input: input.value, queue: node.queue });
  turn.effects.push({ type: 'RunActivity', step: place.step });
}

/** The next attempt of a failed step in another version: the same key, and an input as the version's node has it. [O10] */
export function* scheduleAnew(turn: Turn, key: StepKey): Steps<void> {
  const step = turn.state.steps.get(key);
  // What was taken up before it may have cancelled it.
  if (step?.kind !== 'activity' || step.phase !== 'backoff') return;
  const node = nodeOf(turn, step.node);
  if (node.kind !== 'activity') throw new Error(`Node ${node.id} is not an activity: the migration was not checked.`);
  const input = yield* evaluateFields(turn, node.input, { frame: step.frame, caughtFrom: step.caughtFrom });
  if (!input.ok) {
    const failure = blame(input.failure, node, step.key);
    conclude(turn, step, { type: 'TaskFailed', step: step.key, attempt: step.attempt, failure, retry: false });
    return;
  }
  const { activity, queue } = node;
  emit(turn, { type: 'TaskScheduled', ...openingOf(step), activity, attempt: step.attempt + 1, input: input.value, queue });
  turn.effects.push({ type: 'RunActivity', step: step.key });
}

/** [A3] */
export function completeTask(turn: Turn, step: ActivityStep, command: Command & { type: 'CompleteTask' }): void {
  conclude(turn, step, { type: 'TaskCompleted', step: step.key, attempt: step.attempt, output: command.output });
}

/** [A4, R1] */
export function failTask(turn: Turn, step: ActivityStep, command: Command & { type: 'FailTask' }): void {
  const node = nodeOf(turn, step.node);
  const failure = blame(command.failure, node, step.key);
  const policy = node.kind === 'activity' && command.retryable !== false ? node.retry : null;
  const retryAt = retryMoment(turn, step, policy, failure);
  conclude(turn, step, { type: 'TaskFailed', step: step.key, attempt: step.attempt, failure, retry: retryAt !== null });
  if (retryAt !== null) startTimer(turn, step.key, 'retry', step.attempt, retryAt);
}

/** [Q1] */
export function quarantineTask(turn: Turn, step: ActivityStep, claims: number): void {
  emit(turn, { type: 'TaskQuarantined', step: step.key, attempt: step.attempt, claims });
  turn.effects.push({ type: 'AbortActivity', step: step.key });
}

/** [Q4] */
export function releaseTask(turn: Turn, step: ActivityStep, { reason, by }: { reason: string; by: string }): void {
  emit(turn, { type: 'TaskReleased', step: step.key, attempt: step.attempt, reason, by });
  turn.effects.push({ type: 'RunActivity', step: step.key });
}

/** [Q5] */
export function giveUpTask(turn: Turn, step: ActivityStep, command: Command & { type: 'GiveUpTask' }): void {
  const claims = turn.state.quarantined.get(step.key) ?? 0;
  const message = command.reason || quarantineWords(claims);
  const failure = blame({ code: 'Quarantined', message }, nodeOf(turn, step.node), step.key);
  conclude(turn, step, { type: 'TaskFailed', step: step.key, attempt: step.attempt, failure, retry: false, by: command.by });
}
