/** Brings up what an installation stands on: Postgres and Redis, embedded or outside. Who may do so in a data directory is the lock's business. */
import {
  clusterUrl,
  findRedisServer,
  freePort,
  initialiseCluster,
  processIdentity,
  startCluster,
  startRedis,
  type RunningCluster,
} from '@perdure/embedded';
import { randomBytes } from 'node:crypto';
import { existsSync, statSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Configuration } from './configuration.ts';
import { stopLeftPostgres, stopLeftRedis } from './left-behind.ts';
import { readServiceRecord, remember } from './service-record.ts';
import { superviseServer, type SupervisedServer } from './supervised-server.ts';

export interface Services {
  readonly databaseUrl: string;
  /** Null: the in-process hot store. */
  readonly redisUrl: string | null;
  /** The database is this process' own, so whoever held its partitions before is gone. */
  readonly exclusive: boolean;
  /** One line each on what was chosen. */
  readonly describe: { readonly postgres: string; readonly redis: string };
  stop(): Promise<void>;
}

/** Starts what is embedded and waits until it answers. `say` gets a line for each long step. */
export async function startServices(configuration: Configuration, say: (line: string) => void): Promise<Services> {
  const started: SupervisedServer[] = [];
  const stop = async (): Promise<void> => {
    // Redis before Postgres: the last commits may still be on their way.
    for (const server of started.splice(0).reverse()) await server.stop();
  };
  try {
    let databaseUrl = configuration.databaseUrl;
    let postgresLine = databaseUrl === null ? '' : `yours at ${place(databaseUrl)}`;
    if (databaseUrl === null) {
      const { server, url, port } = await startEmbeddedPostgres(configuration.dataDirectory, say);
      started.push(server);
      databaseUrl = url('perdure');
      await ensureDatabase(url('postgres'));
      postgresLine = `embedded, in ${basename(configuration.dataDirectory)}, on 127.0.0.1:${port}`;
    }
    let redisUrl = configuration.redisUrl;
    let redisLine = redisUrl === null ? '' : `yours at ${place(redisUrl)}`;
    if (redisUrl === null) {
      const program = findRedisServer();
      if (program === undefined) redisLine = 'none found, hot state is kept in this process (one process only)';
      else {
        const { server, url, port } = await startEmbeddedRedis(configuration.dataDirectory, program, say);
        started.push(server);
        redisUrl = url;
        redisLine = `${basename(program)} found on this machine, started privately on 127.0.0.1:${port}`;
      }
    }
    if (started.length > 0 && configuration.roles.api) remember(configuration.dataDirectory, { publicUrl: configuration.publicUrl });
    return {
      databaseUrl,
      redisUrl,
      exclusive: configuration.databaseUrl === null,
      describe: { postgres: postgresLine, redis: redisLine },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export interface OpenedDatabase {
  readonly url: string;
  close(): Promise<void>;
}

/** The embedded database alone, of an installation that is not running, for work on it as a whole. The data directory's lock must be held. */
export async function openStoppedDatabase(dataDirectory: string, say: (line: string) => void): Promise<OpenedDatabase> {
  const { server, url } = await startEmbeddedPostgres(dataDirectory, say);
  try {
    await ensureDatabase(url('postgres'));
    return { url: url('perdure'), close: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

export type JoinedServices = { readonly ok: true; readonly services: Services } | { readonly ok: false; readonly reason: string };

/** The embedded servers of the Perdure that runs from the same data directory, for one more process of it. */
export function joinServices(configuration: Configuration): JoinedServices {
  const { postgres, redis } = readServiceRecord(configuration.dataDirectory);
  const databaseUrl = configuration.databaseUrl ?? (postgres === undefined ? null : clusterUrl(postgres, 'perdure'));
  const redisUrl = configuration.redisUrl ?? (redis === undefined || redis.pid === null ? null : embeddedRedisUrl(redis));
  if (databaseUrl === null)
    return {
      ok: false,
      reason: `The Perdure that runs from ${configuration.dataDirectory} uses an outside Postgres: set DATABASE_URL for this process too.`,
    };
  if (redisUrl === null) {
    return {
      ok: false,
      reason: `The Perdure that runs from ${configuration.dataDirectory} has no Redis and keeps hot state in its own memory, so no other process can join it. Install redis-server or set REDIS_URL, and start it again.`,
    };
  }
  return {
    ok: true,
    services: {
      databaseUrl,
      redisUrl,
      exclusive: false,
      describe: { postgres: `that of the Perdure in ${configuration.dataDirectory}`, redis: 'likewise' },
      stop: () => Promise.resolve(),
    },
  };
}

/** Where the embedded database of a data directory is and under which address people reach the installation, as far as recorded. */
export function recordedAddresses(dataDirectory: string): { databaseUrl: string | undefined; publicUrl: string | undefined } {
  const { postgres, publicUrl } = readServiceRecord(dataDirectory);
  return { databaseUrl: postgres === undefined ? undefined : clusterUrl(postgres, 'perdure'), publicUrl };
}

async function startEmbeddedPostgres(
  dataDirectory: string,
  say: (line: string) => void,
): Promise<{ server: SupervisedServer; url: (database: string) => string; port: number }> {
  const directory = join(dataDirectory, 'postgres');
  const logFile = join(dataDirectory, 'postgres.log');
  const record = readServiceRecord(dataDirectory);
  if (existsSync(directory) && record.postgres === undefined) {
    throw new Error(
      `${dataDirectory} has a database in "postgres" but its services.json, with the database's password, is missing. ` +
        'Put the file back from a backup, or move the directory away to start with an empty database.',
    );
  }
  if (await stopLeftPostgres(directory)) say('Stopped the Postgres that an earlier start left behind.');
  const password = record.postgres?.password ?? randomBytes(24).toString('hex');
  const port = await freePort(record.postgres?.port);
  // Before the cluster is made: a cluster without its password recorded could never be opened again.
  remember(dataDirectory, { postgres: { port, password, pid: null, identity: null } });
  if (!existsSync(directory)) {
    say('Setting up the embedded database (first time, a few seconds) …');
    await initialiseCluster({ directory, password });
  }
  limitLog(logFile);
  const server = await superviseServer({
    name: 'Postgres',
    say,
    start: async () => {
      const cluster = await startDespiteRemains(() => startCluster({ directory, port, password, settings: postgresSettings, logFile }));
      remember(dataDirectory, { postgres: { port, password, pid: cluster.pid, identity: processIdentity(cluster.pid) ?? null } });
      return cluster;
    },
  });
  return { server, url: (database) => clusterUrl({ port, password }, database), port };
}

async function startEmbeddedRedis(
  dataDirectory: string,
  program: string,
  say: (line: string) => void,
): Promise<{ server: SupervisedServer; url: string; port: number }> {
  const recorded = readServiceRecord(dataDirectory).redis;
  await stopLeftRedis(recorded);
  const logFile = join(dataDirectory, 'redis.log');
  limitLog(logFile);
  const password = recorded?.password ?? randomBytes(24).toString('hex');
  const port = await freePort(recorded?.port);
  const server = await superviseServer({
    name: 'Redis',
    say,
    start: async () => {
      const redis = await startRedis({ program, directory: dataDirectory, port, password, logFile });
      remember(dataDirectory, { redis: { port, password, pid: redis.pid, identity: processIdentity(redis.pid) ?? null } });
      return redis;
    },
  });
  return {
    port,
    url: embeddedRedisUrl({ port, password }),
    server: {
      async stop() {
        await server.stop();
        remember(dataDirectory, { redis: { port, password, pid: null, identity: null } });
      },
    },
  };
}

const postgresSettings = {
  max_connections: '60',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  wal_compression: 'on',
  log_min_messages: 'warning',
  log_line_prefix: '%m ',
};

/** After a kill of the postmaster its children may need a moment to notice; until then Postgres refuses to start beside them. */
async function startDespiteRemains(start: () => Promise<RunningCluster>): Promise<RunningCluster> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 20 || !/pre-existing shared memory block/.test(String(error))) throw error;
      await sleep(500);
    }
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query(`SELECT 1 FROM pg_database WHERE datname = 'perdure'`);
    if (rowCount === 0) await client.query('CREATE DATABASE perdure');
  } finally {
    await client.end();
  }
}

function limitLog(file: string): void {
  if (existsSync(file) && statSync(file).size > 10 * 1024 * 1024) truncateSync(file);
}

function embeddedRedisUrl({ port, password }: { port: number; password: string }): string {
  return `redis://:${password}@127.0.0.1:${port}/0`;
}

/** Host and port of a connection string, without its secrets. */
function place(url: string): string {
  return new URL(url).host;
}
