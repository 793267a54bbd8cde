import type { StepRecord } from './fold-steps.ts';

/** The step as it was after event `seq`; null when it had not been opened. The record itself when nothing about it has changed since. */
export function stepAt(step: StepRecord, seq: number): StepRecord | null {
  if (step.openedSeq > seq) return null;
  if (lastSeqOf(step) <= seq) return step;
  const isClosed = step.closedSeq !== null && step.closedSeq <= seq;
  const waits = step.waits
    .filter(({ fromSeq }) => fromSeq <= seq)
    .map((wait) => (isLater(wait.toSeq, seq) ? { ...wait, to: null, toSeq: null } : wait));
  const attempts = step.attempts
    .filter(({ startedSeq }) => startedSeq <= seq)
    .map((attempt) =>
      isLater(attempt.endedSeq, seq) ? { ...attempt, endedAt: null, endedSeq: null, outcome: 'running' as const, failure: null } : attempt,
    );
  const passes = step.passes
    .filter(({ startedSeq }) => startedSeq <= seq)
    .map((pass) => (isLater(pass.endedSeq, seq) ? { ...pass, endedAt: null, endedSeq: null, failure: null } : pass));
  if (isClosed) return { ...step, waits, attempts, passes };
  const last = attempts.at(-1);
  const isBetween = waits.some(({ to }) => to === null) || (last !== undefined && last.endedAt !== null);
  const isHeld = waits.some(({ kind, to }) => kind === 'quarantine' && to === null);
  return {
    ...step,
    closedAt: null,
    closedSeq: null,
    status: isBetween ? 'waiting' : 'running',
    output: undefined,
    port: null,
    failure: attempts.findLast((attempt) => attempt.failure !== null)?.failure ?? null,
    heldAfter: isHeld ? (step.heldAfter ?? 0) : null,
    skippedBy: null,
    waits,
    attempts,
    passes,
  };
}

/** Visits of a node up to event `seq`, in order. */
export function visitsAt(visits: readonly StepRecord[], seq: number): readonly StepRecord[] {
  // They are in order of opening: most often all of them are there already.
  const last = visits.at(-1);
  if (last === undefined || last.openedSeq <= seq) return visits;
  let low = 0;
  let high = visits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((visits[middle]?.openedSeq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return visits.slice(0, low);
}

function lastSeqOf(step: StepRecord): number {
  if (step.closedSeq === null) {
    // What is open may still have parts that ended later.
    return Math.max(
      step.openedSeq,
      step.attempts.at(-1)?.endedSeq ?? step.attempts.at(-1)?.startedSeq ?? 0,
      step.waits.at(-1)?.toSeq ?? step.waits.at(-1)?.fromSeq ?? 0,
      ...(step.passes.length === 0 ? [] : [Number.MAX_SAFE_INTEGER]),
    );
  }
  return step.closedSeq;
}

const isLater = (moment: number | null, seq: number): boolean => moment !== null && moment > seq;
