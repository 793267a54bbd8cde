import type { Json } from '@perdure/graph';
import type { ExecutionId, InstanceId, TimerId } from '../ids.ts';
import { executionId } from '../ids.ts';
import type { QueuedRequest } from './entity-event.ts';
import type { EntityRequest, LockRequest } from './entity-request.ts';
import { parseEntityId } from './entity-id.ts';

/** The fold of an entity's history. Only `evolveEntity` changes it, in place. */
export interface EntityState {
  instanceId: InstanceId;
  executionId: ExecutionId;
  name: string;
  key: string;
  status: 'Pending' | 'Running' | 'Completed';
  /** Of the last event folded in; 0 before the first. */
  seq: number;
  startedAt: number;
  /** Of the entity type, when it ran last; 0 before. */
  version: number;
  lastOperationAt: number | null;
  /** Null while there is none; then an operation sees the first state of its type. */
  content: { state: Json } | null;
  lock: LockRequest | null;
  queue: QueuedRequest[];
  delayed: Map<TimerId, { fireAt: number; request: EntityRequest }>;
}

/** An entity before its first event. Throws when the id is not an entity's. */
export function initialEntityState(instanceId: InstanceId): EntityState {
  const id = parseEntityId(instanceId);
  if (!id) throw new Error(`“${instanceId}” is not the id of an entity.`);
  return {
    instanceId,
    executionId: executionId(''),
    name: id.name,
    key: id.key,
    status: 'Pending',
    seq: 0,
    startedAt: 0,
    version: 0,
    lastOperationAt: null,
    content: null,
    lock: null,
    queue: [],
    delayed: new Map(),
  };
}
