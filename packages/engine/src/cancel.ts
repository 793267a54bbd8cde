import { unlockAll } from './entity/entity-messages.ts';
import type { EventBody } from './history-event.ts';
import type { FrameId, StepKey, TimerId } from './ids.ts';
import type { OpenStep } from './state.ts';
import { possibleTimers } from './step-timers.ts';
import { emit } from './turn.ts';
import type { Turn } from './turn.ts';

type Reason = Exclude<(EventBody & { type: 'TokenCancelled' })['reason'], 'rewind'>;

/** What becomes of the sub-workflows of cancelled steps. `leave` lets them run on. */
export type ChildFate = { type: 'cancel'; reason: string } | { type: 'terminate'; reason: string; by: string } | { type: 'leave' };

/** Removes open steps with everything inside them, and tells the runtime what to stop. [C9] */
export function cancelSteps(turn: Turn, keys: Iterable<StepKey>, reason: Reason, fate: ChildFate = CANCELLED[reason]): void {
  const steps = [...keys];
  if (steps.length === 0) return;
  for (const key of steps) stopStep(turn, key, fate);
  emit(turn, { type: 'TokenCancelled', steps, reason });
}

/** Everything open in a frame. */
export function cancelFrame(turn: Turn, frame: FrameId, reason: Reason, fate?: ChildFate): void {
  cancelSteps(turn, turn.state.frames.get(frame)?.open ?? [], reason, fate);
}

/** What a step that is about to close still holds: its timers but the one that `fired`, and the entities of a critical section, also while it waits for them. [K5] */
export function letGo(turn: Turn, step: OpenStep, fired?: TimerId): void {
  for (const timer of possibleTimers(step)) {
    if (timer !== fired && turn.state.timers.has(timer)) turn.effects.push({ type: 'ClearTimer', timer });
  }
  if (step.kind === 'container' && step.container.type === 'scope' && step.container.lock) {
    turn.effects.push(...unlockAll(step.container.lock));
  }
}

/** Tells the runtime what to stop of a step that is about to close. */
export function stopStep(turn: Turn, key: StepKey, fate: ChildFate): void {
  const step = turn.state.steps.get(key);
  if (!step) return;
  letGo(turn, step);
  switch (step.kind) {
    case 'activity':
      if (step.phase === 'scheduled') turn.effects.push({ type: 'AbortActivity', step: key });
      break;
    case 'humanTask':
      turn.effects.push({
        type: 'CloseHumanTask',
        step: key,
        status: 'cancelled',
        outcome: null,
        by: null,
        data: null,
        comment: null,
        at: turn.command.at,
      });
      break;
    case 'subWorkflow':
      if (step.phase !== 'scheduled') break;
      if (fate.type === 'cancel') turn.effects.push({ type: 'CancelChild', child: step.child, reason: fate.reason });
      else if (fate.type === 'terminate')
        turn.effects.push({ type: 'TerminateChild', child: step.child, reason: fate.reason, by: fate.by });
      break;
    case 'container':
      for (const pass of step.passes) for (const inner of turn.state.frames.get(pass)?.open ?? []) stopStep(turn, inner, fate);
      break;
    case 'timer':
    case 'event':
    case 'entityCall':
      break;
  }
}

const CANCELLED: Record<Reason, ChildFate> = {
  join: { type: 'cancel', reason: 'A join in the parent workflow went on without it.' },
  scope: { type: 'cancel', reason: 'The scope it ran in caught a failure.' },
  failure: { type: 'cancel', reason: 'The parent workflow failed.' },
  completion: { type: 'cancel', reason: 'The parent workflow ended.' },
};
