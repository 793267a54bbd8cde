import { startSharedPostgres } from './test-postgres.ts';
import { startSharedRedis } from './test-redis.ts';

/** vitest's global setup: one real Postgres and one real Redis per run. Test files find them through `startTestPostgres` and `startTestRedis`. */
export async function setup(): Promise<() => Promise<void>> {
  const servers = await Promise.all([startSharedPostgres(), startSharedRedis()]);
  return async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
}
