import { findRedisServer, freePort, startRedis } from '@perdure/embedded';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestRedis {
  readonly url: string;
  /** For keys and channels that are not already named after a database's incarnation. */
  readonly prefix: string;
  stop(): Promise<void>;
}

/** A Redis to share politely: the run's one under vitest, one of its own elsewhere. Not for FLUSHALL: see `startOwnRedis`. */
export async function startTestRedis(): Promise<TestRedis> {
  const shared = process.env[sharedRedisVariable];
  if (shared !== undefined) return { url: shared, prefix: `t:${randomUUID()}:`, stop: () => Promise.resolve() };
  return startOwnRedis();
}

export interface OwnRedis extends TestRedis {
  /** Of the server that runs (or ran last), for drills that kill it. */
  readonly pid: number;
  readonly port: number;
  /** Where it looks for a dump when it starts, and saves one when told to (`SAVE`). */
  readonly directory: string;
  /** Resolves when the running server is gone. */
  readonly exited: Promise<void>;
  /** Starts the server again on the same port after a kill: empty, unless a dump lies in its directory. */
  restart(): Promise<void>;
}

/** A Redis server for tests that wipe, kill or fill it. */
export async function startOwnRedis(settings: Readonly<Record<string, string>> = {}): Promise<OwnRedis> {
  const program = findRedisServer();
  if (program === undefined)
    throw new Error('The tests need redis-server or valkey-server on PATH: apt-get install redis-server, or the like.');
  const directory = mkdtempSync(join(tmpdir(), 'perdure-redis-'));
  const port = await freePort();
  const start = () =>
    startRedis({ program, directory, port, password: 'test', logFile: join(directory, 'log'), settings, endWithParent: true });
  let server = await start();
  return {
    url: server.url,
    prefix: '',
    get pid() {
      return server.pid;
    },
    port,
    directory,
    get exited() {
      return server.exited;
    },
    async restart() {
      server = await start();
    },
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Starts the Redis all test files of a run share. */
export async function startSharedRedis(): Promise<TestRedis> {
  const server = await startOwnRedis();
  process.env[sharedRedisVariable] = server.url;
  return server;
}

const sharedRedisVariable = 'PERDURE_TEST_REDIS_URL';
