import { freePort, initialiseCluster, startCluster } from '@perdure/embedded';
import { migrate } from '@perdure/database';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface TestPostgres {
  /** Connection string of a database nobody else uses. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A fresh database with the current schema, or an empty one. It is on the run's one Postgres under vitest, and on a server of its own
 * elsewhere. Each has its own `incarnation`, so two of them never meet in one Redis.
 */
export async function startTestPostgres(options: { readonly empty?: boolean } = {}): Promise<TestPostgres> {
  const shared = process.env[sharedPostgresVariable];
  if (shared !== undefined) return createDatabase(shared, options.empty === true ? undefined : templateName);
  const own = await startOwnPostgres();
  if (options.empty !== true) await migrate(own.url);
  return own;
}

export interface OwnPostgres extends TestPostgres {
  /** Of the postmaster that runs (or ran last), for drills that kill it. */
  readonly pid: number;
  readonly directory: string;
  readonly port: number;
  /** Starts the server again on the same data and port after a kill. */
  restart(): Promise<void>;
}

/** A Postgres server with an empty database, for tests that kill or stop it, in a folder under `parent`. Data survives its crash, not the machine's. */
export async function startOwnPostgres(settings: Readonly<Record<string, string>> = {}, parent = tmpdir()): Promise<OwnPostgres> {
  const home = mkdtempSync(join(parent, 'perdure-postgres-'));
  const cluster = { directory: join(home, 'data'), port: await freePort(), password: 'test' };
  await initialiseCluster({ ...cluster, durable: false });
  const start = () =>
    startCluster({ ...cluster, settings: { ...testSettings, ...settings }, logFile: join(home, 'log'), endWithParent: true });
  let server = await start();
  return {
    url: server.url('postgres'),
    get pid() {
      return server.pid;
    },
    directory: cluster.directory,
    port: cluster.port,
    async restart() {
      server = await start();
    },
    async stop() {
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Starts the Postgres all test files of a run share and makes the template their databases are copied from. */
export async function startSharedPostgres(): Promise<TestPostgres> {
  const server = await startOwnPostgres();
  const template = await createDatabase(server.url, undefined, templateName);
  await migrate(template.url);
  process.env[sharedPostgresVariable] = server.url;
  return server;
}

const sharedPostgresVariable = 'PERDURE_TEST_POSTGRES_URL';
const templateName = 'perdure_template';

const testSettings = {
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  shared_buffers: '128MB',
  max_wal_size: '2GB',
};

async function createDatabase(
  server: string,
  template: string | undefined,
  name = `t_${randomUUID().replaceAll('-', '')}`,
): Promise<TestPostgres> {
  await administer(server, `CREATE DATABASE ${name}${template === undefined ? '' : ` TEMPLATE ${template}`}`);
  const url = server.replace(/\/[^/]*$/, `/${name}`);
  if (template !== undefined)
    await administer(url, `UPDATE setting SET value = to_jsonb(gen_random_uuid()::text) WHERE key = 'incarnation'`);
  return {
    url,
    async stop() {
      await administer(server, untilLeft(name));
      await administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/**
 * Waits, for two seconds at most, until nobody is connected. A pool that has ended may still be saying goodbye: what is cut off then is an
 * error of a client that nobody listens to any more, and fails the run.
 */
function untilLeft(name: string): string {
  return `DO $$ BEGIN
    FOR look IN 1..40 LOOP
      EXIT WHEN NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = '${name}');
      PERFORM pg_sleep(0.05), pg_stat_clear_snapshot();
    END LOOP;
  END $$`;
}

async function administer(url: string, sql: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(sql);
      return;
    } catch (error) {
      // Another file is copying the template at this moment, or a background process looks at it.
      const busy = error instanceof pg.DatabaseError && error.code === '55006';
      if (!busy || attempt === 50) throw error;
      await sleep(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
