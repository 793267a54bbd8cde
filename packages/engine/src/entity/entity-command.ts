import type { ExecutionId, TimerId } from '../ids.ts';
import type { EntityRequest, LockRequest } from './entity-request.ts';

/**
 * What can be asked of an entity. `at`, `seed`: as for instances. `executionId`: a fresh one, used only when the command makes the entity
 * begin to exist.
 */
export type EntityCommand = { at: number; seed: string; executionId: ExecutionId } & EntityCommandBody;

export type EntityCommandBody =
  | { type: 'Operate'; request: EntityRequest }
  | { type: 'RequestLock'; lock: LockRequest }
  | { type: 'ReleaseLock'; lock: string }
  | { type: 'FireTimer'; timer: TimerId };

/** A refusal appends nothing. It may have effects all the same: somebody waits for an answer. */
export type EntityOutcome = { ok: true } | { ok: false; code: EntityRefusalCode; message: string };

export type EntityRefusalCode =
  /** A repetition, a lock given back already, a timer that does not run: nothing to do. */
  | 'stale'
  /** This execution has ended; the command belongs to the next one, which starts from `initialEntityState`. */
  | 'entity.ended';
