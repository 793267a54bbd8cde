import type { EventNode } from '@perdure/graph';
import type { Command } from './command.ts';
import { conclude } from './conclude.ts';
import { evaluateLoaded } from './expression-scope.ts';
import type { StepKey } from './ids.ts';
import { failEntering } from './raise.ts';
import { startTimer } from './start-timer.ts';
import { emit, opening } from './turn.ts';
import type { Steps } from './steps.ts';
import type { Token, Turn } from './turn.ts';
import { durationOf } from './when.ts';

/** [E4, E5] */
export function* enterEvent(turn: Turn, token: Token, node: EventNode): Steps<void> {
  const name = yield* evaluateLoaded(turn, node.name, 'name', token);
  if (!name.ok) return failEntering(turn, token, node, name.failure);
  if ((typeof name.value !== 'string' && typeof name.value !== 'number') || name.value === '') {
    return failEntering(turn, token, node, { code: 'InvalidValue', message: 'name: must be the name of the event to wait for, as text.' });
  }
  let timeoutAt: number | null = null;
  if (node.timeout) {
    const timeout = yield* evaluateLoaded(turn, node.timeout, 'timeout', token);
    if (!timeout.ok) return failEntering(turn, token, node, timeout.failure);
    const moment = timeout.value === null ? null : durationOf(timeout.value, turn.command.at);
    if (moment === undefined) {
      return failEntering(turn, token, node, {
        code: 'InvalidValue',
        message: 'timeout: must be a duration such as 90s or 2h 30m, or milliseconds.',
      });
    }
    timeoutAt = moment === null ? null : Math.max(moment, turn.command.at);
  }
  const place = opening(turn, token);
  emit(turn, { type: 'EventAwaited', ...place, name: String(name.value) });
  const [early] = turn.state.buffered.get(String(name.value).toLowerCase()) ?? [];
  if (early) give(turn, place.step, early.raised);
  else if (timeoutAt !== null) startTimer(turn, place.step, 'timeout', 1, timeoutAt);
}

/** Kept, then given to the step that has waited longest for its name. [E6] */
export function raiseEvent(turn: Turn, command: Command & { type: 'RaiseEvent' }): void {
  const { id, name, data, by } = command;
  emit(turn, { type: 'EventRaised', id, name, data, by });
  const [waiter] = turn.state.eventWaits.get(name.toLowerCase()) ?? [];
  if (waiter !== undefined) give(turn, waiter, turn.state.seq);
}

function give(turn: Turn, waiter: StepKey, raised: number): void {
  const step = turn.state.steps.get(waiter);
  if (!step) throw new Error(`Step ${waiter} waits for an event and is not open.`);
  conclude(turn, step, { type: 'EventReceived', step: step.key, raised });
}
