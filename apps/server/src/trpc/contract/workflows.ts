/** Workflows: drafts and their runs, versions, who has one open; previews of expressions. */
import type { Json, Problem, Scenario, WorkflowDocument } from '@perdure/graph';
import type { Mutation, Query, Subscription } from './procedure-types.ts';

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

export type WorkflowProcedures = {
  /** Those within reach. */
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
  /** A mutation: documents are large. */
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
  /** Sample data for the expression editor. */
  lastRun: Query<{ key: string; instanceId?: string }, LastRun | null>;
  presence: Subscription<{ key: string; visit: string; node: string | null }, PresentPerson[]>;
};

export type ExpressionProcedures = {
  /** A mutation: its data can be large. */
  preview: Mutation<{ source: string; data: Json }, PreviewResult>;
};
