import type { EntityOperationNode } from '@perdure/graph';
import { sectionAround } from './critical-section.ts';
import { entityIdOf } from './entity/entity-id.ts';
import { operate } from './entity/entity-messages.ts';
import type { EntityRequest } from './entity/entity-request.ts';
import { evaluate, evaluateLoaded } from './expression-scope.ts';
import type { Failure } from './failure.ts';
import type { InstanceId } from './ids.ts';
import { activityKey } from './ids.ts';
import { failEntering } from './raise.ts';
import type { SectionLock } from './state.ts';
import type { Steps } from './steps.ts';
import { OUT, emit, opening, sendTokens } from './turn.ts';
import type { Token, Turn } from './turn.ts';
import { durationOf } from './when.ts';

/** [N12, K7] */
export function* enterEntityOperation(turn: Turn, token: Token, node: EntityOperationNode): Steps<void> {
  const key = yield* evaluateLoaded(turn, node.key, 'key', token);
  if (!key.ok) return failEntering(turn, token, node, key.failure);
  const entity = entityIdOf(node.entity, key.value);
  if (entity === undefined) return failEntering(turn, token, node, invalid('key: must be a text of 1 to 200 characters, or a number.'));
  const input = yield* evaluate(turn, node.input, 'input', token);
  if (!input.ok) return failEntering(turn, token, node, input.failure);
  const { at } = turn.command;
  let fireAt: number | null = null;
  if (node.delay) {
    const delay = yield* evaluateLoaded(turn, node.delay, 'delay', token);
    if (!delay.ok) return failEntering(turn, token, node, delay.failure);
    const moment = delay.value === null ? at : durationOf(delay.value, at);
    if (moment === undefined) {
      return failEntering(turn, token, node, invalid('delay: must be a duration such as 90s or 2h 30m, or milliseconds.'));
    }
    if (moment > at) fireAt = moment;
  }
  const { mode, operation } = node;
  const section = sectionAround(turn, token.frame);
  const broken = section && brokenRule(section.lock, entity, mode);
  if (broken) return failEntering(turn, token, node, broken);

  const place = opening(turn, token);
  const { instanceId, executionId } = turn.state;
  const id = activityKey(instanceId, executionId, place.step);
  const from: EntityRequest['from'] = { kind: 'workflow', instanceId, step: place.step };
  if (mode === 'signal') {
    emit(turn, { type: 'EntityOperationSignaled', ...place, entity, operation, input: input.value, fireAt });
    turn.effects.push(operate(entity, { id, operation, input: input.value, mode, from, at: fireAt, lock: null }));
    sendTokens(turn, token.frame, node, OUT, token.caughtFrom);
  } else {
    const called = { type: 'EntityOperationCalled', ...place, request: id, entity, operation, input: input.value } as const;
    emit(turn, section ? { ...called, section: section.step } : called);
    turn.effects.push(operate(entity, { id, operation, input: input.value, mode, from, at: null, lock: section?.lock.id ?? null }));
  }
}

/** What may be asked of which entity from inside a critical section. [K7] */
function brokenRule(lock: SectionLock, entity: InstanceId, mode: 'call' | 'signal'): Failure | undefined {
  const isLocked = lock.entities.includes(entity);
  if (mode === 'signal') {
    return isLocked
      ? ruleBroken(`${entity} is locked by this critical section, so it can only be called. Signals go to others.`)
      : undefined;
  }
  if (!isLocked) return ruleBroken(`${entity} is not locked by this critical section. Only locked entities can be called inside it.`);
  if (lock.calling.includes(entity)) {
    return ruleBroken(`${entity} is being called already. Inside a critical section, calls to one entity follow one another.`);
  }
  return undefined;
}

function ruleBroken(message: string): Failure {
  return { code: 'CriticalSection', message };
}

function invalid(message: string): Failure {
  return { code: 'InvalidValue', message };
}
