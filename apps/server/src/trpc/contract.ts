/**
 * The shapes the tRPC procedures give and take: the seam between the server and the web app, one file for each area. The entry for the
 * web app; the server imports the areas themselves. Types only; the zod schemas of the inputs stand beside each procedure, and
 * `procedure-entries.ts` has what each demands. Moments are ISO 8601 strings, durations milliseconds.
 */
export type * from './contract/alerts.ts';
export type * from './contract/audit.ts';
export type * from './contract/bulk.ts';
export type * from './contract/dashboard.ts';
export type * from './contract/entities.ts';
export type * from './contract/errors.ts';
export type * from './contract/feed.ts';
export type * from './contract/guide.ts';
export type * from './contract/incidents.ts';
export type * from './contract/instances.ts';
export type * from './contract/notifications.ts';
export type * from './contract/people.ts';
export type * from './contract/retention.ts';
export type * from './contract/tasks.ts';
export type * from './contract/templates.ts';
export type * from './contract/views.ts';
export type * from './contract/workflows.ts';
