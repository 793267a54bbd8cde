import type { ExportPlaces } from './http/export-places.ts';
import type { MarkedVersionBook } from './sensitive/marked-version-book.ts';
import type { AllowedPlace } from '@perdure/activities';
import type { Database } from '@perdure/database';
import type { MigrationAnswer, MigrationQuestion, Json, Problem, WorkflowDocument } from '@perdure/graph';
import type { Runtime } from '@perdure/runtime';
import type { DashboardFigures } from './monitor/dashboard-figures.ts';
import type { Rounds } from './rounds.ts';
import type { FieldProblem } from './trpc/contract/errors.ts';
import type { PreviewResult } from './trpc/contract/workflows.ts';
import type { PresenceBoard } from './workflows/presence-board.ts';
import type { ApiKeyBook } from './auth/api-key-book.ts';
import type { GrantBook } from './auth/grant-book.ts';
import type { SessionEnds } from './auth/session-ends.ts';
import type { FolderBook } from './workflows/folder-book.ts';

/** What every route and procedure works with. One per process. */
export interface Installation {
  config: ServerConfig;
  database: Database;
  runtime: Runtime;
  /** One line each on what was chosen at start: "embedded, port 54311". */
  describe: { postgres: string; redis: string };
  /** Calls the listener after a workflow was made, changed or published in any process. Gives the way to stop. */
  onWorkflowsChanged: (listener: () => void) => () => void;
  workflowsChanged: () => void;
  /** Calls the listener after a job over many instances was made, moved on or ended, in any process. Gives the way to stop. */
  onJobsChanged: (listener: () => void) => () => void;
  jobsChanged: () => void;
  /** Who has which workflow open, in any process. */
  presence: PresenceBoard;
  /** What each person may do. */
  grants: GrantBook;
  apiKeys: ApiKeyBook;
  sessionEnds: SessionEnds;
  /** Which workflow is in which folder. */
  folders: FolderBook;
  markedVersions: MarkedVersionBook;
  /** Of exports that run at the same time. */
  exports: ExportPlaces;
  /** Calls the listener after a read model of the monitor has changed, in any process. Gives the way to stop. */
  onMonitorChanged: (listener: () => void) => () => void;
  monitorChanged: () => void;
  dashboards: DashboardFigures;
  /** Works through the jobs over many instances. Nudge it after the commit that made or moved one. */
  bulk: Pick<Rounds, 'nudge'>;
  /** Keeps the retention rules. Nudge it after the commit that changed one. */
  retention: Pick<Rounds, 'nudge'>;
  /** Sends what was queued just now, instead of in a moment. Call it after the commit; forgetting it costs two seconds. */
  sendNotices: () => void;
  /** A mutation was done and left no entry in the audit log: a fault of the server. */
  unrecorded: (path: string) => void;
  preview: (source: string, data: Json) => Promise<PreviewResult>;
  /** What the problems panel shows and publishing refuses. Takes a bounded time, away from this thread. */
  checkDocument: (document: WorkflowDocument) => Promise<Problem[]>;
  /** Whether a run can go on in another version. Takes a bounded time, away from this thread. */
  checkMigration: (question: MigrationQuestion) => Promise<MigrationAnswer>;
  /** Evaluates a condition over any data, in a killable process. */
  evaluateOver: (source: string, data: Record<string, Json>) => Promise<{ ok: true; value: Json } | { ok: false; message: string }>;
  /** Empty when the value fits. Takes a bounded time, whatever the schema and the value are. */
  checkAgainstSchema: (schema: Json, value: Json) => Promise<FieldProblem[]>;
}

export interface ServerConfig {
  /** Origin under which people reach the server: `http://localhost:4680`. */
  publicUrl: string;
  /** False, or what Fastify takes: true, a number of hops, or addresses. */
  trustProxy: boolean | number | string;
  /** The admin key for automation, or null for none. */
  apiKey: string | null;
  /** The embedded default runs: the demo services are on. */
  embedded: boolean;
  version: string;
  /** Null: no mail server is set up, and no notice is made for e-mail. */
  mail: MailConfig | null;
  /** Internal places that webhooks may be sent to. */
  allowedPlaces: readonly AllowedPlace[];
  /** Where retention rules archive before they purge; null = nowhere. */
  archiveDirectory: string | null;
  /** Instances a second that the bulk jobs of this process act on. */
  bulkPerSecond: number;
  /** The built web app, or null to serve the API alone. */
  webRoot: string | null;
}

export interface MailConfig {
  /** `smtp://user:password@host:587` or `smtps://…`. */
  url: string;
  /** `Perdure <perdure@example.com>`. */
  from: string;
}
