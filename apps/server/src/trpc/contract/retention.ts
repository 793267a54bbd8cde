/** Rules by which finished instances are let go, and what was. */
import type { Mutation, Query } from './procedure-types.ts';

export type FinishedStatus = 'Completed' | 'Failed' | 'Terminated' | 'Canceled';

/** What a retention rule is about. */
export interface RetentionScopeInput {
  /** Null: all workflows that have no rule of their own for the status. */
  workflowKey: string | null;
  status: FinishedStatus;
  /** After they have finished. */
  afterDays: number;
}

/** retention.add: a rule for each status. retention.change: what a rule is for stays. `afterDays` null: they are never purged. */
export interface RetentionAddInput {
  workflowKey: string | null;
  statuses: FinishedStatus[];
  afterDays: number | null;
  /** False: they are purged without being kept elsewhere. */
  archive: boolean;
  reason: string;
}
export type RetentionChangeInput = { id: string } & Pick<RetentionAddInput, 'afterDays' | 'archive' | 'reason'>;

export interface RetentionRuleRow {
  id: string;
  workflowKey: string | null;
  workflowTitle: string | null;
  status: FinishedStatus;
  afterDays: number | null;
  archive: boolean;
  updatedBy: { id: string; name: string };
  updatedAt: string;
  /** By it, so far. */
  purged: number;
  /** When it was last looked at. */
  ranAt: string | null;
  /** Why it could not go on then. */
  trouble: string | null;
  /** Due, and kept because they could not be archived: how many, and the first of them with why. */
  unreadable: { count: number; first: { id: string; why: string }[] };
}

/** Instances that were purged together. */
export interface RetentionBatchRow {
  id: string;
  workflowKey: string | null;
  status: FinishedStatus;
  createdAt: string;
  instances: number;
  purged: number;
  /** In the archive directory; null: it was not archived, or is not yet. */
  file: string | null;
  bytes: number | null;
  finished: boolean;
}

/** retention.list: the newest 50 batches. */
export interface RetentionList {
  rules: RetentionRuleRow[];
  batches: RetentionBatchRow[];
  /** Whether there is a directory to archive into. */
  archives: boolean;
}

/** retention.preview: what a rule would purge now, counted exactly. */
export interface RetentionPreviewResult {
  due: number;
  /** Due, but kept as long as sub-workflows of theirs run. */
  held: number;
  /** Among those that are due: they could not be archived, so that a rule that archives keeps them. */
  unreadable: number;
  /** When the first of them finished. */
  oldest: string | null;
  /** The first of them. */
  sample: { id: string; workflowKey: string; workflowTitle: string; status: FinishedStatus; completedAt: string }[];
}

export type RetentionProcedures = {
  list: Query<void, RetentionList>;
  preview: Query<RetentionScopeInput, RetentionPreviewResult>;
  add: Mutation<RetentionAddInput, { ids: string[] }>;
  change: Mutation<RetentionChangeInput, void>;
  remove: Mutation<{ id: string; reason: string }, void>;
};
