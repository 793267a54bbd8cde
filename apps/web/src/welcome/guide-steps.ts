import type { Guide, GuideStep } from '@perdure/server/contract';

/** With these the guide is over. */
export const FIRST_STEPS: readonly GuideStep[] = ['ran', 'watched', 'approved', 'resumed'];
/** For whoever wants to see more. */
export const BREAK_STEPS: readonly GuideStep[] = ['failed', 'found', 'mended'];

export function countDone(done: Guide['done'], steps: readonly GuideStep[]): number {
  return steps.filter((step) => done[step] !== undefined).length;
}

/** What comes next: the first that has not happened. Some may have happened before it, for they are seen and not clicked. Null: all have. */
export function nextStep(done: Guide['done']): GuideStep | null {
  return [...FIRST_STEPS, ...BREAK_STEPS].find((step) => done[step] === undefined) ?? null;
}
