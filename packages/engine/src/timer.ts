import type { TimerNode } from '@perdure/graph';
import { conclude } from './conclude.ts';
import { evaluateLoaded } from './expression-scope.ts';
import { changeTaskRow, escalateHumanTask } from './human-task.ts';
import type { TimerId } from './ids.ts';
import { failEntering } from './raise.ts';
import { timerIdOf } from './step-timers.ts';
import { timeOutChild } from './sub-workflow.ts';
import { emit, opening } from './turn.ts';
import type { Steps } from './steps.ts';
import type { Token, Turn } from './turn.ts';
import { durationOf, momentOf } from './when.ts';

/** [E3] */
export function* enterTimer(turn: Turn, token: Token, node: TimerNode): Steps<void> {
  const { at } = turn.command;
  const value = yield* evaluateLoaded(turn, node.value, node.mode, token);
  if (!value.ok) return failEntering(turn, token, node, value.failure);
  const moment = node.mode === 'for' ? durationOf(value.value, at) : momentOf(value.value);
  if (moment === undefined) {
    const wanted =
      node.mode === 'for'
        ? 'a duration such as 90s or 2h 30m, or milliseconds'
        : 'a moment with its time zone such as 2026-05-01T09:00:00Z';
    return failEntering(turn, token, node, { code: 'InvalidValue', message: `${node.mode}: must be ${wanted}.` });
  }
  const place = opening(turn, token);
  const timer = timerIdOf(place.step, 'timer', 1);
  // Through a timer row all the same, so that a cycle over it is not one endless turn. [P5]
  const fireAt = turn.state.test?.fastForward ? at : Math.max(moment, at);
  emit(turn, { type: 'TimerCreated', timer, step: place.step, purpose: 'timer', fireAt, opening: place });
  turn.effects.push({ type: 'SetTimer', timer, fireAt });
}

/** Any timer, whatever it was for. [E2] */
export function fireTimer(turn: Turn, id: TimerId): void {
  const timer = turn.state.timers.get(id);
  const step = timer && turn.state.steps.get(timer.step);
  if (!timer || !step) throw new Error(`Timer ${id} does not run.`);
  if (timer.purpose === 'deadline') {
    const { at } = turn.command;
    turn.effects.push({
      type: 'CloseHumanTask',
      step: step.key,
      status: 'expired',
      outcome: null,
      by: null,
      data: null,
      comment: null,
      at,
    });
  }
  conclude(turn, step, { type: 'TimerFired', timer: id, step: step.key, purpose: timer.purpose });
  if (timer.purpose === 'escalation' && step.kind === 'humanTask') escalateHumanTask(turn, step);
  if (timer.purpose === 'reminder' && step.kind === 'humanTask') changeTaskRow(turn, step);
  if (timer.purpose === 'timeout' && step.kind === 'subWorkflow') timeOutChild(turn, step);
}
