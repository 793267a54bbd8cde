import type { InstanceStatus } from '@perdure/engine';
import type { Json } from '@perdure/graph';

/** Running with no activity queued or executing is shown as Waiting. */
export type ShownStatus = InstanceStatus | 'Waiting';

/** One instance as the lists and pages read it (instance-columns.sql). */
export interface InstanceRecord {
  id: string;
  workflowKey: string;
  workflowTitle: string;
  folder: string;
  version: number;
  status: ShownStatus;
  storedStatus: InstanceStatus;
  whereabouts: Json;
  tags: string[];
  startedBy: string;
  /** The person's name, or what `startedBy` says when it is not a person. */
  startedByName: string;
  parentInstanceId: string | null;
  parentStep: string | null;
  customStatus: Json;
  executionId: string;
  seq: number;
  partition: number;
  createdAt: Date;
  updatedAt: Date;
  completedAt: Date | null;
}
