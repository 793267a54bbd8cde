/**
 * The life of a Perdure process, from its environment to its end: configuration, the data directory's lock, the port, Postgres and Redis,
 * migrations, then `run`; and all of it backwards when it is told to stop. What runs in between is not its business.
 */
import { migrate, MigrationRefused } from '@perdure/database';
import { foreseeAdmission, Superseded } from '@perdure/runtime';
import { mkdirSync } from 'node:fs';
import { loadConfiguration, type Configuration } from './configuration.ts';
import { acquireDataLock, lockHolder, type DataLock } from './data-lock.ts';
import { portProblem } from './port-check.ts';
import { joinServices, startServices, type Services } from './services.ts';
import { onStopSignal } from './stop-signal.ts';

export interface InstallationContext {
  readonly configuration: Configuration;
  readonly services: Services;
  /** A line of progress for the person at the terminal. */
  readonly say: (line: string) => void;
  /** Ends the process, in order, because it cannot go on; says why. */
  readonly giveUp: (reason: string) => void;
}

export interface RunningInstallation {
  /** Said last, when everything answers: `Perdure is ready: <link>`. */
  readonly ready: string;
  /** Ends server and worker, in this order, and leaves Postgres and Redis alone. */
  stop(): Promise<void>;
}

/** Starts a Perdure process and keeps it until it is told to stop. Sets the exit code. */
export async function startInstallation(
  env: Readonly<Record<string, string | undefined>>,
  argv: readonly string[],
  run: (context: InstallationContext) => Promise<RunningInstallation>,
): Promise<void> {
  const say = (line: string): void => console.log(line);
  const loaded = loadConfiguration(env, argv);
  if (!loaded.ok) return refuse(loaded.problems);
  const { configuration } = loaded;

  let stopRequested = false;
  let stopNow: (() => Promise<void>) | undefined;
  const stop = async (): Promise<void> => {
    stopRequested = true;
    await stopNow?.();
  };
  onStopSignal(
    (reason) => {
      say(`Stopping (${reason}) …`);
      stop().then(
        () => process.exit(),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
    },
    () => {
      console.error('Stopped at once. Embedded servers that are still running are stopped by the next start.');
      process.exit(1);
    },
  );

  const held = await holdDataDirectory(configuration);
  if (!held.ok) return refuse([held.reason]);
  const { lock, joining } = held;
  // Until something has been started, stopping is giving back the lock.
  stopNow = async () => lock?.release();
  const undo: (() => Promise<void>)[] = [];
  let undoing: Promise<void> | undefined;
  const takeBack = async (): Promise<void> => {
    lock?.markStopping();
    for (const step of undo.splice(0).reverse()) await step();
    lock?.release();
  };
  try {
    if (configuration.roles.api) {
      const problem = await portProblem(configuration.host, configuration.port);
      if (problem !== undefined) {
        lock?.release();
        return refuse([problem]);
      }
    }
    const starting = (async () => {
      let services: Services;
      if (joining) {
        const joined = joinServices(configuration);
        if (!joined.ok) return refuse([joined.reason]);
        services = joined.services;
      } else services = await startServices(configuration, say);
      undo.push(() => services.stop());
      say(`Postgres: ${services.describe.postgres}. Redis: ${services.describe.redis}.`);
      if (stopRequested) return;
      // Leases of workers that crashed run out within this time by themselves.
      await foreseeAdmission(services.databaseUrl, { alone: services.exclusive && configuration.roles.worker, patienceMs: 10_000 });
      if (stopRequested) return;
      const applied = await migrate(services.databaseUrl);
      if (applied.length > 0) say(`Brought the database up to date (${applied.join(', ')}).`);
      if (stopRequested) return;
      const giveUp = (reason: string): void => {
        console.error(`Perdure stops. ${reason}`);
        void stop().finally(() => process.exit(1));
      };
      const running = await run({ configuration, services, say, giveUp });
      undo.push(() => running.stop());
      if (!stopRequested) say(running.ready);
    })();
    stopNow = async () => {
      // What is being started is finished first, so that there is one order of stopping.
      await starting.catch(() => undefined);
      await (undoing ??= takeBack());
    };
    await starting;
    if (process.exitCode !== undefined) await stopNow();
  } catch (error) {
    undoing ??= takeBack();
    await undoing.catch((second: unknown) => console.error(second));
    if (error instanceof MigrationRefused || error instanceof Superseded) return refuse([error.message]);
    console.error('Perdure could not start.');
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    process.exitCode = 1;
  }
}

type HeldDirectory =
  | { readonly ok: true; readonly lock: DataLock | undefined; readonly joining: boolean }
  | { readonly ok: false; readonly reason: string };

/** The lock guards embedded servers: a process that has none of its own needs none. */
async function holdDataDirectory(configuration: Configuration): Promise<HeldDirectory> {
  if (configuration.databaseUrl !== null && configuration.redisUrl !== null) return { ok: true, lock: undefined, joining: false };
  const directory = configuration.dataDirectory;
  try {
    // Closed to others; root's is passable, because the embedded Postgres then runs as another user.
    mkdirSync(directory, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  } catch (error) {
    return {
      ok: false,
      reason: `The data directory ${directory} cannot be made: ${(error as Error).message}. Choose another with PERDURE_DATA_DIR.`,
    };
  }
  if (configuration.roles.chosen && lockHolder(directory) !== undefined) return { ok: true, lock: undefined, joining: true };
  const acquired = await acquireDataLock(directory);
  return acquired.ok ? { ok: true, lock: acquired.lock, joining: false } : { ok: false, reason: acquired.reason };
}

function refuse(reasons: readonly string[]): void {
  for (const reason of reasons) console.error(`Perdure did not start. ${reason}`);
  process.exitCode = 1;
}
