/** Wires the server of one process: everything it needs comes in, and closing it leaves what came in alone. */
import fastifyCompress from '@fastify/compress';
import { createWebhookSender } from '@perdure/activities';
import type { Database } from '@perdure/database';
import type { Runtime } from '@perdure/runtime';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { createAttemptLimit } from './auth/attempt-limit.ts';
import { createKeyCheck } from './auth/api-key.ts';
import { createAuth } from './auth/create-auth.ts';
import { startAlertWatch } from './alerts/alert-watch.ts';
import { startAuditKeeper } from './audit/audit-keeper.ts';
import { nameAuditRequests } from './http/name-audit-requests.ts';
import { addDemoServices, demoRoot } from './demo/demo-services.ts';
import { startBulkRunner } from './bulk/bulk-runner.ts';
import { startRetentionKeeper } from './retention/retention-keeper.ts';
import { RequestError } from './errors/request-error.ts';
import { createExpressionPreview } from './expression-preview.ts';
import { addAuthRoutes } from './http/auth-routes.ts';
import { type CallerCheck, checkCaller, findOwnSession } from './http/caller.ts';
import { proxyTrust } from './http/caller-address.ts';
import { addDurableFunctionsRoutes } from './http/durable-functions/durable-functions-routes.ts';
import { durableFunctionsRoot } from './http/durable-functions/management-links.ts';
import { answerError, tooLarge } from './http/error-answer.ts';
import { addInstanceEvents } from './http/instance-events.ts';
import { addHistoryDownload } from './http/instances/history-download.ts';
import { ExportPlaces } from './http/export-places.ts';
import { addInstanceExport } from './http/instances/instance-export.ts';
import { addAuditExport } from './http/operations/audit-export.ts';
import { addHealthRoutes } from './http/operations/health-routes.ts';
import { addMetrics } from './http/operations/metrics-route.ts';
import { addOpenApi } from './http/operations/openapi-route.ts';
import { bodyLimits, createRoutes, type DeclaredRoute, refuseUndeclaredRoutes } from './http/route.ts';
import { securityHeaders } from './http/security-headers.ts';
import { traceRequests } from './http/trace-requests.ts';
import { readJsonBody } from './http/strict-body.ts';
import { addTaskFileRoutes } from './http/tasks/task-file-routes.ts';
import { addWebApp } from './http/web-app.ts';
import { addQuarantineRoutes } from './http/instances/quarantine-routes.ts';
import { addWorkflowRoutes } from './http/workflows/workflow-routes.ts';
import type { Installation, ServerConfig } from './installation.ts';
import { createMailer } from './outbox/mailer.ts';
import { startNoticeSender } from './outbox/notice-sender.ts';
import { createSchemaCheck } from './json-schema/schema-check.ts';
import { createMigrationCheck } from './instances/migration-check.ts';
import { createDocumentCheck } from './workflows/document-check.ts';
import type { Figures } from './telemetry/figures.ts';
import { openTopic } from './topic.ts';
import type { Tracing } from './telemetry/tracing.ts';
import { seedSamples, startWelcomeInstances } from './samples/seed-samples.ts';
import { MarkedVersionBook } from './sensitive/marked-version-book.ts';
import { startTaskNotices } from './tasks/task-notices.ts';
import { addTrpcOverHttp, trpcBodyLimit } from './trpc/trpc-http.ts';
import { serveTrpcSockets } from './trpc/trpc-sockets.ts';
import { DashboardFigures } from './monitor/dashboard-figures.ts';
import type { Monitor } from './monitor/monitor.ts';
import { PresenceBoard } from './workflows/presence-board.ts';
import { ApiKeyBook } from './auth/api-key-book.ts';
import { GrantBook } from './auth/grant-book.ts';
import { SessionEnds } from './auth/session-ends.ts';
import { SessionRotation } from './auth/session-rotation.ts';
import { FolderBook } from './workflows/folder-book.ts';

/** What is under way when the server is told to stop gets this long. */
const closeWithinMs = 5_000;

export interface ServerParts {
  config: ServerConfig;
  database: Database;
  runtime: Runtime;
  services: { describe: { postgres: string; redis: string } };
  log: FastifyBaseLogger;
  figures: Figures;
  /** Started, or about to be. */
  monitor: Monitor;
  /** Null while traces are off. */
  tracing: Tracing | null;
  /** For tests, which look themselves. */
  keepRetentionEveryMs?: number;
  /** For tests; a minute unless told. */
  recheckSocketsEveryMs?: number;
  /** Instead of a line in the log, for tests. */
  onUnrecorded?: (path: string) => void;
}

export interface ComposedServer {
  app: FastifyInstance;
  installation: Installation;
  /** What is served, for the permission test. */
  declared: readonly DeclaredRoute[];
  /** Begins to serve. In the embedded default the samples are there afterwards. */
  listen(options: { host: string; port: number }): Promise<void>;
  /** Ends streams and sockets, then waits for the requests that are under way. */
  close(): Promise<void>;
}

export async function composeServer({
  config,
  database,
  runtime,
  services,
  log,
  figures,
  tracing,
  onUnrecorded,
  keepRetentionEveryMs,
  recheckSocketsEveryMs,
  monitor,
}: ServerParts): Promise<ComposedServer> {
  const { preview, evaluateOver, close: closePreview } = createExpressionPreview();
  const { check: checkAgainstSchema, close: closeSchemaCheck } = createSchemaCheck();
  const { check: checkDocument, close: closeDocumentCheck } = createDocumentCheck();
  const { ask: checkMigration, close: closeMigrationCheck } = createMigrationCheck();
  const workflows = openTopic(runtime, 'workflows');
  const jobs = openTopic(runtime, 'jobs');
  const presence = new PresenceBoard(runtime);
  const grants = new GrantBook(database, runtime);
  const apiKeys = new ApiKeyBook(database, runtime);
  const sessionEnds = new SessionEnds(runtime);
  const folders = new FolderBook(database);
  workflows.listen(() => folders.drop());
  const markedVersions = new MarkedVersionBook(database);
  workflows.listen(() => markedVersions.changed());
  const mailer = config.mail === null ? null : createMailer(config.mail);
  const webhooks = createWebhookSender({ allow: config.allowedPlaces });
  const sender = startNoticeSender({ database, mailer, webhooks, log });
  const installation: Installation = {
    config,
    database,
    runtime,
    describe: services.describe,
    preview,
    evaluateOver,
    checkAgainstSchema,
    checkDocument,
    checkMigration,
    workflowsChanged: () => workflows.tell(),
    onJobsChanged: (listener) => jobs.listen(listener),
    jobsChanged: () => jobs.tell(),
    presence,
    onMonitorChanged: (listener) => monitor.onChanged(listener),
    monitorChanged: () => monitor.changed(),
    dashboards: new DashboardFigures({ database }),
    grants,
    apiKeys,
    sessionEnds,
    folders,
    markedVersions,
    exports: new ExportPlaces(),
    sendNotices: () => sender.nudge(),
    bulk: { nudge: () => bulk.nudge() },
    retention: { nudge: () => retention.nudge() },
    unrecorded: onUnrecorded ?? ((path) => log.error({ path }, 'A mutation left no entry in the audit log.')),
    onWorkflowsChanged: (listener) => workflows.listen(listener),
  };
  const retention = startRetentionKeeper(installation, log, keepRetentionEveryMs);
  const bulk = startBulkRunner({ installation: () => installation, database, perSecond: config.bulkPerSecond, log });
  const auth = await createAuth(database, config);
  const check: CallerCheck = {
    auth,
    rotation: new SessionRotation(database, sessionEnds),
    grants,
    apiKeys,
    isKey: createKeyCheck(config.apiKey),
    limit: createAttemptLimit({ attempts: 10, windowMs: 60_000 }),
    publicUrl: config.publicUrl,
  };
  const closing = new AbortController();

  const app = fastify({
    loggerInstance: log,
    // Addresses carry keys and sign-in tokens; `logAnswers` writes them without.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: config.trustProxy !== false && proxyTrust(config.trustProxy),
    bodyLimit: bodyLimits.other,
    // Whole requests, not answers: a body sent byte by byte would hold its connection for ever.
    requestTimeout: 120_000,
    genReqId: () => crypto.randomUUID(),
    requestIdHeader: false,
    forceCloseConnections: 'idle',
    // Addresses that cannot be decoded never reach the error handler.
    frameworkErrors: answerError,
    routerOptions: { maxParamLength: 400 },
  });
  app.decorateRequest('identity', null);
  if (tracing !== null) traceRequests(app, tracing);
  nameAuditRequests(app);
  refuseUndeclaredRoutes(app);
  app.setErrorHandler(answerError);
  readBodiesStrictly(app);
  logAnswers(app);
  const headersOfAll = securityHeaders(config.publicUrl);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headersOfAll).header('x-request-id', request.id);
    const { access } = request.routeOptions.config;
    if (request.url.startsWith('/api/') || request.url.startsWith('/trpc/') || request.url.startsWith('/runtime/'))
      reply.header('cache-control', 'no-store');
    // No access: no route matched, and the not-found handler says so.
    if (access !== undefined) await checkCaller(check, access, request, reply);
  });
  await app.register(fastifyCompress, { threshold: 1_024, encodings: ['br', 'gzip'] });

  const routes = createRoutes(app, installation);
  const sockets = serveTrpcSockets(app.server, installation, check, { log, everyMs: recheckSocketsEveryMs });
  figures.watch(runtime, database);
  addMetrics(app, routes, figures);
  addHealthRoutes(routes);
  addAuthRoutes(routes, check);
  addDurableFunctionsRoutes(routes);
  addWorkflowRoutes(routes);
  addQuarantineRoutes(routes);
  addTaskFileRoutes(routes);
  addAuditExport(routes);
  addInstanceEvents(routes, closing.signal);
  addHistoryDownload(routes);
  addInstanceExport(routes);
  addTrpcOverHttp(app, installation, (request, reply) => findOwnSession(check, request, reply));
  if (config.embedded) addDemoServices(routes);
  addOpenApi(routes, config.version);
  await addWebApp(app, config.webRoot, config.publicUrl);
  const auditKeeper = startAuditKeeper(database, log);
  const taskNotices = startTaskNotices(installation, log);
  const alertWatch = startAlertWatch(installation, log);
  await app.ready();

  return {
    app,
    installation,
    declared: routes.declared,
    async listen(options) {
      if (config.embedded) await seedSamples(installation);
      await app.listen(options);
      // They call the demo services, which answer from here on.
      if (config.embedded)
        await startWelcomeInstances(installation).catch((error: Error) =>
          log.warn({ err: error }, 'The sample instances were not started.'),
        );
    },
    async close() {
      closing.abort();
      // Closing ends the connections that are idle now; one that is answering becomes idle later, and would be kept alive for a minute.
      const idle = setInterval(() => app.server.closeIdleConnections(), 100);
      // One over which no request has come yet counts as busy for as long as a request may take; a browser opens some in advance.
      const patience = setTimeout(() => app.server.closeAllConnections(), closeWithinMs);
      await Promise.all([sockets.close(), app.close()]).finally(() => {
        clearInterval(idle);
        clearTimeout(patience);
      });
      workflows.close();
      jobs.close();
      presence.close();
      grants.close();
      apiKeys.close();
      sessionEnds.close();
      check.rotation.close();
      await Promise.all([
        auditKeeper.stop(),
        taskNotices.stop(),
        alertWatch.stop(),
        retention.stop(),
        sender.stop(),
        closePreview(),
        closeSchemaCheck(),
        closeDocumentCheck(),
        closeMigrationCheck(),
      ]);
      mailer?.close();
      await webhooks.close();
    },
  };
}

/** JSON and nothing else, read by `readJsonBody`. The limit of a tRPC call follows the procedure. */
function readBodiesStrictly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addHook('onRequest', async (request) => {
    if (!request.url.startsWith('/trpc/')) return;
    const limit = trpcBodyLimit(request);
    if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  });
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text: string, done) => {
    try {
      const limit = request.url.startsWith('/trpc/') ? trpcBodyLimit(request) : undefined;
      if (limit !== undefined && Buffer.byteLength(text) > limit) throw tooLarge(limit);
      done(null, text.trim() === '' ? undefined : readJsonBody(text));
    } catch (thrown) {
      done(thrown as Error); // readJsonBody throws nothing else
    }
  });
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    if (request.routeOptions.config.takesBytes) done(null, bytes);
    else if (bytes.byteLength === 0) done(null, undefined);
    else done(new RequestError('body.media-type', 'Send the body as application/json.'));
  });
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, text: string, done) => {
    // Clients that start without input often send an empty body of some other type.
    if (text === '') return done(null, undefined);
    const raisesEvent = request.url.startsWith(`${durableFunctionsRoot}/`);
    done(
      raisesEvent
        ? new RequestError('body.invalid-json', 'Send the body as application/json.')
        : new RequestError('body.media-type', 'Send the body as application/json.'),
    );
  });
}

function logAnswers(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const entry = {
      method: request.method,
      path: request.url.split('?', 1)[0],
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    };
    // A demo service fails because it was asked to.
    if (reply.statusCode >= 500 && !request.url.startsWith(`${demoRoot}/`)) request.log.warn(entry, 'answered');
    else request.log.debug(entry, 'answered');
  });
}
