/**
 * Where benchmarks run: a Postgres of their own with fsync on, on the disk of the temporary directory, and a Redis of their own;
 * both on loopback, both gone afterwards. Each benchmark gets a fresh database.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@perdure/database';
import { findRedisServer, freePort, initialiseCluster, startCluster, startRedis } from '@perdure/embedded';
import pg from 'pg';

export interface BenchEnvironment {
  redisUrl: string | null;
  /** Connection string of a migrated, empty database. */
  freshDatabase(): Promise<string>;
  stop(): Promise<void>;
}

export async function startEnvironment(): Promise<BenchEnvironment> {
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
          endWithParent: true,
        });
  return {
    redisUrl: redis?.url ?? null,
    async freshDatabase() {
      const name = `b_${randomUUID().replaceAll('-', '')}`;
      const client = new pg.Client({ connectionString: postgres.url('postgres') });
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      const url = postgres.url(name);
      await migrate(url);
      return url;
    },
    async stop() {
      await redis?.stop();
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
