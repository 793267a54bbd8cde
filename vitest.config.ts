import { defineConfig } from 'vitest/config';

const shared = {
  include: ['src/**/*.test.{ts,tsx}'],
  exclude: ['**/node_modules/**'],
  setupFiles: [`${import.meta.dirname}/packages/testing/src/seeded-properties.ts`],
  pool: 'forks' as const,
  testTimeout: 20_000,
  hookTimeout: 60_000,
};

/** Pure code needs no servers and starts at once; everything else shares one real Postgres and Redis per run. */
const pure = ['graph', 'expressions', 'engine', 'activities'].map((name) => ({
  test: { ...shared, name, root: `packages/${name}` },
}));

const withServices = [
  'packages/database',
  'packages/embedded',
  'packages/testing',
  'packages/runtime',
  'packages/bench',
  'packages/chaos',
  'apps/server',
].map((root) => ({
  test: {
    ...shared,
    name: root.split('/')[1] ?? root,
    root,
    // What a busy machine does slowly is no failure. Of pure code some tests mean the limit.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    globalSetup: [`${import.meta.dirname}/packages/testing/src/vitest-services.ts`],
  },
}));

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      ...pure,
      ...withServices,
      { test: { ...shared, name: 'web', root: 'apps/web' } },
      { test: { ...shared, name: 'scripts', root: 'scripts', include: ['**/*.test.ts'], testTimeout: 120_000 } },
    ],
  },
});
