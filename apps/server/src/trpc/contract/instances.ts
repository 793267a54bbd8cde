/** Instances: the list, one in full, its history, what can be done to it. */
import type { HistoryEvent, InstanceStatus } from '@perdure/engine';
import type { Json, MigrationPlace, MigrationProblem, WorkflowDocument } from '@perdure/graph';
import type { TaskRow } from './tasks.ts';
import type { Mutation, Query, Subscription } from './procedure-types.ts';

/** Where an instance is and why, for lists. */
export interface Whereabouts {
  node: string;
  title: string;
  kind:
    | 'activity'
    | 'retry'
    | 'quarantined'
    | 'timer'
    | 'event'
    | 'humanTask'
    | 'subWorkflow'
    | 'forEach'
    | 'entity'
    | 'lock'
    | 'loop'
    | 'scope'
    | 'join'
    | 'failure'
    | 'none';
  detail: string;
  until?: number;
  code?: string;
}

/** `waiting` = Running with no activity queued or executing. */
export type ShownStatus = InstanceStatus | 'Waiting';

/** Why nothing will ever wake it. `waits-long`: it waits for an event without a deadline, which may still come. */
export type StuckCause = 'nothing-open' | 'timer-gone' | 'task-gone' | 'child-gone' | 'waits-long';

/** instances.list */
export interface InstanceRow {
  id: string;
  workflowKey: string;
  workflowTitle: string;
  /** Of the workflow. */
  folder: string;
  version: number;
  status: ShownStatus;
  whereabouts: Whereabouts | null;
  /** Only of those that wait. */
  stuck: StuckCause | null;
  tags: string[];
  /** A test run, or what one started. */
  isTest: boolean;
  startedBy: string;
  parentInstanceId: string | null;
  createdAt: string;
  updatedAt: string;
  completedAt: string | null;
}

/** What narrows a list of instances: everything named must hold. For the list, its counts, saved views and whatever acts on what is listed. */
export interface InstanceFilterInput {
  /** These and no others; at most 1,000. */
  ids?: string[];
  statuses?: ShownStatus[];
  notStatuses?: ShownStatus[];
  workflowKeys?: string[];
  /** Workflows in this folder and in those inside it. */
  folder?: string;
  version?: number;
  startedAfter?: string;
  startedBefore?: string;
  /** From start to end, or until now. */
  minDurationMs?: number;
  maxDurationMs?: number;
  /** Id, part of an id, several ids, or text of an error. */
  text?: string;
  tags?: string[];
  /** Only test runs, or none. Default: both. */
  isTest?: boolean;
  errorCode?: string;
  /** Its fingerprint: those that are failed, or stuck, in it now. */
  incident?: string;
  waitingKinds?: WaitingKind[];
  waitingEvent?: string;
  waitingLongerThanMs?: number;
  /** True: only those that nothing will ever wake, or that have waited very long. */
  stuck?: boolean;
}

export type WaitingKind = 'event' | 'humanTask' | 'timer' | 'retry' | 'subWorkflow' | 'entity' | 'lock' | 'quarantined';

export interface InstanceListInput extends InstanceFilterInput {
  direction?: 'older' | 'newer';
  cursor?: string;
  limit?: number;
}

/** How many there are is `instances.count`, which may take longer than the page. */
export interface InstanceListResult {
  rows: InstanceRow[];
  olderCursor: string | null;
  newerCursor: string | null;
  /** Parts of ids were looked for among this many of the newest instances only; null: nothing was left out. */
  searchedNewest: number | null;
  /** Of workflows with values that are masked for whoever asks, words were looked for in so many at most; null: nothing was left out. */
  searchedMasked: number | null;
}

/** instances.countFinished */
export interface ExportCount {
  value: number;
  /** Why an export could not begin now; null: it could. */
  refusal: string | null;
}

export interface CappedCount {
  value: number;
  exact: boolean;
}

/** instances.children: a page of the sub-workflows an instance started, the oldest first. The counts are of all, and exact. */
export interface InstanceChildren {
  /** `children`: how many it started itself. */
  rows: { id: string; workflowKey: string; status: ShownStatus; step: string; children: number }[];
  count: number;
  live: number;
  failed: number;
  nextCursor: string | null;
}

/** instances.tasks: a page of an instance's human tasks, the open ones first. `count`: of all its tasks. */
export interface InstanceTasks {
  rows: TaskRow[];
  count: CappedCount;
  nextCursor: string | null;
}

/** instances.get */
export interface InstanceDetail extends InstanceRow {
  executionId: string;
  seq: number;
  /** Values over 64 KB are cut to a preview: { $preview, bytes }. */
  input: Json;
  output: Json;
  failure: Json | null;
  customStatus: Json;
  document: WorkflowDocument;
  /** The first page. */
  children: InstanceChildren;
  /** Names of the people its history mentions by id. */
  people: { id: string; name: string }[];
  /** The first page. */
  tasks: InstanceTasks;
  partition: number;
  worker: string | null;
  /** The instance this one was started again from. */
  restartedFrom: string | null;
  /** Versions it ran, oldest first; one that was migrated has several. `afterSeq`: from the event behind it on. */
  versions: { version: number; afterSeq: number }[];
}

/** instances.history: ascending, at most `limit` (default 1,000) after `afterSeq`. */
export interface HistoryPage {
  events: HistoryEvent[];
  seq: number;
  more: boolean;
}

/** instances.historyOutline: the whole history in stretches of equal length, for a scrubber before the events are there. Moments are epoch ms. */
export interface HistoryStretch {
  firstSeq: number;
  lastSeq: number;
  firstAt: number;
  lastAt: number;
  failures: number;
  firstFailure: number | null;
}

/** instances.checkpointBefore: the state after event `seq`, as the engine encodes it; seq 0 and null = fold from the beginning. */
export interface CheckpointBefore {
  seq: number;
  state: Json;
}

/** instances.watch (subscription): batches of events after `afterSeq`, in order, without gaps; then live. Tracked by seq. */
export interface InstanceUpdate {
  events: HistoryEvent[];
  status: ShownStatus;
  seq: number;
}

/** instances.start */
export interface StartInput {
  workflowKey: string;
  version?: number;
  instanceId?: string;
  input?: Json;
  tags?: string[];
}

/** instances.skipStep. `output`: what the step gives in the place of its own. `port`: default the first normal one. */
export interface SkipStepInput {
  id: string;
  step: string;
  output: Json;
  port?: string | undefined;
  reason: string;
}

/** instances.restart. Without `input` it is the original's; by default the restarted one is a new instance. */
export interface RestartInput {
  id: string;
  version: 'same' | 'latest' | number;
  input?: Json | undefined;
  reason: string;
}

/** instances.migrationPlan, for an instance as it is now; `migrate` checks again. */
export interface MigrationPlan {
  /** The versions. */
  from: number;
  to: number;
  /** May be carried out as it is. */
  ok: boolean;
  /** Every node of the old version at which something is open or waits, containers before what is inside them. */
  places: MigrationPlace[];
  problems: MigrationProblem[];
  /** Steps that wait for their next attempt: they have it with the input they had, whatever the new version would give them. */
  waitingRetries: number;
}

/** instances.migrate. `mapping`: old node to new node, for those that are not mapped by their id. Refused as `migration.problems` with the problems as details. */
export interface MigrateInput {
  id: string;
  version: number;
  mapping?: Record<string, string> | undefined;
  reason: string;
}

export type InstanceProcedures = {
  list: Query<InstanceListInput, InstanceListResult>;
  /** Exact up to 10,000. */
  count: Query<InstanceFilterInput, CappedCount>;
  /** What an export of the filter would have, counted exactly. */
  countFinished: Query<InstanceFilterInput, ExportCount>;
  get: Query<{ id: string }, InstanceDetail>;
  /** With `lean` values over 200 characters are { $omitted: bytes, seq, field }. */
  history: Query<{ id: string; afterSeq?: number | undefined; limit?: number | undefined; lean?: boolean | undefined }, HistoryPage>;
  historyOutline: Query<{ id: string }, HistoryStretch[]>;
  checkpointBefore: Query<{ id: string; seq: number }, CheckpointBefore>;
  /** Only hashes that occur in that instance's history. */
  payload: Query<{ id: string; hash: string }, Json>;
  tasks: Query<{ id: string; step?: string | undefined; cursor?: string | undefined }, InstanceTasks>;
  children: Query<{ id: string; cursor?: string | undefined }, InstanceChildren>;
  /** Tracked. */
  watch: Subscription<{ id: string; lastEventId?: string | undefined }, { id: string; data: InstanceUpdate }>;
  start: Mutation<StartInput, { id: string }>;
  raiseEvent: Mutation<{ id: string; name: string; data: Json }, void>;
  suspend: Mutation<{ id: string; reason: string }, void>;
  resume: Mutation<{ id: string; reason: string }, void>;
  terminate: Mutation<{ id: string; reason: string; recursive: boolean }, void>;
  /** A step held in quarantine. */
  releaseStep: Mutation<{ id: string; step: string; reason?: string | undefined }, void>;
  giveUpStep: Mutation<{ id: string; step: string; reason?: string | undefined }, void>;
  retryStep: Mutation<{ id: string; step: string; reason: string }, void>;
  rewind: Mutation<{ id: string; reason: string }, void>;
  skipStep: Mutation<SkipStepInput, void>;
  setVariables: Mutation<{ id: string; values: Record<string, Json>; reason: string }, void>;
  restart: Mutation<RestartInput, { id: string }>;
  migrationPlan: Query<{ id: string; version: number; mapping?: Record<string, string> | undefined }, MigrationPlan>;
  migrate: Mutation<MigrateInput, void>;
  purge: Mutation<{ id: string }, void>;
  /** Finished test runs. */
  purgeTests: Mutation<{ workflowKey?: string | undefined }, { purged: number; more: boolean }>;
};
