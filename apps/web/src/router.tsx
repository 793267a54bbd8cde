import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import { FaultPage, NotFoundPage } from './shell/fault-page.tsx';
import { Shell } from './shell/shell.tsx';
import { parseMomentSearch } from './instances/moment-search.ts';
import { parseJobSearch } from './bulk/job-search.ts';
import { parseDashboardSearch } from './dashboard/dashboard-search.ts';
import { parseIncidentsSearch } from './incidents/incidents-search.ts';
import { parseInstanceSearch } from './instances/instance-search.ts';
import { parseEntitiesSearch, parseEntitySearch } from './entities/entities-search.ts';
import { parseAlertsSearch } from './settings/alerts/alerts-search.ts';
import { parseAuditSearch } from './settings/audit/audit-search.ts';
import { parseVersionsSearch, type VersionsSearch } from './designer/versions/versions-search.ts';
import { parseInboxSearch } from './inbox/inbox-search.ts';

/** The pages and their addresses. Every page is a chunk of its own; what a list shows (filters, tab, page) stands in its address. */
const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: FaultPage });

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search): { token?: string; to?: string; email?: string } => ({
    ...(typeof search['token'] === 'string' ? { token: search['token'] } : {}),
    ...(typeof search['to'] === 'string' ? { to: search['to'] } : {}),
    ...(typeof search['email'] === 'string' ? { email: search['email'] } : {}),
  }),
  component: lazyRouteComponent(() => import('./sign-in/sign-in-page.tsx'), 'SignInPage'),
});

const forgottenPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/forgotten-password',
  component: lazyRouteComponent(() => import('./sign-in/forgotten-password-page.tsx'), 'ForgottenPasswordPage'),
});

const resetPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reset-password',
  component: lazyRouteComponent(() => import('./sign-in/reset-password-page.tsx'), 'ResetPasswordPage'),
});

const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invitation',
  component: lazyRouteComponent(() => import('./sign-in/invitation-page.tsx'), 'InvitationPage'),
});

const shellRoute = createRoute({ getParentRoute: () => rootRoute, id: 'shell', component: Shell });

const homeRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./welcome/home-page.tsx'), 'HomePage'),
});

const welcomeRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/welcome',
  component: lazyRouteComponent(() => import('./welcome/welcome-page.tsx'), 'WelcomePage'),
});

const dashboardRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/dashboard',
  validateSearch: parseDashboardSearch,
  component: lazyRouteComponent(() => import('./dashboard/dashboard-page.tsx'), 'DashboardPage'),
});

const incidentsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/incidents',
  validateSearch: parseIncidentsSearch,
  component: lazyRouteComponent(() => import('./incidents/incidents-page.tsx'), 'IncidentsPage'),
});

const incidentRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/incidents/$fingerprint',
  component: lazyRouteComponent(() => import('./incidents/incident-page.tsx'), 'IncidentPage'),
});

const jobsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/jobs',
  component: lazyRouteComponent(() => import('./bulk/jobs-page.tsx'), 'JobsPage'),
});

const jobRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/jobs/$id',
  validateSearch: parseJobSearch,
  component: lazyRouteComponent(() => import('./bulk/job-page.tsx'), 'JobPage'),
});

const workflowsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/workflows',
  component: lazyRouteComponent(() => import('./workflows-page/workflows-page.tsx'), 'WorkflowsPage'),
});

const designerRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/workflows/$key',
  /** `node`: selected at first. */
  validateSearch: (search): VersionsSearch & { node?: string } => ({
    ...parseVersionsSearch(search),
    ...(typeof search['node'] === 'string' ? { node: search['node'] } : {}),
  }),
  component: lazyRouteComponent(() => import('./designer/designer-page.tsx'), 'DesignerPage'),
});

const instancesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/instances',
  validateSearch: parseInstanceSearch,
  component: lazyRouteComponent(() => import('./instances/instances-page.tsx'), 'InstancesPage'),
});

const instanceRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/instances/$id',
  validateSearch: parseMomentSearch,
  component: lazyRouteComponent(() => import('./instances/instance-page.tsx'), 'InstancePage'),
});

const compareRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/instances/$id/compare/$other',
  component: lazyRouteComponent(() => import('./instances/compare-page.tsx'), 'ComparePage'),
});

const entitiesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/entities',
  validateSearch: parseEntitiesSearch,
  component: lazyRouteComponent(() => import('./entities/entities-page.tsx'), 'EntitiesPage'),
});

const entityRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/entities/$name',
  validateSearch: parseEntitySearch,
  component: lazyRouteComponent(() => import('./entities/entity-page.tsx'), 'EntityPage'),
});

const entityTypeRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/entity-types/$name',
  component: lazyRouteComponent(() => import('./entities/entity-type-page.tsx'), 'EntityTypePage'),
});

const inboxRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/inbox',
  validateSearch: parseInboxSearch,
  component: lazyRouteComponent(() => import('./inbox/inbox-page.tsx'), 'InboxPage'),
});

const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings/settings-index.tsx'), 'SettingsIndex'),
});

const accountRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/account',
  component: lazyRouteComponent(() => import('./settings/account-page.tsx'), 'AccountPage'),
});

const peopleRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/people',
  component: lazyRouteComponent(() => import('./settings/people-page.tsx'), 'PeoplePage'),
});

const groupsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/groups',
  component: lazyRouteComponent(() => import('./settings/groups-page.tsx'), 'GroupsPage'),
});

const apiKeysRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/api-keys',
  component: lazyRouteComponent(() => import('./settings/api-keys-page.tsx'), 'ApiKeysPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/audit',
  validateSearch: parseAuditSearch,
  component: lazyRouteComponent(() => import('./settings/audit/audit-page.tsx'), 'AuditPage'),
});

const notificationsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/notifications',
  component: lazyRouteComponent(() => import('./settings/notifications/notifications-page.tsx'), 'NotificationsPage'),
});

const retentionRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/retention',
  component: lazyRouteComponent(() => import('./settings/retention/retention-page.tsx'), 'RetentionPage'),
});

const alertsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/alerts',
  validateSearch: parseAlertsSearch,
  component: lazyRouteComponent(() => import('./settings/alerts/alerts-page.tsx'), 'AlertsPage'),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signInRoute,
    forgottenPasswordRoute,
    resetPasswordRoute,
    invitationRoute,
    shellRoute.addChildren([
      homeRoute,
      welcomeRoute,
      dashboardRoute,
      incidentsRoute,
      incidentRoute,
      jobsRoute,
      jobRoute,
      workflowsRoute,
      designerRoute,
      instancesRoute,
      instanceRoute,
      compareRoute,
      entitiesRoute,
      entityRoute,
      entityTypeRoute,
      inboxRoute,
      settingsRoute,
      accountRoute,
      peopleRoute,
      groupsRoute,
      apiKeysRoute,
      auditRoute,
      alertsRoute,
      retentionRoute,
      notificationsRoute,
    ]),
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: FaultPage,
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
