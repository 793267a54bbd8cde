import type { Json, ScopeNode } from '@perdure/graph';
import type { Command, Outcome } from './command.ts';
import { act } from './conclude.ts';
import { consequence } from './consequence.ts';
import { entityIdOf } from './entity/entity-id.ts';
import { passLockOn, releasesOf } from './entity/entity-messages.ts';
import type { Evaluated } from './expression-scope.ts';
import { evaluateLoaded } from './expression-scope.ts';
import type { Failure } from './failure.ts';
import type { FrameId, InstanceId, StepKey } from './ids.ts';
import { activityKey } from './ids.ts';
import type { Frame, InstanceState, OpenStep, SectionLock } from './state.ts';
import type { Steps } from './steps.ts';
import { emit } from './turn.ts';
import type { Token, Turn } from './turn.ts';

/*
 * A scope that locks entities. It asks for them when it is entered and starts its pass when they are granted; every way out of the step gives
 * them back, which is done where steps are let go (`letGo`). [K1–K8]
 */

/** The critical section a frame is in, with the lock it holds. */
export function sectionAround(turn: Turn, from: FrameId): { step: StepKey; lock: SectionLock } | undefined {
  const { frames, steps } = turn.state;
  for (let frame: Frame | undefined = frames.get(from); frame && frame.step !== null; frame = parentOf(turn.state, frame)) {
    const step = steps.get(frame.step);
    if (step?.kind === 'container' && step.container.type === 'scope' && step.container.lock) {
      return { step: step.key, lock: step.container.lock };
    }
  }
  return undefined;
}

/** The entities a scope wants, sorted and each once. They may turn out to be none: then nothing can be called inside. [K1, K2] */
export function* lockedEntities(turn: Turn, token: Token, node: ScopeNode): Steps<Evaluated<InstanceId[]>> {
  const wanted = new Set<InstanceId>();
  for (const [at, { entity, key }] of node.locks.entries()) {
    const field = `locks.${at}.key`;
    const keys = yield* evaluateLoaded(turn, key, field, token);
    if (!keys.ok) return keys;
    for (const one of asList(keys.value)) {
      const id = entityIdOf(entity, one);
      if (id === undefined) return refused('InvalidValue', `${field}: must be a key of 1 to 200 characters, or a list of keys.`);
      wanted.add(id);
    }
  }
  if (sectionAround(turn, token.frame)) {
    return refused('CriticalSection', 'A critical section cannot begin inside another one. Lock all entities in the outer one.');
  }
  if (wanted.size > mostLocks)
    return refused('CriticalSection', `A critical section locks ${mostLocks} entities at most, not ${wanted.size}.`);
  return { ok: true, value: [...wanted].sort((a, b) => (a < b ? -1 : 1)) };
}

/** The step is open; its pass waits for the grant. [K3] */
export function requestLock(turn: Turn, step: StepKey, entities: InstanceId[]): void {
  const { instanceId, executionId } = turn.state;
  const id = activityKey(instanceId, executionId, step);
  emit(turn, { type: 'EntityLockRequested', step, lock: id, entities });
  if (entities.length > 0) turn.effects.push(passLockOn({ id, instanceId, step, entities, next: 0 }));
  else takeGrant(turn, step);
}

/** The last entity says that all of them are locked. [K4, K6] */
export function grantLock(turn: Turn, command: Command & { type: 'GrantLock' }): Outcome {
  const step = turn.state.steps.get(command.step);
  const lock = step?.kind === 'container' && step.container.type === 'scope' ? step.container.lock : undefined;
  if (lock?.id !== command.lock.id)
    return refuseGrant(turn, command, { ok: false, code: 'stale', message: `${command.step} does not wait for locks.` });
  if (lock.held) return { ok: false, code: 'stale', message: `${command.step} has its locks already.` };
  takeGrant(turn, command.step);
  return { ok: true };
}

/** Nobody will leave the section this grant is for, so its entities are given back at once. [K6] */
export function refuseGrant(turn: Turn, command: Command & { type: 'GrantLock' }, outcome: Outcome): Outcome {
  turn.effects.push(...releasesOf(command.lock));
  return outcome;
}

function takeGrant(turn: Turn, key: StepKey): void {
  const step: OpenStep | undefined = turn.state.steps.get(key);
  if (!step) throw new Error(`Step ${key} is not open.`);
  const event = { type: 'EntityLockGranted', step: key } as const;
  const next = consequence(step, event);
  emit(turn, event);
  if (next && turn.state.status === 'Running') act(turn, next);
}

function parentOf(state: InstanceState, frame: Frame): Frame | undefined {
  return frame.parent === null ? undefined : state.frames.get(frame.parent);
}

function asList(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  return value === null ? [] : [value];
}

function refused(code: string, message: string): { ok: false; failure: Failure } {
  return { ok: false, failure: { code, message } };
}

const mostLocks = 1_000;
