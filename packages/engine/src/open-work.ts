import type { Effect } from './effect.ts';
import type { InstanceState } from './state.ts';

/** For a worker that takes an instance over: the activities that were scheduled and have no outcome. All other effects are rows already. */
export function openWork(state: InstanceState): Effect[] {
  const effects: Effect[] = [];
  if (state.runningActivities === 0) return effects;
  for (const step of state.steps.values()) {
    if (step.kind === 'activity' && step.phase === 'scheduled') effects.push({ type: 'RunActivity', step: step.key });
  }
  return effects;
}
