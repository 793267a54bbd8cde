/**
 * Where benchmarks run: a Postgres of their own with fsync on, on the disk of the temporary directory, and a Redis of their own;
 * both on loopback, both gone afterwards. Each benchmark runs in a process of its own, on a fresh database.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@perdure/database';
import { findRedisServer, freePort, initialiseCluster, startCluster, startRedis } from '@perdure/embedded';
import pg from 'pg';
import { cpuSecondsOf } from './cpu-time.ts';

/** How a benchmark's process reaches the servers. */
export interface ServerAddresses {
  /** Of the cluster's `postgres` database. */
  adminUrl: string;
  postgresPid: number;
  redisUrl: string | null;
  redisPid: number | null;
}

export interface BenchEnvironment {
  redisUrl: string | null;
  /** Connection string of a migrated, empty database. */
  freshDatabase(): Promise<string>;
  /** CPU seconds used so far by the servers, and by this process. */
  cpu(): CpuSeconds;
}

export interface CpuSeconds {
  postgres: number;
  redis: number;
  /** Not exact to the thread: garbage collection and compilation run beside the event loop. */
  worker: number;
}

export interface Servers extends ServerAddresses {
  stop(): Promise<void>;
}

/** @param redisSettings beyond those of a Redis that keeps nothing on disk */
export async function startServers({ redisSettings = {} }: { redisSettings?: Record<string, string> } = {}): Promise<Servers> {
  const home = await mkdtemp(join(tmpdir(), 'perdure-bench-'));
  const cluster = { directory: join(home, 'postgres'), port: await freePort(), password: randomUUID() };
  await initialiseCluster(cluster);
  const postgres = await startCluster({
    ...cluster,
    logFile: join(home, 'postgres.log'),
    endWithParent: true,
    // What a careful operator of a 2-core server would set; durability stays at Postgres' defaults (fsync, synchronous_commit on).
    settings: { shared_buffers: '512MB', max_wal_size: '4GB', checkpoint_timeout: '15min' },
  });
  const binary = findRedisServer();
  const redis =
    binary === undefined
      ? null
      : await startRedis({
          program: binary,
          directory: home,
          port: await freePort(),
          password: randomUUID(),
          logFile: join(home, 'redis.log'),
          settings: redisSettings,
          endWithParent: true,
        });
  return {
    adminUrl: postgres.url('postgres'),
    postgresPid: postgres.pid,
    redisUrl: redis?.url ?? null,
    redisPid: redis?.pid ?? null,
    async stop() {
      await redis?.stop();
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

export function openEnvironment({ adminUrl, postgresPid, redisUrl, redisPid }: ServerAddresses): BenchEnvironment {
  return {
    redisUrl,
    async freshDatabase() {
      const name = `b_${randomUUID().replaceAll('-', '')}`;
      const client = new pg.Client({ connectionString: adminUrl });
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      const url = new URL(adminUrl);
      url.pathname = `/${name}`;
      await migrate(url.href);
      return url.href;
    },
    cpu() {
      const { user, system } = process.cpuUsage();
      return {
        postgres: cpuSecondsOf(postgresPid),
        redis: redisPid === null ? 0 : cpuSecondsOf(redisPid),
        worker: (user + system) / 1e6,
      };
    },
  };
}
