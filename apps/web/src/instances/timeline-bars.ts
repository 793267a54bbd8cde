import type { Attempt, StepRecord } from './fold-steps.ts';
import type { TimeScale } from './time-scale.ts';

/** One thing drawn in a row of the timeline. Neighbours of one look that would touch are drawn as one. */
export interface Bar {
  look: BarLook;
  x: number;
  width: number;
  /** The first of the steps it stands for, and how many there are. */
  step: StepRecord;
  steps: number;
}

/** ok, fail, run, off: work. wait, soon: a line. mark: the end of a wait. */
export type BarLook = 'ok' | 'fail' | 'run' | 'off' | 'wait' | 'soon' | 'mark';

const ATTEMPT_LOOKS: Record<Attempt['outcome'], BarLook> = {
  completed: 'ok',
  failed: 'fail',
  running: 'run',
  canceled: 'off',
  held: 'off',
};
/** As narrow as a bar may be and still be seen. */
const NARROWEST = 3;

/** The bars of one node's visits between two places. `now`: where what is open ends. */
export function timelineBars(visits: readonly StepRecord[], scale: TimeScale, width: number, now: number): Bar[] {
  const bars: Bar[] = [];
  const last = new Map<BarLook, Bar>();
  const draw = (step: StepRecord, look: BarLook, from: number, to: number): void => {
    const narrowest = look === 'wait' || look === 'soon' ? 1 : NARROWEST;
    const begin = scale.x(from);
    if (begin > width + 0.5) return;
    // What happened at the very end is drawn before it.
    const x = Math.min(begin, width - narrowest);
    const end = Math.max(x + narrowest, scale.x(to));
    if (end < 0) return;
    const before = last.get(look);
    if (before && x <= before.x + before.width + 0.5 && x >= before.x) {
      before.width = Math.max(before.width, end - before.x);
      if (before.step !== step) before.steps += 1;
      return;
    }
    const bar = { look, x, width: end - x, step, steps: 1 };
    last.set(look, bar);
    bars.push(bar);
  };
  for (const step of visits) {
    const end = step.closedAt ?? now;
    for (const wait of step.waits) draw(step, wait.to === null && wait.until !== null ? 'soon' : 'wait', wait.from, wait.to ?? now);
    if (step.child === null && step.attempts.length > 0) {
      for (const attempt of step.attempts) draw(step, ATTEMPT_LOOKS[attempt.outcome], attempt.startedAt, attempt.endedAt ?? now);
    } else if (step.waits.length > 0) {
      if (step.closedAt !== null && step.waits[0]?.kind !== 'join') draw(step, 'mark', step.closedAt, step.closedAt);
    } else {
      const look = step.status === 'failed' ? 'fail' : step.status === 'canceled' ? 'off' : step.closedAt === null ? 'run' : 'ok';
      draw(step, look, step.openedAt, end);
    }
  }
  return bars;
}
