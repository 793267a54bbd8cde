import type { InstanceState } from './state.ts';

/** Rebuilds what follows from the steps and frames, in the order they were opened. */
export function indexState(state: InstanceState): void {
  state.eventWaits = new Map();
  state.runningActivities = 0;
  for (const frame of state.frames.values()) frame.open.clear();
  for (const step of state.steps.values()) {
    if (step.kind === 'container') step.passes.clear();
    state.frames.get(step.frame)?.open.add(step.key);
    if (step.kind === 'activity' && step.phase === 'scheduled') state.runningActivities++;
    if (step.kind !== 'event') continue;
    const name = step.name.toLowerCase();
    const waits = state.eventWaits.get(name);
    if (waits) waits.add(step.key);
    else state.eventWaits.set(name, new Set([step.key]));
  }
  for (const frame of state.frames.values()) {
    const container = frame.step === null ? undefined : state.steps.get(frame.step);
    if (container?.kind === 'container') container.passes.add(frame.id);
  }
}
