import type { EntityPlan } from '@perdure/graph';
import type { Evaluator } from '../evaluator.ts';
import type { TimerId } from '../ids.ts';
import { timerId } from '../ids.ts';
import { runSteps } from '../steps.ts';
import type { Steps } from '../steps.ts';
import { applyOperation } from './apply-operation.ts';
import type { EntityCommand, EntityOutcome } from './entity-command.ts';
import type { EntityEvent, EntityEventBody } from './entity-event.ts';
import { answers, operate, passLockOn } from './entity-messages.ts';
import type { EntityEffect } from './entity-messages.ts';
import type { EntityRequest, LockRequest } from './entity-request.ts';
import type { EntityState } from './entity-state.ts';
import { evolveEntity } from './evolve-entity.ts';

/** What one command led to. `events` have been folded into the state already. A refusal has none, but may have an answer among its effects. */
export interface EntityTurnResult {
  events: EntityEvent[];
  effects: EntityEffect[];
  outcome: EntityOutcome;
}

interface EntityTurn {
  plan: EntityPlan | null;
  state: EntityState;
  command: EntityCommand;
  evaluator: Evaluator;
  events: EntityEvent[];
  effects: EntityEffect[];
  /** Expressions evaluated so far: each gets its own seed. */
  evaluations: number;
}

/**
 * Applies one command to an entity, by the rules N of SPEC.md. `plan` is the latest version of its type, null when there is none.
 * As with `decide`: the state is advanced in place, nothing else may touch it while a promise is pending, and when that rejects it must be
 * thrown away; synchronous whenever the evaluator is; the same inputs give the same events. [L1]
 */
export function decideEntity(
  plan: EntityPlan | null,
  state: EntityState,
  command: EntityCommand,
  evaluator: Evaluator,
): EntityTurnResult | Promise<EntityTurnResult> {
  return runSteps(decideSteps({ plan, state, command, evaluator, events: [], effects: [], evaluations: 0 }));
}

function* decideSteps(turn: EntityTurn): Steps<EntityTurnResult> {
  const outcome = yield* obey(turn);
  if (outcome.ok) {
    yield* takeUpQueue(turn);
    if (isForgotten(turn.state)) emit(turn, { type: 'EntityEnded' });
  }
  const { events, effects } = turn;
  return { events, effects, outcome };
}

function* obey(turn: EntityTurn): Steps<EntityOutcome> {
  const { state, command } = turn;
  switch (command.type) {
    case 'Operate':
      return hasEnded(state) ?? (yield* receive(turn, command.request));
    case 'RequestLock':
      return hasEnded(state) ?? receiveLock(turn, command.lock);
    case 'ReleaseLock': {
      const waits = state.queue.some((queued) => queued.kind === 'lock' && queued.lock.id === command.lock);
      if (state.lock?.id !== command.lock && !waits) return stale(`${state.instanceId} is not locked by ${command.lock}.`);
      emit(turn, { type: 'EntityUnlocked', lock: command.lock });
      return DONE;
    }
    case 'FireTimer': {
      const signal = state.delayed.get(command.timer);
      if (!signal) return stale(`The timer ${command.timer} does not run.`);
      emit(turn, { type: 'EntitySignalDue', timer: command.timer });
      yield* receiveNow(turn, signal.request);
      return DONE;
    }
  }
}

/** [N3, N4] */
function* receive(turn: EntityTurn, request: EntityRequest): Steps<EntityOutcome> {
  const { state, command } = turn;
  if (request.lock !== null && state.lock?.id !== request.lock) {
    // The section was left while this was on the way. Nobody waits for the answer, but if anybody does, it must not be for ever.
    const failure = { code: 'CriticalSection', message: `${state.instanceId} is not held by this critical section any more.` };
    turn.effects.push(...answers(request, { ok: false, failure }));
    return stale(failure.message);
  }
  begin(turn);
  if (request.mode === 'signal' && request.at !== null && request.at > command.at) {
    const timer = signalTimer(state);
    emit(turn, { type: 'EntitySignalDelayed', timer, fireAt: request.at, request });
    turn.effects.push({ type: 'SetTimer', timer, fireAt: request.at });
  } else {
    yield* receiveNow(turn, request);
  }
  return DONE;
}

function* receiveNow(turn: EntityTurn, request: EntityRequest): Steps<void> {
  const { lock } = turn.state;
  if (lock !== null && lock.id !== request.lock) emit(turn, { type: 'EntityRequestQueued', queued: { kind: 'operation', request } });
  else yield* apply(turn, request);
}

/** [K3] */
function receiveLock(turn: EntityTurn, lock: LockRequest): EntityOutcome {
  const { state } = turn;
  const isKnown = state.lock?.id === lock.id || state.queue.some((queued) => queued.kind === 'lock' && queued.lock.id === lock.id);
  if (isKnown) return stale(`${lock.id} has asked for ${state.instanceId} already.`);
  begin(turn);
  if (state.lock) emit(turn, { type: 'EntityRequestQueued', queued: { kind: 'lock', lock } });
  else grant(turn, lock);
  return DONE;
}

/** [N5–N8] */
function* apply(turn: EntityTurn, request: EntityRequest): Steps<void> {
  const { plan, state, command, evaluator } = turn;
  const context = {
    plan,
    state,
    at: command.at,
    evaluator,
    clock: () => ({ at: command.at, seed: `${command.seed}:${turn.evaluations++}` }),
  };
  const applied = yield* applyOperation(context, request.operation, request.input);
  const version = plan?.version ?? 0;
  if (!applied.ok) {
    emit(turn, { type: 'EntityOperationRejected', request, version, failure: applied.failure });
    turn.effects.push(...answers(request, applied));
    return;
  }
  const { result, exists, signals } = applied;
  const changed = applied.state === undefined ? {} : { state: applied.state };
  emit(turn, { type: 'EntityOperationApplied', request, version, result, ...changed, exists });
  turn.effects.push(...answers(request, { ok: true, output: result }));
  for (const [n, { entity, operation, input, at }] of signals.entries()) {
    const id = `${state.instanceId}/${state.executionId}/${state.seq}/${n}`;
    turn.effects.push(
      operate(entity, { id, operation, input, mode: 'signal', from: { kind: 'entity', entity: state.instanceId }, at, lock: null }),
    );
  }
}

function grant(turn: EntityTurn, lock: LockRequest): void {
  emit(turn, { type: 'EntityLocked', lock });
  turn.effects.push(passLockOn({ ...lock, next: lock.next + 1 }));
}

/** What waited is taken up in the order it came, until somebody holds the entity again. [N4] */
function* takeUpQueue(turn: EntityTurn): Steps<void> {
  for (;;) {
    const [first] = turn.state.queue;
    if (!first || turn.state.lock) return;
    if (first.kind === 'lock') grant(turn, first.lock);
    else yield* apply(turn, first.request);
  }
}

/** [N2] */
function begin(turn: EntityTurn): void {
  const { state, command } = turn;
  if (state.seq === 0) emit(turn, { type: 'EntityStarted', executionId: command.executionId, name: state.name, key: state.key });
}

function isForgotten({ status, content, lock, queue, delayed }: EntityState): boolean {
  return status === 'Running' && content === null && lock === null && queue.length === 0 && delayed.size === 0;
}

function hasEnded(state: EntityState): EntityOutcome | undefined {
  if (state.status !== 'Completed') return undefined;
  return { ok: false, code: 'entity.ended', message: `This execution of ${state.instanceId} has ended.` };
}

/** Unique in an execution, as the seq of the event that creates it. */
function signalTimer(state: EntityState): TimerId {
  return timerId(`signal!${state.seq + 1}`);
}

function emit(turn: EntityTurn, body: EntityEventBody): void {
  const event: EntityEvent = { seq: turn.state.seq + 1, at: turn.command.at, ...body };
  evolveEntity(turn.state, event);
  turn.events.push(event);
}

function stale(message: string): EntityOutcome {
  return { ok: false, code: 'stale', message };
}

const DONE: EntityOutcome = { ok: true };
