import type { Plan } from '@perdure/graph';
import { completeTask, failTask, giveUpTask, quarantineTask, releaseTask } from './activity.ts';
import { begin } from './begin.ts';
import { cancelFrame } from './cancel.ts';
import type { ChildFate } from './cancel.ts';
import type { Command, Outcome, RefusalCode } from './command.ts';
import { act, conclude } from './conclude.ts';
import { grantLock, refuseGrant } from './critical-section.ts';
import type { Effect } from './effect.ts';
import type { Evaluator } from './evaluator.ts';
import { raiseEvent } from './external-event.ts';
import { finishInstance } from './finish-instance.ts';
import { editVariables, goOn, migrate, replaceChild, retryStep, rewindInstance, skipStep } from './operate.ts';
import type { HistoryEvent } from './history-event.ts';
import { assignHumanTask, claimHumanTask, decideHumanTask, releaseHumanTask } from './human-task.ts';
import type { StepKey } from './ids.ts';
import { inputOf } from './input-of.ts';
import { blame } from './raise.ts';
import { answerParent } from './rewind.ts';
import { run } from './run.ts';
import type { InstanceState } from './state.ts';
import { isFinal } from './status.ts';
import { ROOT_FRAME, placeOf } from './step-place.ts';
import { completeChild, failChild } from './sub-workflow.ts';
import { fireTimer } from './timer.ts';
import { runSteps } from './steps.ts';
import { EVENTS_PER_ITEM, EVENTS_PER_TURN, allowEvents, emit, nodeOf } from './turn.ts';
import type { Steps } from './steps.ts';
import type { Turn } from './turn.ts';

/** What one command led to. `events` have been folded into the state already; a refusal has none. Only a refused grant and a refused rewind have effects. [K6, O6] */
export interface TurnResult {
  events: HistoryEvent[];
  effects: Effect[];
  outcome: Outcome;
}

/**
 * Applies one command to an instance. The state is advanced in place through `result.events`; while a promise is pending nothing else may
 * touch it, and when it rejects (the evaluator broke, which is not an expression's failure) the state is half-way and must be thrown away.
 * Synchronous whenever the evaluator answers synchronously. The same plan, state, command and answers give the same events. [L1]
 *
 * The cost follows what the command changes: no step, frame or history is searched. `target`: with Migrate, the plan it moves to.
 */
export function decide(
  plan: Plan,
  state: InstanceState,
  command: Command,
  evaluator: Evaluator,
  target?: Plan,
): TurnResult | Promise<TurnResult> {
  const turn: Turn = {
    plan,
    state,
    command,
    evaluator,
    events: [],
    effects: [],
    work: [],
    next: 0,
    touched: new Set(),
    evaluations: 0,
    eventLimit: EVENTS_PER_TURN,
    loopPasses: 0,
    resuming: [],
  };
  return runSteps(decideSteps(turn, target));
}

function* decideSteps(turn: Turn, target: Plan | undefined): Steps<TurnResult> {
  const { command } = turn;
  const refusal = lifeRefusal(turn.state, command);
  const outcome = refusal
    ? command.type === 'GrantLock'
      ? refuseGrant(turn, command, refusal)
      : refusal
    : command.type === 'StartExecution'
      ? yield* startExecution(turn, command)
      : obey(turn, command, target);
  if (!outcome.ok && command.type === 'Rewind') answerParent(turn, command);
  if (outcome.ok && turn.state.status === 'Running' && turn.events.length > 0) yield* run(turn);
  return { events: turn.events, effects: turn.effects, outcome };
}

/** [L2, L6, O1] */
function lifeRefusal(state: InstanceState, command: Command): Outcome | null {
  if (command.type === 'StartExecution') {
    return state.seq === 0 ? null : refuse('instance.exists', `An instance with the id “${state.instanceId}” exists already.`);
  }
  if (state.seq === 0) return refuse('stale', `The instance “${state.instanceId}” has not started.`);
  if (state.status === 'Failed' && REOPENS.has(command.type)) return null;
  if (isFinal(state.status) && command.type === 'Rewind')
    return refuse('instance.not-failed', `The instance “${state.instanceId}” has not failed: it is ${state.status}.`);
  if (isFinal(state.status)) return refuse('instance.finished', `The instance “${state.instanceId}” has ended: ${state.status}.`);
  return null;
}

type StartExecution = Command & { type: 'StartExecution' };

/** [L2, D12] */
function* startExecution(turn: Turn, command: StartExecution): Steps<Outcome> {
  const { executionId, workflow, version, tags, startedBy, parent, traceParent, test, coRequesters } = command;
  const input = yield* inputOf(turn, command);
  // What a parent started does not run on the parent's own behalf. [H10]
  const requester = command.requester ?? (startedBy === 'workflow' ? undefined : startedBy);
  const started = { type: 'ExecutionStarted', executionId, workflow, version, input, tags, startedBy, parent } as const;
  emit(turn, {
    ...started,
    ...(traceParent !== undefined && { traceParent }),
    ...(test !== undefined && { test }),
    ...(requester !== undefined && { requester }),
    ...(coRequesters !== undefined && { coRequesters }),
  });
  begin(turn);
  return DONE;
}

/** Records what the command says and lets tokens leave; `run` moves them afterwards. */
function obey(turn: Turn, command: Exclude<Command, StartExecution>, target: Plan | undefined): Outcome {
  const { state } = turn;
  switch (command.type) {
    case 'CompleteTask':
    case 'FailTask': {
      const step = state.steps.get(command.step);
      // One held in quarantine may have gone on where nobody could see it: its outcome counts all the same. [Q3]
      if (step?.kind !== 'activity' || step.phase === 'backoff' || step.attempt !== command.attempt) return stale(command.step);
      if (command.type === 'CompleteTask') completeTask(turn, step, command);
      else failTask(turn, step, command);
      return DONE;
    }
    case 'QuarantineTask': {
      const step = state.steps.get(command.step);
      if (step?.kind !== 'activity' || step.phase !== 'scheduled' || step.attempt !== command.attempt) return stale(command.step);
      quarantineTask(turn, step, command.claims);
      return DONE;
    }
    case 'ReleaseTask':
    case 'GiveUpTask': {
      const step = state.steps.get(command.step);
      if (step?.kind !== 'activity' || step.phase !== 'quarantined')
        return refuse('step.not-quarantined', `The step ${command.step} is not in quarantine.`);
      if (command.type === 'ReleaseTask') releaseTask(turn, step, command);
      else giveUpTask(turn, step, command);
      return DONE;
    }
    case 'CompleteChild':
    case 'FailChild':
    case 'ReplaceChild': {
      const step = state.steps.get(command.step);
      if (step?.kind !== 'subWorkflow' || step.phase !== 'scheduled' || step.child !== command.child) return stale(command.step);
      if (command.type === 'ReplaceChild') replaceChild(turn, step);
      else if (command.type === 'CompleteChild') completeChild(turn, step, command.output);
      else failChild(turn, step, command.failure);
      return DONE;
    }
    case 'CompleteEntityCall':
    case 'FailEntityCall': {
      const step = state.steps.get(command.step);
      if (step?.kind !== 'entityCall' || step.request !== command.request) return stale(command.step);
      if (command.type === 'CompleteEntityCall')
        conclude(turn, step, { type: 'EntityOperationCompleted', step: step.key, output: command.output });
      else
        conclude(turn, step, {
          type: 'EntityOperationFailed',
          step: step.key,
          failure: blame(command.failure, nodeOf(turn, step.node), step.key),
        });
      return DONE;
    }
    case 'GrantLock':
      return grantLock(turn, command);
    case 'FireTimer':
      if (!state.timers.has(command.timer)) return refuse('stale', `The timer ${command.timer} does not run.`);
      fireTimer(turn, command.timer);
      return DONE;
    case 'RaiseEvent':
      raiseEvent(turn, command);
      return DONE;
    case 'ClaimHumanTask':
    case 'ReleaseHumanTask':
    case 'AssignHumanTask':
    case 'DecideHumanTask': {
      const step = state.steps.get(command.step);
      if (step?.kind !== 'humanTask') return taskRefusal(state, command.step);
      if (command.type === 'ClaimHumanTask') return claimHumanTask(turn, step, command);
      if (command.type === 'AssignHumanTask') return assignHumanTask(turn, step, command);
      if (command.type === 'ReleaseHumanTask') return releaseHumanTask(turn, step, command.by);
      return decideHumanTask(turn, step, command);
    }
    case 'Rewind':
      return rewindInstance(turn, command);
    case 'RetryStep':
      return retryStep(turn, command);
    case 'SkipStep':
      return skipStep(turn, command);
    case 'EditVariables':
      return editVariables(turn, command);
    case 'Migrate':
      return migrate(turn, command, target);
    case 'Suspend':
      if (state.status === 'Suspended')
        return refuse('instance.already-suspended', `The instance “${state.instanceId}” is suspended already.`);
      emit(turn, { type: 'ExecutionSuspended', reason: command.reason, by: command.by });
      return DONE;
    case 'Resume':
      return resume(turn, command);
    case 'Terminate':
      terminate(turn, command);
      return DONE;
    case 'Cancel':
      cancel(turn, command);
      return DONE;
  }
}

/** What became known meanwhile is acted on in the order it came. [L4] */
function resume(turn: Turn, command: Command & { type: 'Resume' }): Outcome {
  const { state } = turn;
  if (state.status !== 'Suspended') return refuse('instance.not-suspended', `The instance “${state.instanceId}” is not suspended.`);
  const { deferred } = state;
  emit(turn, { type: 'ExecutionResumed', reason: command.reason, by: command.by });
  allowEvents(turn, EVENTS_PER_ITEM * deferred.length);
  for (const [index, work] of deferred.entries()) {
    if (isFinal(state.status)) break;
    turn.resuming = deferred.slice(index);
    act(turn, work);
  }
  turn.resuming = [];
  // A migration while it was suspended may have let more happen than what was deferred.
  if (!isFinal(state.status)) goOn(turn);
  return DONE;
}

/** [L7] */
function terminate(turn: Turn, command: Command & { type: 'Terminate' }): void {
  const { reason, by } = command;
  const fate: ChildFate = command.recursive ? { type: 'terminate', reason, by } : { type: 'leave' };
  cancelFrame(turn, ROOT_FRAME, 'completion', fate);
  const failure = { code: 'Terminated', message: reason || 'It was terminated.' };
  finishInstance(turn, { type: 'ExecutionTerminated', reason, by, output: reason || null }, { ok: false, failure });
}

/** [S7] */
function cancel(turn: Turn, command: Command & { type: 'Cancel' }): void {
  cancelFrame(turn, ROOT_FRAME, 'completion');
  const failure = { code: 'Canceled', message: command.reason };
  finishInstance(turn, { type: 'ExecutionCompleted', status: 'Canceled', output: null, failure }, { ok: false, failure });
}

/** [H6] */
function taskRefusal(state: InstanceState, step: StepKey): Outcome {
  const { frame, node, visit } = placeOf(step);
  const place = state.frames.get(frame);
  const decided = place?.visits.get(node) === visit && isDecision(place.outputs.get(node));
  return decided
    ? refuse('task.already-decided', 'This task has been decided already.')
    : refuse('task.gone', 'This task is no longer open.');
}

/** The last visit of a human task left its decision as the node's output. */
function isDecision(output: unknown): boolean {
  return typeof output === 'object' && output !== null && 'outcome' in output;
}

function stale(step: StepKey): Outcome {
  return refuse('stale', `The step ${step} is not waiting for this.`);
}

function refuse(code: RefusalCode, message: string): Outcome {
  return { ok: false, code, message };
}

/** What a failed instance is open to. */
const REOPENS: ReadonlySet<Command['type']> = new Set(['Rewind', 'RetryStep', 'SkipStep', 'Migrate']);

const DONE: Outcome = { ok: true };
