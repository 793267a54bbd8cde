import { defineConfig } from 'vitest/config';

const shared = {
  include: ['src/**/*.test.{ts,tsx}'],
  exclude: ['**/node_modules/**', '**/*.crash.test.ts'],
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
  'apps/server',
].map((root) => ({
  test: {
    ...shared,
    name: root.split('/')[1] ?? root,
    root,
    globalSetup: [`${import.meta.dirname}/packages/testing/src/vitest-services.ts`],
  },
}));

/** Tests that kill processes while others work: `*.crash.test.ts`. They bring their own servers and run one after the other. */
const crash = ['packages/testing', 'packages/runtime', 'apps/server'].map((root) => ({
  test: {
    ...shared,
    name: `crash:${root.split('/')[1] ?? root}`,
    root,
    include: ['src/**/*.crash.test.ts'],
    exclude: ['**/node_modules/**'],
    fileParallelism: false,
    testTimeout: 300_000,
  },
}));

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      ...pure,
      ...withServices,
      ...crash,
      { test: { ...shared, name: 'web', root: 'apps/web' } },
      { test: { ...shared, name: 'scripts', root: 'scripts', include: ['**/*.test.ts'], testTimeout: 120_000 } },
    ],
  },
});
