import type { Command } from './command.ts';
import { tokensOf } from './fallen.ts';
import type { EventBody, TokenLeft } from './history-event.ts';
import type { StepKey } from './ids.ts';
import { stepKeyOf } from './step-place.ts';
import { retryActivity, startChild } from './next-attempt.ts';
import type { Fallen, InstanceState, OpenStep } from './state.ts';
import { startTimer } from './start-timer.ts';
import { possibleTimers } from './step-timers.ts';
import { emit, nodeOf, openingOf } from './turn.ts';
import type { Turn } from './turn.ts';

/*
 * A failed instance goes on from where it failed. `evolve` has opened everything again (fallen.ts); here the runtime is told to take it up,
 * and what cannot go on in the middle is entered again. [O1–O6]
 */

/** Whether there is anything in a failed instance that could go differently now. A join without its tokens would starve again. [O4] */
export function canRewind({ fallen, failure }: InstanceState): boolean {
  if (!fallen) return false;
  if (failure?.code === 'JoinStarved' && failure.step === undefined) return false;
  if (fallen.failed.some((key) => fallen.steps.some(({ step }) => step.key === key))) return true;
  // Until ends told what was on its way, a failure in the middle of a turn may have left tokens that nobody knows of.
  return fallen.recorded && (fallen.tokens.length > 0 || fallen.steps.length > 0 || fallen.frames.length > 1);
}

/** What a rewind takes up besides what is open. */
export type Reopened = Pick<Fallen, 'failed' | 'tokens'>;

/** The instance is open again, and nothing of it has been taken up. [O1] */
export function reopen(turn: Turn, { reason, by }: { reason: string; by: string }): Reopened {
  const { fallen } = turn.state;
  if (!fallen) throw new Error(`The instance “${turn.state.instanceId}” has not failed.`);
  const { failed, tokens } = fallen;
  emit(turn, { type: 'ExecutionRewound', reason, by });
  return { failed, tokens };
}

/** Everything that is open is taken up again. [O2] */
export function takeUp(turn: Turn, { failed, tokens }: Reopened, command: Extract<Command, { reason: string; by: string }>): void {
  const again = enterAgain(turn);
  const { state } = turn;
  const timers = [...state.timers.keys()];
  for (const step of [...state.steps.values()]) resumeStep(turn, step, failed, command);
  for (const timer of timers) {
    const kept = state.timers.get(timer);
    if (kept) turn.effects.push({ type: 'SetTimer', timer, fireAt: kept.fireAt });
  }
  for (const token of [...again, ...tokensOf(state, tokens)]) {
    const { frame, node, via, caughtFrom } = token;
    turn.work.push({ type: 'token', frame, node, via, caughtFrom });
  }
  for (const frame of state.frames.keys()) turn.touched.add(frame);
}

/** A failed step that had never opened is left by a person's output instead of being entered. [O8] */
export function skipClosed(
  turn: Turn,
  tokens: Reopened['tokens'],
  key: StepKey,
  skipped: Omit<EventBody & { type: 'StepSkippedByHand' }, 'type' | 'step' | 'opening'>,
): Reopened['tokens'] {
  return tokens.filter((token) => {
    if (token.step !== key) return true;
    const { frame, node, via, caughtFrom } = token;
    const visit = (turn.state.frames.get(frame)?.visits.get(node) ?? 0) + 1;
    const step = stepKeyOf(frame, node, visit);
    const opening = caughtFrom === undefined ? { step, node, frame, via } : { step, node, frame, via, caughtFrom };
    emit(turn, { type: 'StepSkippedByHand', step, ...skipped, opening });
    return false;
  });
}

/**
 * A critical section has given its entities back, and what an entity made of a call is not known: both begin anew, with steps of their own.
 * What was inside a section is gone. [O5]
 */
function enterAgain(turn: Turn): TokenLeft[] {
  const { state } = turn;
  const tokens: TokenLeft[] = [];
  const close = (keep: (step: OpenStep) => boolean): void => {
    const steps = [...state.steps.values()].filter(keep);
    if (steps.length === 0) return;
    for (const { frame, node, via, caughtFrom } of steps)
      tokens.push(caughtFrom === undefined ? { frame, node, via } : { frame, node, via, caughtFrom });
    emit(turn, { type: 'TokenCancelled', steps: steps.map(({ key }) => key), reason: 'rewind' });
  };
  close((step) => step.kind === 'container' && step.container.type === 'scope' && step.container.lock !== undefined);
  close((step) => step.kind === 'entityCall');
  return tokens;
}

function resumeStep(
  turn: Turn,
  step: OpenStep,
  failed: readonly StepKey[],
  command: Extract<Command, { reason: string; by: string }>,
): void {
  const { reason, by } = command;
  const hasTimer = possibleTimers(step).some((timer) => turn.state.timers.has(timer));
  switch (step.kind) {
    case 'activity':
      if (step.phase === 'scheduled') turn.effects.push({ type: 'RunActivity', step: step.key });
      // The failed one; and one whose retry was due when the instance failed.
      else if (step.phase === 'backoff' && !hasTimer) {
        if (command.type === 'Migrate') turn.work.push({ type: 'again', step: step.key });
        else retryActivity(turn, step);
      }
      return;
    case 'subWorkflow':
      if (step.phase === 'backoff') {
        if (!hasTimer) startChild(turn, openingOf(step), step, step.attempt + 1);
      } else if (failed.includes(step.key)) {
        askChild(turn, step, reason, by);
        limitAnew(turn, step, hasTimer);
        // Its instance was told to stop: another takes its place.
      } else {
        startChild(turn, openingOf(step), step, step.attempt + 1);
      }
      return;
    case 'humanTask':
      turn.effects.push({ type: 'OpenHumanTask', step: step.key, node: step.node, task: step.task });
      return;
    case 'container':
      limitAnew(turn, step, hasTimer);
      if (step.container.type === 'forEach' || (step.container.type === 'loop' && step.passes.size === 0))
        turn.work.push({ type: 'advance', step: step.key });
      return;
    case 'timer':
    case 'event':
    case 'entityCall':
  }
}

/** Its timeout was the failure, or fired while the instance was suspended: nothing tells of it any more, and it begins anew. [O3] */
function limitAnew(turn: Turn, step: OpenStep & { kind: 'subWorkflow' | 'container' }, hasTimer: boolean): void {
  const node = nodeOf(turn, step.node);
  if (hasTimer || (node.kind !== 'scope' && node.kind !== 'subWorkflow') || node.timeoutMs === null) return;
  startTimer(turn, step.key, 'timeout', step.kind === 'subWorkflow' ? step.attempt : 1, turn.command.at + node.timeoutMs);
}

/** Rewound as well when it failed; it tells what became of it when it did not. [O6] */
function askChild(turn: Turn, { key, child }: OpenStep & { kind: 'subWorkflow' }, reason: string, by: string): void {
  const { instanceId, executionId, seq } = turn.state;
  turn.effects.push({
    type: 'SendToInstance',
    instanceId: child,
    messageId: `rewind:${child}:${instanceId}:${seq}`,
    command: { type: 'Rewind', reason, by, asked: { instanceId, executionId, step: key } },
  });
}

/** To a parent that waits for an instance which cannot be rewound: it ended well and says so again, or another has to take its place. [O6] */
export function answerParent({ state, effects }: Turn, command: Command & { type: 'Rewind' }): void {
  const { asked } = command;
  // Whoever still runs tells its parent in the end.
  if (!asked || state.status === 'Running' || state.status === 'Suspended' || state.status === 'Pending') return;
  if (state.status === 'Completed') {
    effects.push({ type: 'NotifyParent', parent: asked, result: { ok: true, output: state.output } });
    return;
  }
  effects.push({
    type: 'SendToInstance',
    instanceId: asked.instanceId,
    messageId: `replace:${state.instanceId}:${state.seq}`,
    command: { type: 'ReplaceChild', step: asked.step, child: state.instanceId },
  });
}
