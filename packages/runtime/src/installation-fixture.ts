import { startTestPostgres, startTestRedis, type TestPostgres, type TestRedis } from '@perdure/testing';
import pg from 'pg';
import { createRuntime, type RuntimeOptions } from './create-runtime.ts';
import type { Runtime } from './runtime.ts';

export async function openInstallation(): Promise<Installation> {
  const [postgres, redis] = await Promise.all([startTestPostgres(), startTestRedis()]);
  return new Installation(postgres, redis);
}

/** Postgres and Redis for a test file, and the runtimes its tests start on them. */
export class Installation {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly database: pg.Pool;
  readonly #postgres: TestPostgres;
  readonly #redis: TestRedis;
  readonly #running = new Set<Runtime>();

  constructor(postgres: TestPostgres, redis: TestRedis) {
    this.#postgres = postgres;
    this.#redis = redis;
    this.databaseUrl = postgres.url;
    this.redisUrl = redis.url;
    this.database = new pg.Pool({ connectionString: postgres.url, max: 2 });
  }

  /** With a worker and no activities, unless told otherwise. */
  async start(options: Partial<RuntimeOptions> = {}): Promise<Runtime> {
    const { databaseUrl, redisUrl } = this;
    const runtime = await createRuntime({ databaseUrl, redisUrl, worker: true, activities: [], ...options });
    this.#running.add(runtime);
    return runtime;
  }

  async stop(runtime: Runtime): Promise<void> {
    this.#running.delete(runtime);
    await runtime.stop();
  }

  /** After each test. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((runtime) => this.stop(runtime)));
  }

  /** When no runtime is left. */
  async close(): Promise<void> {
    await this.database.end();
    await this.#redis.stop();
    await this.#postgres.stop();
  }
}
