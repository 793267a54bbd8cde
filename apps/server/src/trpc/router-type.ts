/**
 * The router as the web app sees it: types only, written out from the contract, so that the web app compiles against the contract
 * and not against the server's sources. `router.ts` proves (at compile time) that the real router has exactly this shape.
 */
import type {
  TRPCBuiltRouter,
  TRPCDefaultErrorData,
  TRPCErrorShape,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCSubscriptionProcedure,
} from '@trpc/server';
import type { Json, Problem, TemplateValues, WorkflowDocument } from '@perdure/graph';
import type {
  BulkTaskPreview,
  BulkTaskResult,
  CheckpointBefore,
  ApiKeySummary,
  BulkCreateInput,
  BulkItemsResult,
  BulkItemState,
  BulkJob,
  BulkPreview,
  BulkRequest,
  CappedCount,
  DashboardData,
  DashboardWindow,
  EntityDetail,
  EntityListInput,
  EntityListResult,
  EntityTypeDetail,
  EntityTypeSummary,
  FeedHint,
  GroupRow,
  HistoryPage,
  HistoryStretch,
  IncidentListResult,
  IncidentRow,
  IncidentState,
  InstanceDetail,
  InstanceFilterInput,
  InstanceListInput,
  InstanceListResult,
  InstanceUpdate,
  InvitationLink,
  InvitationRow,
  LastRun,
  Me,
  MigrateInput,
  MigrationPlan,
  OwnAccount,
  PastRunData,
  Permission,
  PersonRow,
  PerdureError,
  PresentPerson,
  PreviewResult,
  PublishResult,
  RoleGrant,
  RunDraftInput,
  RunDraftResult,
  RunScenariosResult,
  RestartInput,
  SaveDraftResult,
  SaveEntityTypeInput,
  SaveEntityTypeResult,
  SavedView,
  ScenarioOfRun,
  SkipStepInput,
  StartInput,
  TaskCandidate,
  TaskComment,
  TaskCounts,
  TaskDetail,
  TaskListInput,
  TaskListResult,
  TemplateDetail,
  TemplateSummary,
  UsedTemplate,
  VersionDetail,
  VersionSummary,
  WorkflowDetail,
  WorkflowSummary,
  AlertList,
  AlertRuleInput,
  AuditChoices,
  AuditListInput,
  AuditListResult,
  NotificationKind,
  NotificationSettings,
} from './contract.ts';

export type AppErrorShape = TRPCErrorShape<TRPCDefaultErrorData & { perdure: PerdureError }> & { message: string };

type Query<Input, Output> = TRPCQueryProcedure<{ input: Input; output: Output; meta: object }>;
type Mutation<Input, Output> = TRPCMutationProcedure<{ input: Input; output: Output; meta: object }>;
type Subscription<Input, Output> = TRPCSubscriptionProcedure<{ input: Input; output: AsyncIterable<Output, void, unknown>; meta: object }>;

export type AppRouterRecord = {
  session: {
    me: Query<void, Me>;
  };
  account: {
    get: Query<void, OwnAccount>;
    rename: Mutation<{ name: string }, void>;
    endSession: Mutation<{ id: string }, void>;
    endOtherSessions: Mutation<void, void>;
  };
  people: {
    list: Query<void, PersonRow[]>;
    invitations: Query<void, InvitationRow[]>;
    invite: Mutation<{ email: string; grants: RoleGrant[]; groupIds: string[] }, InvitationLink>;
    inviteAgain: Mutation<{ id: string }, InvitationLink>;
    withdrawInvitation: Mutation<{ id: string }, void>;
    setRoles: Mutation<{ id: string; grants: RoleGrant[] }, void>;
    setDisabled: Mutation<{ id: string; disabled: boolean }, void>;
    endSessions: Mutation<{ id: string }, void>;
    resetLink: Mutation<{ id: string }, { link: string }>;
  };
  groups: {
    list: Query<void, GroupRow[]>;
    save: Mutation<{ id: string | null; name: string; description: string; grants: RoleGrant[]; memberIds: string[] }, { id: string }>;
    remove: Mutation<{ id: string }, void>;
  };
  apiKeys: {
    list: Query<void, ApiKeySummary[]>;
    create: Mutation<{ name: string; permissions: Permission[]; folder: string; expiresAt: string | null }, { key: string }>;
    revoke: Mutation<{ id: string }, void>;
  };
  workflows: {
    folders: Query<void, string[]>;
    list: Query<{ text?: string | undefined } | void, WorkflowSummary[]>;
    get: Query<{ key: string }, WorkflowDetail>;
    create: Mutation<
      {
        title: string;
        key?: string | undefined;
        description?: string | undefined;
        folder?: string | undefined;
        document?: WorkflowDocument | undefined;
      },
      { key: string }
    >;
    rename: Mutation<{ key: string; title: string; description?: string | undefined; folder?: string | undefined }, void>;
    archive: Mutation<{ key: string }, void>;
    saveDraft: Mutation<{ key: string; baseRevision: number; document: WorkflowDocument; force?: boolean | undefined }, SaveDraftResult>;
    check: Mutation<{ document: WorkflowDocument }, Problem[]>;
    publish: Mutation<
      { key: string; draftRevision: number; name?: string | undefined; note?: string | undefined; despiteScenarios?: boolean | undefined },
      PublishResult
    >;
    runDraft: Mutation<RunDraftInput, RunDraftResult>;
    runScenarios: Mutation<{ key: string; draftRevision: number; ids?: string[] | undefined }, RunScenariosResult>;
    scenarioOfRun: Query<{ instanceId: string; pinsActivities: boolean }, ScenarioOfRun>;
    pastRun: Query<{ key: string; instanceId?: string | undefined; node?: string | undefined }, PastRunData | null>;
    versions: Query<{ key: string }, VersionSummary[]>;
    version: Query<{ key: string; version: number }, VersionDetail>;
    describeVersion: Mutation<{ key: string; version: number; name: string; note: string }, void>;
    lastRun: Query<{ key: string; instanceId?: string }, LastRun | null>;
    presence: Subscription<{ key: string; visit: string; node: string | null }, PresentPerson[]>;
  };
  templates: {
    list: Query<void, TemplateSummary[]>;
    get: Query<{ key: string }, TemplateDetail>;
    use: Mutation<
      { template: string; title: string; key?: string | undefined; folder?: string | undefined; values: TemplateValues },
      UsedTemplate
    >;
  };
  expressions: {
    preview: Mutation<{ source: string; data: Json }, PreviewResult>;
  };
  instances: {
    list: Query<InstanceListInput, InstanceListResult>;
    count: Query<InstanceFilterInput, CappedCount>;
    get: Query<{ id: string }, InstanceDetail>;
    history: Query<{ id: string; afterSeq?: number | undefined; limit?: number | undefined; lean?: boolean | undefined }, HistoryPage>;
    historyOutline: Query<{ id: string }, HistoryStretch[]>;
    checkpointBefore: Query<{ id: string; seq: number }, CheckpointBefore>;
    payload: Query<{ id: string; hash: string }, Json>;
    watch: Subscription<{ id: string; lastEventId?: string | undefined }, { id: string; data: InstanceUpdate }>;
    start: Mutation<StartInput, { id: string }>;
    raiseEvent: Mutation<{ id: string; name: string; data: Json }, void>;
    suspend: Mutation<{ id: string; reason: string }, void>;
    resume: Mutation<{ id: string; reason: string }, void>;
    terminate: Mutation<{ id: string; reason: string; recursive: boolean }, void>;
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
    purgeTests: Mutation<{ workflowKey?: string | undefined }, { purged: number; more: boolean }>;
  };
  views: {
    list: Query<void, SavedView[]>;
    save: Mutation<{ id?: string | undefined; name: string; shared: boolean; search: Record<string, Json> }, { id: string }>;
    remove: Mutation<{ id: string }, void>;
  };
  listSettings: {
    get: Query<{ list: 'instances' }, Json>;
    save: Mutation<{ list: 'instances'; setting: { columns: string[]; density: 'comfortable' | 'compact' } }, void>;
  };
  dashboard: {
    get: Query<{ window: DashboardWindow; workflowKey?: string | undefined }, DashboardData>;
  };
  incidents: {
    list: Query<{ states?: IncidentState[] | undefined; workflowKey?: string | undefined; text?: string | undefined }, IncidentListResult>;
    get: Query<{ fingerprint: string }, IncidentRow>;
    ignore: Mutation<{ fingerprint: string; reason: string }, void>;
    heed: Mutation<{ fingerprint: string }, void>;
  };
  tasks: {
    list: Query<TaskListInput, TaskListResult>;
    counts: Query<void, TaskCounts>;
    get: Query<{ id: string }, TaskDetail>;
    claim: Mutation<{ id: string }, void>;
    release: Mutation<{ id: string }, void>;
    assign: Mutation<{ id: string; to: string; from?: string | undefined; note?: string | undefined }, void>;
    delegate: Mutation<{ id: string; to: string; note?: string | undefined }, void>;
    candidatesFor: Query<{ id: string; text?: string | undefined }, TaskCandidate[]>;
    saveDraft: Mutation<{ id: string; data: Json }, { savedAt: string }>;
    decide: Mutation<{ id: string; outcome: string; data: Json; comment?: string | undefined }, { open: boolean }>;
    bulkPreview: Query<{ ids: string[] }, BulkTaskPreview>;
    bulkDecide: Mutation<{ ids: string[]; outcome: string; comment?: string | undefined }, BulkTaskResult>;
    followUp: Mutation<{ id: string; at: string | null }, void>;
    comments: Query<{ id: string }, TaskComment[]>;
    comment: Mutation<{ id: string; text: string; mentions: string[] }, TaskComment>;
    removeFile: Mutation<{ id: string; file: string }, void>;
  };
  entities: {
    list: Query<EntityListInput, EntityListResult>;
    get: Query<{ name: string; key: string }, EntityDetail>;
    signal: Mutation<{ name: string; key: string; operation: string; input: Json }, void>;
  };
  entityTypes: {
    list: Query<void, EntityTypeSummary[]>;
    get: Query<{ name: string }, EntityTypeDetail>;
    save: Mutation<SaveEntityTypeInput, SaveEntityTypeResult>;
    check: Mutation<{ document: Json }, Problem[]>;
    archive: Mutation<{ name: string }, void>;
  };
  audit: {
    list: Query<AuditListInput, AuditListResult>;
    choices: Query<void, AuditChoices>;
  };
  alerts: {
    list: Query<void, AlertList>;
    save: Mutation<AlertRuleInput, { id: string }>;
    remove: Mutation<{ id: string }, void>;
    test: Mutation<{ id: string }, { notices: number }>;
    webhookKey: Mutation<{ id: string; renew: boolean }, { key: string }>;
  };
  notifications: {
    get: Query<void, NotificationSettings>;
    set: Mutation<{ kind: NotificationKind; channel: 'email' | 'none' }, void>;
  };
  bulk: {
    preview: Query<{ request: BulkRequest; filter: InstanceFilterInput }, BulkPreview>;
    create: Mutation<BulkCreateInput, { id: string }>;
    list: Query<void, BulkJob[]>;
    get: Query<{ id: string }, BulkJob>;
    items: Query<
      { id: string; states?: BulkItemState[] | undefined; after?: number | undefined; limit?: number | undefined },
      BulkItemsResult
    >;
    pause: Mutation<{ id: string }, void>;
    resume: Mutation<{ id: string }, void>;
    stop: Mutation<{ id: string }, void>;
    retryFailed: Mutation<{ id: string }, void>;
  };
  feed: {
    watch: Subscription<void, FeedHint>;
  };
};

export type AppRouter = TRPCBuiltRouter<{ ctx: object; meta: object; errorShape: AppErrorShape; transformer: false }, AppRouterRecord>;
