/** The same as trpc/procedure-entries.ts for the HTTP routes: a route that is not public and has no entry here fails the authorisation test. */
import type { Json } from '@perdure/graph';
import type { Access } from '../auth/permissions.ts';
import type { ProcedureEntry, Target } from '../trpc/procedure-entries.ts';

export interface RouteEntry {
  access: Exclude<Access, 'public'>;
  about: ProcedureEntry['about'];
  path: (target: Target) => string;
  body?: Json;
  spends?: true;
  /** What is said of the unknown where the route differs, as Durable Functions has it. */
  unknown?: [status: number, code: string];
  /** Ends what the test calls it with, so only those it refuses call it. */
  endsSession?: true;
}

const tasks = '/runtime/webhooks/durabletask';
const read = (about: RouteEntry['about'], access: RouteEntry['access'], path: RouteEntry['path']): RouteEntry => ({ access, about, path });
const change = (about: RouteEntry['about'], access: RouteEntry['access'], path: RouteEntry['path'], body: Json = {}): RouteEntry => ({
  access,
  about,
  path,
  body,
  spends: true,
});
const instance = ({ instance }: Target): string => `${tasks}/instances/${instance}`;
const start = ({ workflow }: Target): string => `${tasks}/orchestrators/${workflow}`;
const emptyDocument: Json = { formatVersion: 1, nodes: [], edges: [] };

export const routeEntries: Readonly<Record<string, RouteEntry>> = {
  'POST /api/auth/sign-out': { access: 'signed-in', about: 'self', path: () => '/api/auth/sign-out', body: {}, endsSession: true },
  'GET /api/audit.ndjson': read('installation', 'audit.read', () => '/api/audit.ndjson'),
  'GET /api/audit.csv': read('installation', 'audit.read', () => '/api/audit.csv'),
  'POST /api/auth/change-password': {
    access: 'signed-in',
    about: 'self',
    path: () => '/api/auth/change-password',
    body: { current: null, password: 'too short' },
  },
  'POST /api/tasks/:id/files': change('task', 'task.decide', ({ task }) => `/api/tasks/${task}/files?name=a.txt`),
  'GET /api/tasks/:id/files/:file': read('task', 'task.read', ({ task }) => `/api/tasks/${task}/files/none`),
  'GET /metrics': read('installation', 'admin', () => '/metrics'),
  [`POST ${tasks}/orchestrators/:workflowKey`]: { ...change('workflow', 'instance.start', start), unknown: [400, 'workflow.unknown'] },
  [`POST ${tasks}/orchestrators/:workflowKey/:instanceId`]: {
    ...change('workflow', 'instance.start', (target) => `${start(target)}/${target.workflow}-again`),
    unknown: [400, 'workflow.unknown'],
  },
  [`GET ${tasks}/instances/:instanceId`]: read(
    'instance',
    'instance.read',
    (target) => `${instance(target)}?showHistory=true&showHistoryOutput=true`,
  ),
  [`GET ${tasks}/instances`]: read('many', 'instance.read', () => `${tasks}/instances?top=1000`),
  [`POST ${tasks}/instances/:instanceId/raiseEvent/:eventName`]: change(
    'instance',
    'instance.operate',
    (target) => `${instance(target)}/raiseEvent/e`,
  ),
  [`POST ${tasks}/instances/:instanceId/rewind`]: change('instance', 'instance.operate', (target) => `${instance(target)}/rewind`),
  [`POST ${tasks}/instances/:instanceId/restart`]: change('instance', 'instance.operate', (target) => `${instance(target)}/restart`),
  [`POST ${tasks}/instances/:instanceId/terminate`]: change('instance', 'instance.operate', (target) => `${instance(target)}/terminate`),
  [`POST ${tasks}/instances/:instanceId/suspend`]: change('instance', 'instance.operate', (target) => `${instance(target)}/suspend`),
  [`POST ${tasks}/instances/:instanceId/resume`]: change('instance', 'instance.operate', (target) => `${instance(target)}/resume`),
  [`DELETE ${tasks}/instances/:instanceId`]: read('instance', 'instance.purge', instance),
  // Nothing is that old: it says so to whoever may ask.
  [`DELETE ${tasks}/instances`]: read(
    'nothing',
    'instance.purge',
    () => `${tasks}/instances?createdTimeFrom=2000-01-01T00:00:00Z&createdTimeTo=2000-01-02T00:00:00Z`,
  ),
  [`POST ${tasks}/entities/:entityName/:entityKey`]: {
    ...read('installation', 'instance.operate', () => `${tasks}/entities/no-such-type/a?op=set`),
    body: {},
  },
  [`GET ${tasks}/entities/:entityName/:entityKey`]: read('installation', 'instance.read', () => `${tasks}/entities/account/nobody`),
  [`GET ${tasks}/entities`]: read('installation', 'instance.read', () => `${tasks}/entities`),
  [`GET ${tasks}/entities/:entityName`]: read('installation', 'instance.read', () => `${tasks}/entities/account`),
  'GET /api/workflows': read('many', 'workflow.read', () => '/api/workflows'),
  'POST /api/workflows': {
    ...read('nothing', 'workflow.edit', () => '/api/workflows'),
    body: { title: 'By a route', document: emptyDocument },
  },
  'GET /api/workflows/:key/export': read('workflow', 'workflow.read', ({ workflow }) => `/api/workflows/${workflow}/export`),
  'PUT /api/workflows/:key/draft': change('workflow', 'workflow.edit', ({ workflow }) => `/api/workflows/${workflow}/draft`, {
    baseRevision: 1,
    document: emptyDocument,
  }),
  'POST /api/workflows/:key/publish': change('workflow', 'workflow.publish', ({ workflow }) => `/api/workflows/${workflow}/publish`),
  'POST /api/instances/:instanceId/release': change('instance', 'instance.operate', (t) => `/api/instances/${t.instance}/release`, {
    step: 'ask',
  }),
  'POST /api/instances/:instanceId/give-up': change('instance', 'instance.operate', (t) => `/api/instances/${t.instance}/give-up`, {
    step: 'ask',
  }),
  'GET /api/instances/:id/history.ndjson': read('instance', 'instance.read', ({ instance }) => `/api/instances/${instance}/history.ndjson`),
  'GET /api/instances.ndjson': read('many', 'instance.read', () => '/api/instances.ndjson'),
  'GET /api/instances/:id/events': read('instance', 'instance.read', ({ instance }) => `/api/instances/${instance}/events`),
};
