import type { TimerPurpose } from './history-event.ts';
import type { StepKey } from './ids.ts';
import { timerIdOf } from './step-timers.ts';
import { emit } from './turn.ts';
import type { Turn } from './turn.ts';

/** A timer that belongs to an open step. `number` as in `timerIdOf`. [E1] */
export function startTimer(turn: Turn, step: StepKey, purpose: Exclude<TimerPurpose, 'timer'>, number: number, fireAt: number): void {
  const timer = timerIdOf(step, purpose, number);
  emit(turn, { type: 'TimerCreated', timer, step, purpose, fireAt });
  turn.effects.push({ type: 'SetTimer', timer, fireAt });
}
