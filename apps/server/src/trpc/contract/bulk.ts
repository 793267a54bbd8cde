/** One action over many instances, tracked as a job. */
import type { Json } from '@perdure/graph';
import type { InstanceFilterInput, InstanceRow, ShownStatus } from './instances.ts';
import type { Mutation, Query } from './procedure-types.ts';

/** One action over many instances, tracked as a job. */
export type BulkAction = 'suspend' | 'resume' | 'terminate' | 'retry' | 'rewind' | 'migrate' | 'purge' | 'raiseEvent';

export type BulkRequest =
  | { action: 'suspend' | 'resume' | 'retry' | 'rewind' | 'purge' }
  /** `recursive`: their sub-workflows with them. */
  | { action: 'terminate'; recursive: boolean }
  | { action: 'migrate'; workflowKey: string; version: number }
  | { action: 'raiseEvent'; name: string; data: Json };

/** bulk.preview. */
export interface BulkPreview {
  /** Instances started later are not meant. */
  asOf: string;
  /** Exact. */
  eligible: number;
  /** Those that are selected and not reached, by why. */
  refused: { code: string; message: string; count: number }[];
  /** The newest ten it would reach. */
  sample: InstanceRow[];
  /** How many a job may have at most. */
  most: number;
}

/** `expected`: what the preview counted. When there are more by now, nothing is done and the person is told. */
export interface BulkCreateInput {
  request: BulkRequest;
  filter: InstanceFilterInput;
  reason: string;
  asOf: string;
  expected: number;
}

export type BulkStatus = 'running' | 'paused' | 'finished' | 'stopped';

export interface BulkJob {
  id: string;
  request: BulkRequest;
  filter: InstanceFilterInput;
  reason: string;
  requestedBy: { id: string; name: string };
  status: BulkStatus;
  total: number;
  done: number;
  skipped: number;
  failed: number;
  createdAt: string;
  finishedAt: string | null;
  /** The person asking may pause, resume and stop it. */
  mayControl: boolean;
}

export type BulkItemState = 'waiting' | 'underway' | 'done' | 'skipped' | 'failed';

export interface BulkItemsResult {
  rows: {
    position: number;
    instanceId: string;
    state: BulkItemState;
    code: string | null;
    message: string | null;
    settledAt: string | null;
  }[];
  /** For the next page; null: there is none. */
  nextCursor: number | null;
}

/** bulk.became: what those that it was done to have come to since; `Gone`: purged. */
export interface BulkBecame {
  statuses: { status: ShownStatus | 'Gone'; value: number }[];
  /** Only the first so many were looked at; null: all. */
  of: number | null;
}

export type BulkProcedures = {
  preview: Query<{ request: BulkRequest; filter: InstanceFilterInput }, BulkPreview>;
  create: Mutation<BulkCreateInput, { id: string }>;
  /** One's own; with the right for all workflows: everybody's. The newest hundred. */
  list: Query<{ statuses?: BulkStatus[] | undefined } | undefined, BulkJob[]>;
  get: Query<{ id: string }, BulkJob>;
  items: Query<
    { id: string; states?: BulkItemState[] | undefined; cursor?: number | undefined; limit?: number | undefined },
    BulkItemsResult
  >;
  became: Query<{ id: string }, BulkBecame>;
  pause: Mutation<{ id: string }, void>;
  resume: Mutation<{ id: string }, void>;
  stop: Mutation<{ id: string }, void>;
  retryFailed: Mutation<{ id: string }, void>;
};
