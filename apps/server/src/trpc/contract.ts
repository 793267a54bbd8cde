/**
 * The shapes the tRPC procedures give and take: the seam between the server and the web app.
 * Types only; the zod schemas of the inputs stand beside each procedure. Moments are ISO 8601 strings, durations milliseconds.
 */
import type { EntityEvent, HistoryEvent, HumanTaskBody, InstanceStatus, RequestSource } from '@perdure/engine';
import type {
  EntityTypeDocument,
  Json,
  MigrationPlace,
  MigrationProblem,
  Problem,
  Scenario,
  TemplateCategory,
  TemplateParameter,
  WorkflowDocument,
} from '@perdure/graph';

export type Role = 'viewer' | 'operator' | 'designer' | 'approver' | 'admin';

export type Permission =
  | 'workflow.read'
  | 'workflow.edit'
  | 'workflow.publish'
  | 'instance.read'
  | 'instance.start'
  | 'instance.operate'
  | 'instance.purge'
  | 'task.read'
  | 'task.decide'
  /** See every task, and give it to somebody. */
  | 'task.assign'
  /** See what schemas mark as sensitive. */
  | 'data.sensitive'
  | 'audit.read'
  /** People, keys, settings. */
  | 'admin';

/** session.me */
export interface Me {
  user: { id: string; name: string; email: string };
  groups: string[];
  /** What they hold, themselves and by their groups. Folder '' = all workflows; `finance` covers `finance/invoices`, too. */
  grants: { role: Role | null; folder: string; permissions: Permission[] }[];
  /** All they hold anywhere. */
  permissions: Permission[];
  installation: {
    version: string;
    postgres: string;
    redis: string;
    workers: number;
    demoServices: boolean;
    /** A mail server is set up. */
    mail: boolean;
  };
}

/** A role for all workflows (folder '') or for a folder of them. `sensitive`: it also shows what schemas mark as sensitive. */
export interface RoleGrant {
  role: Role;
  folder: string;
  sensitive: boolean;
}

/** people.list */
export interface PersonRow {
  id: string;
  name: string;
  email: string;
  grants: RoleGrant[];
  groups: { id: string; name: string }[];
  disabledAt: string | null;
  hasPassword: boolean;
  lastSeenAt: string | null;
  createdAt: string;
}

/** people.invitations: those that wait, expired ones included. */
export interface InvitationRow {
  id: string;
  email: string;
  grants: RoleGrant[];
  groups: { id: string; name: string }[];
  expiresAt: string;
  expired: boolean;
  createdAt: string;
  createdBy: string;
}

/** people.invite, people.inviteAgain. The link is told once; `mailed`: it was sent as well. */
export interface InvitationLink {
  link: string;
  mailed: boolean;
  expiresAt: string;
}

/** groups.list */
export interface GroupRow {
  id: string;
  name: string;
  description: string;
  grants: RoleGrant[];
  members: { id: string; name: string; email: string }[];
}

/** apiKeys.list. */
export interface ApiKeySummary {
  id: string;
  name: string;
  /** Its first characters. */
  prefix: string;
  permissions: Permission[];
  /** '' = all workflows. */
  folder: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  createdAt: string;
  createdBy: string;
  state: 'good' | 'expired' | 'revoked';
}

/** account.get */
export interface OwnAccount {
  hasPassword: boolean;
  sessions: { id: string; current: boolean; address: string; device: string; createdAt: string; lastUsedAt: string }[];
}

/** workflows.list */
export interface WorkflowSummary {
  key: string;
  title: string;
  description: string;
  /** '' = none. */
  folder: string;
  sample: boolean;
  latestVersion: number | null;
  /** The draft differs from the latest version. */
  hasUnpublishedChanges: boolean;
  draftSavedAt: string;
  draftSavedBy: string;
  /** Live instances (Pending, Running, Suspended) and the latest start. */
  liveInstances: number;
  lastStartedAt: string | null;
}

/** workflows.get */
export interface WorkflowDetail {
  key: string;
  title: string;
  description: string;
  folder: string;
  sample: boolean;
  draft: WorkflowDocument;
  draftRevision: number;
  draftSavedAt: string;
  draftSavedBy: string;
  latestVersion: number | null;
  latestVersionDraftRevision: number | null;
}

/** workflows.saveDraft: conflict carries what is stored now. */
export type SaveDraftResult =
  | { ok: true; draftRevision: number; savedAt: string }
  | { ok: false; code: 'draft.conflict'; draftRevision: number; savedAt: string; savedBy: string; draft: WorkflowDocument };

/** workflows.publish */
export type PublishResult =
  | { ok: true; version: number; runningOnOlder: number }
  | { ok: false; code: 'publish.problems' | 'draft.conflict'; problems: Problem[] }
  /** Scenarios of the draft failed. Published all the same when it is asked for `despiteScenarios`. */
  | { ok: false; code: 'publish.scenarios'; problems: Problem[]; scenarios: ScenarioResult[] };

/** workflows.runDraft. Starts a test run of the draft. `from`: in the middle, with the data of `run` and the values given in their place. */
export interface RunDraftInput {
  key: string;
  draftRevision: number;
  input?: Json;
  /** Use the pins of the draft. Default true. */
  pins?: boolean;
  /** Skip timers and waits before retries. Default false. */
  fastForward?: boolean;
  from?: { node: string; only: boolean; run?: string; outputs?: Record<string, Json>; vars?: Record<string, Json> };
}

export type RunDraftResult = { ok: true; id: string } | DraftRefusal;

export type DraftRefusal = { ok: false; code: 'draft.conflict' | 'draft.problems'; problems: Problem[] };

/** workflows.runScenarios: in the order of the document. */
export type RunScenariosResult = { ok: true; results: ScenarioResult[] } | DraftRefusal;

export interface ScenarioResult {
  id: string;
  title: string;
  passed: boolean;
  /** Null when it could not be started. */
  instanceId: string | null;
  differences: ScenarioDifference[];
  ms: number;
}

export interface ScenarioDifference {
  what: 'start' | 'time' | 'pins' | 'status' | 'code' | 'output' | 'through';
  message: string;
  expected?: Json;
  actual?: Json;
}

/** workflows.scenarioOfRun. `omitted`: what could not be taken over, in sentences. */
export interface ScenarioOfRun {
  scenario: Omit<Scenario, 'id'>;
  omitted: string[];
}

/** workflows.pastRun: an instance's data before it came to the node for the last time. Large values as previews. */
export interface PastRunData {
  instanceId: string;
  input: Json;
  outputs: Record<string, Json>;
  vars: Record<string, Json>;
}

/** workflows.versions */
export interface VersionSummary {
  version: number;
  /** Empty: it has none. */
  name: string;
  note: string;
  publishedAt: string;
  publishedBy: string;
  liveInstances: number;
}

/** workflows.presence (subscription): who has the workflow open, whoever asks included; told anew whenever that changes. */
export interface PresentPerson {
  /** One open page; a person may have several. */
  visit: string;
  userId: string;
  name: string;
  /** May change the workflow. */
  edits: boolean;
  since: string;
  /** The node whose fields are open there. */
  node: string | null;
}

/** templates.list */
export interface TemplateSummary {
  key: string;
  title: string;
  description: string;
  category: TemplateCategory;
  /** `fan-out`, `critical section` … */
  patterns: string[];
}

/** templates.get */
export interface TemplateDetail extends TemplateSummary {
  /** What can be learnt from it, in a few sentences. */
  shows: string;
  parameters: TemplateParameter[];
  /** A workflow document with placeholders: `fillTemplate` of the graph fills them. */
  document: Json;
  entityTypes: TemplateEntityType[];
  workflows: TemplateWorkflow[];
}

/** An entity type the template works with. `different`: there is one of this name that is not what the template has; it stays as it is. */
export interface TemplateEntityType {
  name: string;
  title: string;
  state: 'missing' | 'same' | 'different' | 'archived';
}

/** A workflow the template starts as a sub-workflow. */
export interface TemplateWorkflow {
  key: string;
  title: string;
  state: 'missing' | 'draft' | 'published' | 'archived';
}

/** templates.use: the new draft, and how the things it needs were found; what was missing has been created, workflows as drafts. */
export interface UsedTemplate {
  key: string;
  entityTypes: TemplateEntityType[];
  workflows: TemplateWorkflow[];
}

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

export interface InstanceListResult {
  rows: InstanceRow[];
  /** Exact up to 10,000. */
  count: CappedCount;
  total: CappedCount;
  olderCursor: string | null;
  newerCursor: string | null;
  /** Parts of ids were looked for among this many of the newest instances only; null: nothing was left out. */
  searchedNewest: number | null;
}

export interface CappedCount {
  value: number;
  exact: boolean;
}

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
  sample: Pick<InstanceRow, 'id' | 'workflowKey' | 'workflowTitle' | 'version' | 'status' | 'createdAt'>[];
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
  after: number | null;
}

/** views.list. `search`: the list's filters as they stand in its address. */
export interface SavedView {
  id: string;
  name: string;
  search: Record<string, Json>;
  /** Everybody sees it. */
  shared: boolean;
  owner: { id: string; name: string };
}

export type DashboardWindow = '1h' | '24h' | '7d' | '30d';

/** dashboard.get. What the person may see, without test runs. */
export interface DashboardData {
  window: DashboardWindow;
  /** How long a point's stretch is. */
  pointMinutes: number;
  computedAt: string;
  now: { running: number; waiting: number; hot: number };
  /** Oldest first, without gaps; the last is under way. */
  points: DashboardPoint[];
  totals: { started: number; completed: number; failed: number; terminated: number; p50Ms: number | null; p95Ms: number | null };
  /** Of the window before this one. */
  before: { completed: number };
  openIncidents: number;
  oldest: { id: string; workflowKey: string; status: ShownStatus; whereabouts: Whereabouts | null; createdAt: string } | null;
  waits: { kind: WaitingKind | 'other'; instances: number; oldestSince: string; nextUntil: string | null }[];
  overdueTasks: number;
  incidents: IncidentRow[];
  partitions: number;
  workers: { id: string; partitions: number; turnsPerSecond: number | null; seenAt: string; isGone: boolean }[];
  /** Where states were found in the last 15 minutes; null while none was needed. */
  stateReads: { memory: number; hot: number; postgres: number } | null;
}

export interface DashboardPoint {
  at: string;
  started: number;
  completed: number;
  failed: number;
  terminated: number;
  /** At its end. */
  running: number;
  waiting: number;
  p50Ms: number | null;
  p95Ms: number | null;
}

/** `open`: instances are failed or stuck in it now; `resolved`: none is any more; `ignored`: somebody said that it does not matter. */
export type IncidentState = 'open' | 'resolved' | 'ignored';

export interface IncidentRow {
  fingerprint: string;
  kind: 'failure' | 'stuck';
  state: IncidentState;
  workflowKey: string;
  workflowTitle: string;
  node: string;
  title: string;
  code: string;
  message: string;
  firstSeenAt: string;
  lastSeenAt: string;
  /** Ever. */
  failures: number;
  /** Instances that are failed or stuck in it now. */
  open: number;
  lastInstanceId: string;
  /** How often in each of the last 24 hours, oldest first. */
  hours: number[];
  ignored: { by: string; at: string; reason: string } | null;
}

/** incidents.list. By when it was seen last. */
export interface IncidentListResult {
  rows: IncidentRow[];
  counts: Record<IncidentState, number>;
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
  /** `children`: how many it started itself. */
  children: { id: string; workflowKey: string; status: ShownStatus; step: string; children: number }[];
  /** Names of the people its history mentions by id. */
  people: { id: string; name: string }[];
  tasks: TaskRow[];
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

/** feed.watch (subscription): something in a list changed; refetch. Coalesced to at most 4 per second. */
export interface FeedHint {
  instances: boolean;
  tasks: boolean;
  workflows: boolean;
  /** What is counted of instances, or an incident. */
  monitor: boolean;
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

export type { MigrationPlace, MigrationProblem } from '@perdure/graph';

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
}

/** instances.migrate. `mapping`: old node to new node, for those that are not mapped by their id. Refused as `migration.problems` with the problems as details. */
export interface MigrateInput {
  id: string;
  version: number;
  mapping?: Record<string, string> | undefined;
  reason: string;
}

/** Somebody, as lists show them. */
export interface PersonName {
  id: string;
  name: string;
}

/** tasks.list */
export interface TaskRow {
  id: string;
  title: string;
  workflowKey: string;
  workflowTitle: string;
  version: number;
  instanceId: string;
  node: string;
  priority: number;
  status: 'open' | 'decided' | 'expired' | 'cancelled';
  /** The first of `holders`; of a closed task, who held it last. */
  assignee: PersonName | null;
  claimedAt: string | null;
  /** Who has it now: one person, or under a quorum one for each seat that is taken. Those who have voted hold no seat any more. */
  holders: TaskHolder[];
  /** Null: one decision is enough. */
  quorum: { needed: number; got: number } | null;
  dueAt: string | null;
  deadlineAt: string | null;
  createdAt: string;
  escalatedAt: string | null;
  /** Until when the person who asks has put it off; may have passed. Null: not put off. */
  followUpAt: string | null;
  comments: number;
  attachments: number;
  outcome: string | null;
  decidedBy: PersonName | null;
  closedAt: string | null;
  /** First lines of the context, for the list: "Nordlicht AB, 12,480.50 EUR". */
  excerpt: string;
}

export interface TaskHolder extends PersonName {
  at: string;
  how: 'claimed' | 'assigned' | 'delegated';
  /** Who assigned or delegated it. */
  from: PersonName | null;
}

export interface TaskListInput {
  /**
   * mine: held by me and not put off; available: open, with a free seat, for me or my groups; all: open ones I may see;
   * followUp: open ones I have put off; closed: decided, expired or cancelled.
   */
  view: 'mine' | 'available' | 'all' | 'followUp' | 'closed';
  /** followUp: by the moment until which I have put them off. Default: due; of closed ones always the newest first. */
  sort?: 'due' | 'priority' | 'created' | 'followUp';
  /** In title, instance id, workflow key or context. */
  text?: string;
  workflowKey?: string;
  overdue?: boolean;
  /** 0 to 100: at least this. */
  minPriority?: number;
  cursor?: string;
  limit?: number;
}

/** Each is exact to 10,000; 10,001 stands for more. */
export interface TaskCounts {
  mine: number;
  available: number;
  all: number;
  followUp: number;
  /** Of `mine`. */
  overdue: number;
}

export interface TaskListResult {
  rows: TaskRow[];
  counts: TaskCounts;
  nextCursor: string | null;
}

/** tasks.get */
export interface TaskDetail extends TaskRow {
  description: string | null;
  context: Json;
  formSchema: Json | null;
  outcomes: HumanTaskBody['outcomes'];
  candidates: string[];
  data: Json;
  comment: string | null;
  draft: Json | null;
  draftSavedAt: string | null;
  votes: TaskVote[];
  /** What the decision takes. `others`: whether a vote for another outcome decides at once, or needs as many votes. */
  rule: {
    needed: number;
    outcome: string;
    others: 'decide' | 'count';
    requiredGroups: { name: string; met: boolean }[];
  };
  /** What happens if nobody acts, by time; `done`: it has happened. `to`: whom it is escalated to. */
  schedule: { at: string; what: 'reminder' | 'due' | 'escalation' | 'deadline'; done: boolean; to: string[] }[];
  /** Why the person who asks may not, in words; null = they may. */
  refusals: Record<'claim' | 'release' | 'decide' | 'delegate' | 'assign', string | null>;
  files: TaskFile[];
  trail: TaskTrailEntry[];
}

export interface TaskTrailEntry {
  at: string;
  what:
    | 'created'
    | 'claimed'
    | 'released'
    | 'assigned'
    | 'delegated'
    | 'voted'
    | 'decided'
    | 'reminded'
    | 'escalated'
    | 'expired'
    | 'cancelled';
  by: PersonName | null;
  /** Who has it now: assigned, delegated. */
  to: PersonName | null;
  /** Candidates added: escalated. */
  candidates: string[];
  outcome: string | null;
  /** Of a vote or decision; of an assignment, the note that came with it. */
  comment: string | null;
}

export interface TaskVote {
  by: PersonName;
  outcome: string;
  comment: string | null;
  at: string;
  /** Of the required groups, those the voter was in. */
  groups: string[];
}

/** Uploaded by POST /api/tasks/:id/files?name=… (the bytes as body), read by GET /api/tasks/:id/files/:file. */
export interface TaskFile {
  id: string;
  name: string;
  /** As found in its content. */
  type: string;
  bytes: number;
  by: PersonName;
  at: string;
}

/** tasks.comments: oldest first. */
export interface TaskComment {
  id: string;
  by: PersonName;
  at: string;
  text: string;
  mentions: PersonName[];
}

/** tasks.candidatesFor: people who may decide it first. `refusal`: why it cannot be given to them. */
export interface TaskCandidate extends PersonName {
  email: string;
  refusal: string | null;
}

/** tasks.bulkPreview. All of one type: the same node of one workflow. */
export interface BulkTaskPreview {
  /** What those that qualify can all be given. */
  outcomes: HumanTaskBody['outcomes'];
  items: { id: string; title: string; refusal: string | null }[];
}

/** tasks.bulkDecide: in the order asked. */
export interface BulkTaskResult {
  items: { id: string; title: string; ok: boolean; message: string }[];
}

/** workflows.version */
export interface VersionDetail {
  document: WorkflowDocument;
  name: string;
  note: string;
  publishedAt: string;
  publishedBy: string;
}

/** workflows.lastRun: what the latest instance of the workflow, or a chosen one, was given and what its steps gave, for previews in the editor. */
export interface LastRun {
  instanceId: string;
  input: Json;
  steps: Record<string, { output: Json }>;
}

/** expressions.preview */
export type PreviewResult = { ok: true; value: Json | null; ms: number } | { ok: false; code: string; message: string };

/** entities.list, by name and key. */
export interface EntityRow {
  name: string;
  key: string;
  /** False = it has no state (any more): it is only locked or waited for, or it has ended. */
  exists: boolean;
  /** Values over 64 KB are cut to a preview: { $preview, bytes }. */
  state: Json;
  /** Of its type, when it ran last. */
  version: number;
  lockedBy: { instanceId: string; step: string } | null;
  /** Requests that wait until the lock is released. */
  queued: number;
  /** Signals whose moment has not come. */
  delayed: number;
  lastOperationAt: string | null;
}

export interface EntityListInput {
  name?: string;
  /** Start of the key; needs a name. */
  keyPrefix?: string;
  cursor?: string;
  limit?: number;
}

export interface EntityListResult {
  rows: EntityRow[];
  nextCursor: string | null;
}

/** entities.get */
export interface EntityDetail extends EntityRow {
  seq: number;
  startedAt: string;
  /** The first 20 requests that wait until the lock is released, in their order. `operation`: null = a lock. */
  waiting: { operation: string | null; from: RequestSource }[];
  /** The last 200 at most, oldest first. */
  events: EntityEvent[];
}

/** entityTypes.get */
export interface EntityTypeDetail {
  name: string;
  title: string;
  description: string;
  version: number;
  document: EntityTypeDocument;
  updatedAt: string;
  updatedBy: string;
}

/** entityTypes.list. `entities`: live ones, counted up to 10,001. */
export interface EntityTypeSummary extends EntityTypeDetail {
  entities: number;
}

/** entityTypes.save. `baseVersion` null makes a new type. The document may have mistakes in it: they are answered. */
export interface SaveEntityTypeInput {
  name: string;
  baseVersion: number | null;
  title: string;
  description?: string;
  document: Json;
}

export type SaveEntityTypeResult =
  | { ok: true; version: number }
  | { ok: false; code: 'entity-type.problems'; problems: Problem[] }
  | { ok: false; code: 'entity-type.conflict'; version: number; savedBy: string };

/** audit.list: newest first; `cursor` is the `nextCursor` of the page before. */
export interface AuditListInput {
  actor?: string | undefined;
  actions?: string[] | undefined;
  /** Exactly: `workflow:…`, `instance:…`, `user:…` */
  target?: string | undefined;
  from?: string | undefined;
  before?: string | undefined;
  text?: string | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
}

export interface AuditListResult {
  rows: AuditRow[];
  nextCursor: string | null;
  /** A text was looked for down to this moment; the next page goes on from there. */
  searchedTo: string | null;
}

export interface AuditRow {
  id: string;
  at: string;
  /** `name` of a person; null for keys and the system, which their id names. */
  actor: { id: string; name: string | null };
  action: string;
  target: { id: string; name: string | null };
  detail: Json;
  /** The fields that differ, null when the entry tells none. */
  before: Json;
  after: Json;
  reason: string | null;
  requestId: string | null;
  address: string | null;
  /** `unknown`: the server stopped before it knew, and nothing tells afterwards. */
  outcome: 'done' | 'unknown';
  /** Null until sealed, a few seconds later. */
  hash: string | null;
}

/** audit.choices: who and what occurs in the log. */
export interface AuditChoices {
  actors: { id: string; name: string | null }[];
  actions: string[];
}

export type AlertKind = 'failure-rate' | 'stuck' | 'queue-lag' | 'overdue-tasks';

/** alerts.save. `threshold`: percent, instances, seconds or tasks, by kind. `windowSeconds`: of a rate; else for how long already. */
export interface AlertRuleInput {
  /** Not set: a new one. */
  id?: string | undefined;
  name: string;
  kind: AlertKind;
  /** Null: all. */
  workflowKey: string | null;
  threshold: number;
  /** Of a rate: fewer finished ones than this say nothing. */
  minimum: number;
  windowSeconds: number;
  cooldownSeconds: number;
  remindEverySeconds: number | null;
  tellResolved: boolean;
  emails: string[];
  webhookUrl: string | null;
  enabled: boolean;
}

export interface AlertRule extends AlertRuleInput {
  id: string;
  /** What the latest look found; null when it found too little, or there was none yet. */
  value: number | null;
  evaluatedAt: string | null;
  /** Why it could not be looked at. */
  problem: string | null;
  firing: { since: string; worst: number; told: number } | null;
}

export interface AlertFiringRow {
  id: string;
  ruleId: string;
  name: string;
  kind: AlertKind;
  startedAt: string;
  /** Null: it goes on. */
  endedAt: string | null;
  worst: number;
  /** How often it was told; 0: the cooldown kept it quiet. */
  told: number;
}

export interface AlertDelivery {
  id: string;
  /** `alert.firing`, `alert.reminder`, `alert.resolved`, `alert.test` */
  kind: string;
  channel: 'email' | 'webhook';
  recipient: string;
  createdAt: string;
  attempts: number;
  state: 'waiting' | 'sent' | 'failed';
  /** Of the latest attempt that failed. */
  reason: string | null;
  nextAttemptAt: string | null;
}

/** alerts.list: the newest 50 firings and notices. */
export interface AlertList {
  rules: AlertRule[];
  firings: AlertFiringRow[];
  deliveries: AlertDelivery[];
}

export type NotificationKind = 'task.new' | 'task.assigned' | 'task.mention' | 'task.reminder' | 'alert';

/** notifications.get */
export interface NotificationSettings {
  /** A mail server is set up. */
  mail: boolean;
  email: string;
  channels: Record<NotificationKind, 'email' | 'none'>;
}

/** What every error carries, in `data.perdure` of a tRPC error and in `error` of an HTTP answer. */
export interface PerdureError {
  code: string;
  message: string;
  details?: Json;
}

/** One entry of the details of `input.invalid`. `field` is a path: `document.nodes.0.id`. */
export interface FieldProblem {
  field: string;
  message: string;
}

/*
 * Procedures (router name.procedure: input → output)
 *   session.me: void → Me                                               (any signed-in user)
 *   people.list: void → PersonRow[]                                     admin
 *   people.invitations: void → InvitationRow[]                          admin
 *   people.invite: { email, grants, groupIds } → InvitationLink         admin
 *   people.inviteAgain: { id } → InvitationLink                         admin (the earlier link is good no more)
 *   people.withdrawInvitation: { id } → void                            admin
 *   people.setRoles: { id, grants } → void                              admin
 *   people.setDisabled: { id, disabled } → void                         admin
 *   people.endSessions: { id } → void                                   admin
 *   people.resetLink: { id } → { link }                                 admin (one use, sets a new password)
 *   groups.list: void → GroupRow[]                                      admin
 *   groups.save: { id, name, description, grants, memberIds } → { id }  admin
 *   groups.remove: { id } → void                                        admin
 *   apiKeys.list: void → ApiKeySummary[]                                admin
 *   apiKeys.create: { name, permissions, folder, expiresAt } → { key }  admin (told once)
 *   apiKeys.revoke: { id } → void                                       admin
 *   account.get: void → OwnAccount                                      (any signed-in user)
 *   account.rename: { name } → void                                     (any signed-in user)
 *   account.endSession: { id } → void, account.endOtherSessions: void → void   (any signed-in user, own ones)
 *   workflows.folders: void → string[]                                  workflow.read (those within reach)
 *   workflows.list: { text? } → WorkflowSummary[]                       workflow.read
 *   workflows.get: { key } → WorkflowDetail                             workflow.read
 *   workflows.create: { title, key?, description?, folder?, document? } → { key }            workflow.edit
 *   workflows.rename: { key, title, description?, folder? } → void               workflow.edit
 *   workflows.archive: { key } → void                                   workflow.edit
 *   workflows.saveDraft: { key, baseRevision, document, force? } → SaveDraftResult     workflow.edit
 *   workflows.check: { document } → Problem[]                           workflow.read (a mutation: documents are large)
 *   workflows.publish: { key, draftRevision, name?, note?, despiteScenarios? } → PublishResult    workflow.publish
 *   workflows.runDraft: RunDraftInput → RunDraftResult                  workflow.edit and instance.start
 *   workflows.runScenarios: { key, draftRevision, ids? } → RunScenariosResult   workflow.edit and instance.start
 *   workflows.scenarioOfRun: { instanceId, pinsActivities } → ScenarioOfRun     instance.read
 *   workflows.pastRun: { key, instanceId?, node? } → PastRunData | null  instance.read
 *   workflows.versions: { key } → VersionSummary[]                      workflow.read
 *   workflows.version: { key, version } → VersionDetail                 workflow.read
 *   workflows.describeVersion: { key, version, name, note } → void      workflow.publish
 *   workflows.lastRun: { key, instanceId? } → { instanceId, steps: Record<nodeId, { output: Json }>, input: Json } | null   instance.read (sample data for the expression editor)
 *   templates.list: void → TemplateSummary[]                            workflow.read
 *   templates.get: { key } → TemplateDetail                             workflow.read
 *   templates.use: { template, title, key?, folder?, values } → UsedTemplate     workflow.edit
 *   expressions.preview: { source, data: Json } → { ok: true, value: Json | null, ms } | { ok: false, code, message }   workflow.edit (a mutation: its data can be large)
 *   instances.list: InstanceListInput → InstanceListResult              instance.read
 *   instances.get: { id } → InstanceDetail                              instance.read
 *   instances.history: { id, afterSeq?, limit?, lean? } → HistoryPage          instance.read
 *                        with `lean` values over 200 characters are { $omitted: bytes, seq, field }
 *   instances.historyOutline: { id } → HistoryStretch[]                 instance.read
 *   instances.checkpointBefore: { id, seq } → CheckpointBefore          instance.read
 *   instances.payload: { id, hash } → Json                              instance.read (only hashes that occur in that instance's history)
 *   instances.watch: { id, lastEventId? } → InstanceUpdate (subscription, tracked)   instance.read
 *   instances.start: StartInput → { id }                                instance.start
 *   instances.raiseEvent: { id, name, data } → void                     instance.operate
 *   instances.suspend / resume: { id, reason } → void                   instance.operate
 *   instances.terminate: { id, reason, recursive } → void               instance.operate
 *   instances.releaseStep / giveUpStep: { id, step, reason? } → void     instance.operate (a step held in quarantine)
 *   instances.purge: { id } → void                                      instance.purge
 *   instances.purgeTests: { workflowKey? } → { purged, more }           instance.purge (finished test runs)
 *   tasks.list: TaskListInput → TaskListResult                          task.read
 *   tasks.get: { id } → TaskDetail                                      task.read
 *   tasks.counts: void → TaskCounts                                     task.read
 *   tasks.claim / release: { id } → void                                task.decide
 *   tasks.assign: { id, to, from?, note? } → void                       task.assign (`to`, `from`: user ids; `from`: whose seat, when there are several)
 *   tasks.delegate: { id, to, note? } → void                            task.decide (who holds it)
 *   tasks.candidatesFor: { id, text? } → TaskCandidate[]                task.decide (at most 20)
 *   tasks.saveDraft: { id, data } → { savedAt }                         task.decide
 *   tasks.decide: { id, outcome, data, comment? } → { open: boolean }   task.decide (`open`: the vote counts, and more are needed)
 *   tasks.bulkPreview: { ids } → BulkTaskPreview                        task.decide (at most 200)
 *   tasks.bulkDecide: { ids, outcome, comment? } → BulkTaskResult       task.decide
 *   tasks.followUp: { id, at } → void                                   task.read (at: null = not any more)
 *   tasks.comments: { id } → TaskComment[]                              task.read
 *   tasks.comment: { id, text, mentions } → TaskComment                 task.read (mentions: user ids who may see the task)
 *   tasks.removeFile: { id, file } → void                               task.decide (own files, while the task is open)
 *   workflows.presence: { key, visit, node } → PresentPerson[] (subscription)   workflow.read
 *   entities.list: EntityListInput → EntityListResult                   instance.read
 *   entities.get: { name, key } → EntityDetail                          instance.read
 *   entities.signal: { name, key, operation, input } → void             instance.operate
 *   entityTypes.list / get: { name } → EntityTypeSummary[] / EntityTypeDetail   workflow.read
 *   entityTypes.save: SaveEntityTypeInput → SaveEntityTypeResult         workflow.edit
 *   entityTypes.check: { document } → Problem[]                         workflow.read
 *   entityTypes.archive: { name } → void                                workflow.edit
 *   audit.list: AuditListInput → AuditListResult                        audit.read
 *   audit.choices: void → AuditChoices                                  audit.read
 *   instances.count: InstanceFilterInput → CappedCount                  instance.read
 *   views.list: void → SavedView[]                                      instance.read
 *   views.save: { id?, name, shared, search } → { id }                  instance.read (its owner only)
 *   views.remove: { id } → void                                         instance.read (its owner only)
 *   listSettings.get: { list } → Json | null                            (any signed-in user)
 *   listSettings.save: { list, setting } → void                         (any signed-in user)
 *   dashboard.get: { window, workflowKey? } → DashboardData             instance.read
 *   incidents.list: { states?, workflowKey?, text? } → IncidentListResult   instance.read
 *   incidents.get: { fingerprint } → IncidentRow                        instance.read
 *   incidents.ignore: { fingerprint, reason } → void                    instance.operate
 *   incidents.heed: { fingerprint } → void                              instance.operate (not ignored any more)
 *   alerts.list: void → AlertList                                       admin
 *   alerts.save: AlertRuleInput → { id }                                admin
 *   alerts.remove: { id } → void                                        admin
 *   alerts.test: { id } → { notices }                                   admin
 *   alerts.webhookKey: { id, renew } → { key }                          admin
 *   notifications.get: void → NotificationSettings                      (any signed-in user)
 *   notifications.set: { kind, channel } → void                         (any signed-in user)
 *   bulk.preview: { request, filter } → BulkPreview                     instance.operate (to purge: instance.purge)
 *   bulk.create: BulkCreateInput → { id }                               instance.operate (to purge: instance.purge)
 *   bulk.list: void → BulkJob[]                                         instance.read (one's own; with the right for all workflows: everybody's)
 *   bulk.get: { id } → BulkJob                                          instance.read (as bulk.list)
 *   bulk.items: { id, states?, after?, limit? } → BulkItemsResult       instance.read (as bulk.list)
 *   bulk.pause / resume / stop / retryFailed: { id } → void             instance.operate (one's own; for all workflows: everybody's)
 *   feed.watch: void → FeedHint (subscription)                          (any signed-in user)
 *
 * Errors: TRPCError whose `data.perdure` is { code, message, details? }; codes are listed in docs/errors.md.
 * The zod failure of an input gives code `input.invalid` with details { field, message }[].
 */
