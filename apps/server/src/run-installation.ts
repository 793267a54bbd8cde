/** What runs between the services' start and their end: the runtime, and the server on top of it unless this process only works. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '@perdure/database';
import { noteGuideRestart } from '@perdure/database/write';
import { createRuntime, startWatchdog } from '@perdure/runtime';
import { pino } from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import { createActivityGate } from './activity-gate.ts';
import { createSignInLink } from './auth/sign-in-link.ts';
import { guideWorkflow } from './guide/guide-workflow.ts';
import { createMonitor } from './monitor/monitor.ts';
import { combineObservers } from './telemetry/combine-observers.ts';
import { createFigures } from './telemetry/figures.ts';
import { logCells } from './telemetry/log-cells.ts';
import { logInstances } from './telemetry/log-instances.ts';
import { startOtlpTracing } from './telemetry/otlp-tracing.ts';
import { serveFigures } from './telemetry/serve-figures.ts';
import type { Configuration } from './bootstrap/configuration.ts';
import type { InstallationContext, RunningInstallation } from './bootstrap/start-installation.ts';
import { composeServer } from './compose.ts';
import { activityModule, createActivities } from './server-activities.ts';

export async function runInstallation({ configuration, services, giveUp }: InstallationContext): Promise<RunningInstallation> {
  const embedded = configuration.databaseUrl === null;
  const log = pino({ level: configuration.logLevel }, pino.destination({ dest: 2, sync: true }));
  const undo: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    if (configuration.roles.worker) undo.push(await startWatchdog());
    const activitySettings = {
      allow: configuration.allowedPlaces.map((place) => ({ ...place })),
      ...(embedded ? { demoOrigin: ownOrigin(configuration) } : {}),
    };
    const activities = createActivities(activitySettings);
    undo.push(async () => void (await Promise.all(activities.map((activity) => activity.close()))));
    const gate = createActivityGate();
    const tracing = await startOtlpTracing(process.env, packageJson.version);
    if (tracing !== null)
      undo.push(() => tracing.close().catch((error: unknown) => log.warn({ err: error }, 'The last traces could not be sent.')));
    const figures = createFigures();
    const monitor = createMonitor();
    // Whoever ran it before is gone, and nothing runs yet.
    if (services.exclusive && configuration.roles.worker) await noteGuideRestart(services.databaseUrl, guideWorkflow);
    const runtime = await createRuntime({
      databaseUrl: services.databaseUrl,
      redisUrl: services.redisUrl,
      worker: configuration.roles.worker,
      // With everything on one machine its name says nothing.
      ...(embedded ? { workerId: `worker-${randomUUID().slice(0, 4)}` } : {}),
      activities: activities.map((activity) => gate.guard(activity)),
      cells: { module: activityModule, settings: activitySettings, admit: (signal) => gate.pass(signal) },
      force: services.exclusive && configuration.roles.worker,
      observer: combineObservers([
        figures.observer,
        monitor.observer,
        logInstances(log),
        logCells(log),
        ...(tracing === null ? [] : [tracing.observer]),
      ]),
      onSuperseded: giveUp,
      onTrouble: (where, error, about) => log.warn({ err: error, where, ...about }, 'The runtime met trouble and goes on.'),
    });
    undo.push(() => runtime.stop());
    monitor.start({ databaseUrl: services.databaseUrl, runtime, worker: configuration.roles.worker, log });
    undo.push(() => monitor.stop());
    if (!configuration.roles.api) gate.open();
    if (!configuration.roles.api && configuration.metricsPort !== null) {
      const database = openDatabase({ url: services.databaseUrl, poolSize: 1 });
      undo.push(() => database.close());
      figures.watch(runtime, database);
      const { host, metricsPort: port, apiKey } = configuration;
      const served = await serveFigures(figures, { host, port, apiKey });
      undo.push(() => served.close());
    }
    if (!configuration.roles.api) return { ready: 'Perdure is ready: this process runs instances.', stop };
    const database = openDatabase({ url: services.databaseUrl, poolSize: 6 });
    undo.push(() => database.close());
    const webRoot = join(import.meta.dirname, '../../web/dist');
    const server = await composeServer({
      config: {
        publicUrl: configuration.publicUrl,
        trustProxy: configuration.trustProxy,
        apiKey: configuration.apiKey,
        embedded,
        version: packageJson.version,
        mail: configuration.mail,
        allowedPlaces: configuration.allowedPlaces,
        archiveDirectory: configuration.archiveDirectory,
        bulkPerSecond: configuration.bulkPerSecond,
        webRoot: existsSync(webRoot) ? webRoot : null,
      },
      database,
      runtime,
      services,
      log,
      figures,
      monitor,
      tracing,
    });
    undo.push(() => server.close());
    await server.listen({ host: configuration.host, port: configuration.port });
    gate.open();
    undo.push(async () => gate.close());
    return { ready: `Perdure is ready: ${await createSignInLink(database, configuration)}`, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

/** Under which a worker on this machine reaches the demo services. */
function ownOrigin({ host, port }: Configuration): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
