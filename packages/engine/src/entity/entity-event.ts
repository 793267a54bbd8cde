import type { Json } from '@perdure/graph';
import type { Failure } from '../failure.ts';
import type { ExecutionId, TimerId } from '../ids.ts';
import type { EntityRequest, LockRequest } from './entity-request.ts';

/** One fact about an entity, appended once and never changed. `seq` and `at` as in an instance's history. */
export type EntityEvent = { seq: number; at: number } & EntityEventBody;

export type EntityEventBody =
  | { type: 'EntityStarted'; executionId: ExecutionId; name: string; key: string }
  /** `state` only when it changed; `exists` false = it has none any more, or still. `version`: of the entity type. */
  | { type: 'EntityOperationApplied'; request: EntityRequest; version: number; result: Json; state?: Json; exists: boolean }
  /** The state is as it was before. */
  | { type: 'EntityOperationRejected'; request: EntityRequest; version: number; failure: Failure }
  /** Somebody else holds the entity. */
  | { type: 'EntityRequestQueued'; queued: QueuedRequest }
  | { type: 'EntitySignalDelayed'; timer: TimerId; fireAt: number; request: EntityRequest }
  /** What follows is the signal's operation, or its being queued. */
  | { type: 'EntitySignalDue'; timer: TimerId }
  | { type: 'EntityLocked'; lock: LockRequest }
  /** Given back, or not waited for any more. */
  | { type: 'EntityUnlocked'; lock: string }
  /** There is nothing left to remember. */
  | { type: 'EntityEnded' };

export type EntityEventType = EntityEventBody['type'];

/** What waits until the entity is free, in the order it came. */
export type QueuedRequest = { kind: 'operation'; request: EntityRequest } | { kind: 'lock'; lock: LockRequest };
