/**
 * Who may import whom, with the reason each refusal gives. Imports point one way:
 * graph ← expressions ← engine ← runtime ← server; web sees graph, expressions, engine and the types of server.
 *
 * What is not allowed here is refused. Test files may use the test tools and Node besides.
 */
export interface Wall {
  /** Path in the repository that files of this part begin with. */
  readonly folder: string;
  /** Module names, as a whole or with what follows a slash. */
  readonly allow: readonly string[];
  /** Allowed only in files whose path begins so. */
  readonly allowIn?: readonly { readonly paths: readonly string[]; readonly modules: readonly string[] }[];
  /** Allowed only as `import type`. */
  readonly typesOf?: readonly string[];
  readonly reason: string;
}

const node = 'node:';

export const walls: readonly Wall[] = [
  {
    folder: 'packages/graph/src/',
    allow: ['zod'],
    reason:
      'graph is the innermost part: it knows the document and nothing else, and it runs in the browser, on the server and in tests alike',
  },
  {
    folder: 'packages/expressions/src/',
    allow: ['@perdure/graph', 'jsonata', 're2js'],
    allowIn: [{ paths: ['packages/expressions/src/sandbox'], modules: [node] }],
    reason: 'expressions stand on graph and also run in the browser; only the killable child and its parent (src/sandbox) use Node',
  },
  {
    folder: 'packages/engine/src/',
    allow: ['@perdure/graph'],
    reason: 'the engine is pure: time, ids, results and the evaluator are handed to it, so it needs nothing but graph',
  },
  {
    folder: 'packages/runtime/src/',
    allow: ['@perdure/graph', '@perdure/expressions', '@perdure/engine', node],
    allowIn: [
      { paths: ['packages/runtime/src/postgres/'], modules: ['pg'] },
      { paths: ['packages/runtime/src/redis/'], modules: ['ioredis'] },
    ],
    reason:
      'the runtime hosts the engine below the server: activities are handed to it, and databases are behind its ports (src/postgres, src/redis)',
  },
  {
    folder: 'packages/activities/src/',
    allow: ['@perdure/graph', '@perdure/engine', 'undici', 'ipaddr.js', 'zod', node],
    reason: 'activities do work in the outside world and know nothing of who runs them',
  },
  {
    folder: 'packages/database/src/',
    allow: ['@perdure/graph', '@perdure/engine', '@prisma', 'pg', 'pg-copy-streams', node],
    reason: 'the database stands on the vocabulary of graph and engine and below runtime and server',
  },
  {
    folder: 'packages/embedded/src/',
    allow: ['pg', node],
    reason: 'embedded only starts and stops private servers',
  },
  {
    folder: 'packages/testing/src/',
    allow: [
      '@perdure/graph',
      '@perdure/expressions',
      '@perdure/engine',
      '@perdure/runtime',
      '@perdure/activities',
      '@perdure/database',
      '@perdure/embedded',
      'pg',
      'ioredis',
      'vitest',
      'fast-check',
      'postal-mime',
      'smtp-server',
      node,
    ],
    reason: 'testing drives the runtime and the services; the server is reached over HTTP',
  },
  {
    folder: 'packages/bench/src/',
    allow: [
      '@perdure/graph',
      '@perdure/expressions',
      '@perdure/engine',
      '@perdure/runtime',
      '@perdure/activities',
      '@perdure/database',
      '@perdure/testing',
      '@perdure/embedded',
      'zod',
      'pg',
      'autocannon',
      'pg-copy-streams',
      'playwright-core',
      node,
    ],
    reason: 'benchmarks drive the runtime; the server is a process of its own, reached over HTTP',
  },
  {
    folder: 'packages/chaos/src/',
    allow: [
      '@perdure/graph',
      '@perdure/expressions',
      '@perdure/engine',
      '@perdure/runtime',
      '@perdure/activities',
      '@perdure/database',
      '@perdure/testing',
      '@perdure/embedded',
      'pg',
      'ioredis',
      node,
    ],
    reason: 'drills drive the runtime and the services; the server is reached over HTTP',
  },
  {
    folder: 'apps/server/src/',
    allow: [
      '@perdure/graph',
      '@perdure/expressions',
      '@perdure/engine',
      '@perdure/runtime',
      '@perdure/activities',
      '@perdure/database',
      '@perdure/embedded',
      '@cfworker/json-schema',
      '@fastify',
      '@trpc/server',
      '@opentelemetry',
      'better-auth',
      'fastify',
      'fastify-plugin',
      'ioredis',
      'nodemailer',
      'pg',
      'pino',
      'prom-client',
      're2js',
      'ws',
      'zod',
      node,
    ],
    allowIn: [
      { paths: ['apps/server/src/test-support/'], modules: ['@perdure/testing'] },
      { paths: ['apps/server/src/live.test.ts', 'apps/server/src/guide/guide.test.ts'], modules: ['@trpc/client'] },
    ],
    reason: 'the server stands on everything but the web app; Prisma is used through @perdure/database',
  },
  {
    folder: 'apps/web/src/',
    allow: [
      '@perdure/graph',
      '@perdure/expressions',
      '@perdure/engine',
      '@cfworker/json-schema',
      '@codemirror',
      '@fontsource-variable',
      '@lezer',
      '@mantine',
      '@rjsf',
      '@tabler/icons-react',
      '@tanstack',
      '@trpc/client',
      '@trpc/tanstack-react-query',
      '@xyflow/react',
      'diff',
      'elkjs',
      'markdown-to-jsx',
      'react',
      'react-dom',
      'zod/v4/core',
      'zustand',
    ],
    typesOf: ['@perdure/server', '@trpc/server'],
    reason: 'the web app runs in the browser: it shares graph, expressions and engine, and of the server it sees types only',
  },
];

/** Besides the above, in test files. */
export const testModules = [
  'vitest',
  'fast-check',
  '@perdure/testing',
  '@testing-library',
  node,
  'pg',
  'ioredis',
  '@perdure/database',
  'undici',
] as const;

/** Tests, and what only they use: contract suites and fixtures. */
const isTestFile = /\.test\.tsx?$|-contract\.ts$|-fixture\.ts$/;

/** Why an import is refused, or undefined when it is allowed. `file` is the path in the repository. */
export function refusal(file: string, specifier: string, typeOnly: boolean): string | undefined {
  const wall = walls.find((candidate) => file.startsWith(candidate.folder));
  if (wall === undefined) return undefined;
  if (specifier.startsWith('.')) {
    const target = resolveRelative(file, specifier);
    return target.startsWith(packageFolder(wall))
      ? undefined
      : `"${specifier}" leaves the package: import another package by its name, through its entry. ${capital(wall.reason)}.`;
  }
  if (wall.allow.some((module) => matches(specifier, module))) return undefined;
  if (
    wall.allowIn?.some(
      (exception) =>
        exception.paths.some((path) => file.startsWith(path)) && exception.modules.some((module) => matches(specifier, module)),
    )
  )
    return undefined;
  if (isTestFile.test(file) && testModules.some((module) => matches(specifier, module))) return undefined;
  if (wall.typesOf?.some((module) => matches(specifier, module))) {
    return typeOnly ? undefined : `"${specifier}" may only be imported with "import type" here: ${wall.reason}.`;
  }
  return `"${specifier}" may not be imported here: ${wall.reason}.`;
}

function matches(specifier: string, module: string): boolean {
  return module === node ? specifier.startsWith(node) : specifier === module || specifier.startsWith(`${module}/`);
}

function packageFolder(wall: Wall): string {
  return wall.folder.slice(0, -'src/'.length);
}

function resolveRelative(file: string, specifier: string): string {
  const parts = file.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
