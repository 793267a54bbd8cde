/**
 * The router as the web app sees it: types only, put together from the contract, so that the web app compiles against the contract
 * and not against the server's sources. `router.ts` proves (at compile time) that the real router has exactly this shape.
 */
import type { TRPCBuiltRouter, TRPCDefaultErrorData, TRPCErrorShape } from '@trpc/server';
import type { AlertProcedures } from './contract/alerts.ts';
import type { AuditProcedures } from './contract/audit.ts';
import type { BulkProcedures } from './contract/bulk.ts';
import type { DashboardProcedures } from './contract/dashboard.ts';
import type { EntityProcedures, EntityTypeProcedures } from './contract/entities.ts';
import type { PerdureError } from './contract/errors.ts';
import type { FeedProcedures } from './contract/feed.ts';
import type { IncidentProcedures } from './contract/incidents.ts';
import type { GuideProcedures } from './contract/guide.ts';
import type { InstanceProcedures } from './contract/instances.ts';
import type { NotificationProcedures } from './contract/notifications.ts';
import type { AccountProcedures, ApiKeyProcedures, GroupProcedures, PeopleProcedures, SessionProcedures } from './contract/people.ts';
import type { RetentionProcedures } from './contract/retention.ts';
import type { TaskProcedures } from './contract/tasks.ts';
import type { TemplateProcedures } from './contract/templates.ts';
import type { ListSettingProcedures, ViewProcedures } from './contract/views.ts';
import type { ExpressionProcedures, WorkflowProcedures } from './contract/workflows.ts';

export type AppErrorShape = TRPCErrorShape<TRPCDefaultErrorData & { perdure: PerdureError }> & { message: string };

export type AppRouterRecord = {
  session: SessionProcedures;
  account: AccountProcedures;
  people: PeopleProcedures;
  groups: GroupProcedures;
  apiKeys: ApiKeyProcedures;
  workflows: WorkflowProcedures;
  templates: TemplateProcedures;
  expressions: ExpressionProcedures;
  instances: InstanceProcedures;
  views: ViewProcedures;
  listSettings: ListSettingProcedures;
  dashboard: DashboardProcedures;
  incidents: IncidentProcedures;
  tasks: TaskProcedures;
  entities: EntityProcedures;
  entityTypes: EntityTypeProcedures;
  audit: AuditProcedures;
  alerts: AlertProcedures;
  retention: RetentionProcedures;
  notifications: NotificationProcedures;
  bulk: BulkProcedures;
  feed: FeedProcedures;
  guide: GuideProcedures;
};

export type AppRouter = TRPCBuiltRouter<{ ctx: object; meta: object; errorShape: AppErrorShape; transformer: false }, AppRouterRecord>;
