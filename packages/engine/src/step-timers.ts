import type { StepKey, TimerId } from './ids.ts';
import { timerId } from './ids.ts';
import type { TimerPurpose } from './history-event.ts';
import type { OpenStep } from './state.ts';

/** `number` tells the timers of one step and purpose apart: the attempt for `retry` and a sub-workflow's `timeout`, which one of a task's reminders, else 1. */
export function timerIdOf(step: StepKey, purpose: TimerPurpose, number: number): TimerId {
  return timerId(`${step}!${purpose}${number}`);
}

/** Every timer that could be running for an open step; found by name, so that closing a step searches nothing. */
export function possibleTimers(step: OpenStep): TimerId[] {
  switch (step.kind) {
    case 'activity':
      return step.phase === 'backoff' ? [timerIdOf(step.key, 'retry', step.attempt)] : [];
    case 'timer':
      return [timerIdOf(step.key, 'timer', 1)];
    case 'event':
      return [timerIdOf(step.key, 'timeout', 1)];
    case 'humanTask':
      return [
        timerIdOf(step.key, 'deadline', 1),
        timerIdOf(step.key, 'escalation', 1),
        ...(step.task.schedule?.reminders ?? []).map((_, n) => timerIdOf(step.key, 'reminder', n + 1)),
      ];
    case 'subWorkflow':
      return [timerIdOf(step.key, 'timeout', step.attempt), timerIdOf(step.key, 'retry', step.attempt)];
    case 'entityCall':
      return [];
    case 'container':
      return step.container.type === 'scope' ? [timerIdOf(step.key, 'timeout', 1)] : [];
  }
}
