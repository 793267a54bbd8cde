import type { Json } from '@perdure/graph';
import type { CommandBody } from '../command.ts';
import type { Effect } from '../effect.ts';
import type { Failure } from '../failure.ts';
import type { InstanceId } from '../ids.ts';
import type { EntityRequest, LockRequest } from './entity-request.ts';

/*
 * The messages between workflows and entities, as effects. Each has a name of its own, so that a repetition meets the same row. [N12]
 */

export type EntityEffect = Extract<Effect, { type: 'SetTimer' | 'SendToEntity' | 'SendToInstance' }>;

export function operate(entity: InstanceId, request: EntityRequest): EntityEffect {
  return { type: 'SendToEntity', entity, messageId: `op:${request.id}`, command: { type: 'Operate', request } };
}

/** To the caller, if anybody waits: signals are not answered. */
export function answers(
  { id, mode, from }: EntityRequest,
  result: { ok: true; output: Json } | { ok: false; failure: Failure },
): EntityEffect[] {
  if (mode === 'signal' || from.kind !== 'workflow') return [];
  const { instanceId, step } = from;
  const command: CommandBody = result.ok
    ? { type: 'CompleteEntityCall', step, request: id, output: result.output }
    : { type: 'FailEntityCall', step, request: id, failure: result.failure };
  return [{ type: 'SendToInstance', instanceId, messageId: `answer:${id}`, command }];
}

/** To the entity that `lock.next` points at, or to the workflow when it has them all. [K3] */
export function passLockOn(lock: LockRequest): EntityEffect {
  const entity = lock.entities[lock.next];
  if (entity !== undefined) {
    return { type: 'SendToEntity', entity, messageId: `lock:${lock.id}:${lock.next}`, command: { type: 'RequestLock', lock } };
  }
  const { instanceId, step } = lock;
  return { type: 'SendToInstance', instanceId, messageId: `grant:${lock.id}`, command: { type: 'GrantLock', step, lock } };
}

/** A section that is over gives all its entities back, also those it only waits for. [K5] */
export function unlockAll(lock: { id: string; entities: readonly InstanceId[] }): EntityEffect[] {
  return releases('unlock', lock);
}

/**
 * A grant that nobody waits for any more: the section ended while its wish was on the way past the entities' own releases. Also for
 * whoever finds that the instance itself is gone. [K6]
 */
export function releasesOf(lock: LockRequest): EntityEffect[] {
  return releases('return', lock);
}

function releases(why: 'unlock' | 'return', { id, entities }: { id: string; entities: readonly InstanceId[] }): EntityEffect[] {
  return entities.map((entity) => ({
    type: 'SendToEntity',
    entity,
    messageId: `${why}:${id}:${entity}`,
    command: { type: 'ReleaseLock', lock: id },
  }));
}
