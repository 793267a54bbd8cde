import type { Json } from '@perdure/graph';
import type { InstanceId, StepKey } from '../ids.ts';

/** One operation somebody asks of an entity. */
export interface EntityRequest {
  /** Unique: `instance/execution/step` from a workflow, `entity/execution/seq/n` from an entity, chosen by the caller from elsewhere. */
  id: string;
  operation: string;
  input: Json;
  mode: 'signal' | 'call';
  from: RequestSource;
  /** Signals: not before this moment. Epoch ms. */
  at: number | null;
  /** From inside a critical section, to an entity it holds: the section's lock. */
  lock: string | null;
}

export type RequestSource =
  | { kind: 'workflow'; instanceId: InstanceId; step: StepKey }
  | { kind: 'entity'; entity: InstanceId }
  | { kind: 'api'; by: string };

/**
 * A critical section's wish for its entities, handed from one to the next: each passes it on once it is locked, and the last one tells the
 * workflow. All sections ask in the same order, so that no two of them wait for each other. [K3, K4]
 */
export interface LockRequest {
  /** `instance/execution/step` of the scope. */
  id: string;
  instanceId: InstanceId;
  step: StepKey;
  /** Sorted, without repetition. */
  entities: readonly InstanceId[];
  /** Index of the entity this message is for. */
  next: number;
}
