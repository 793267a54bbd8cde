import type { TimerPurpose } from './history-event.ts';
import type { StepKey } from './ids.ts';
import { timerIdOf } from './step-timers.ts';
import { emit } from './turn.ts';
import type { Turn } from './turn.ts';

/** A timer that belongs to an open step. `number` as in `timerIdOf`. A test run may skip waits before a retry. [E1, P5] */
export function startTimer(turn: Turn, step: StepKey, purpose: Exclude<TimerPurpose, 'timer'>, number: number, moment: number): void {
  const timer = timerIdOf(step, purpose, number);
  const fireAt = purpose === 'retry' && turn.state.test?.fastForward ? turn.command.at : moment;
  emit(turn, { type: 'TimerCreated', timer, step, purpose, fireAt });
  turn.effects.push({ type: 'SetTimer', timer, fireAt });
}
