/**
 * Proves that the walls stand: each violation is planted in a copy of the repository's shape, and the linter or the compiler must refuse
 * it. A tool that sees no modules at all would pass every clean tree.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(realpathSync(tmpdir()), 'perdure-walls-'));
  for (const file of ['oxlint.config.ts', 'package.json', 'tsconfig.base.json', 'scripts/lint'])
    cpSync(join(root, file), join(copy, file), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
});

afterAll(() => rmSync(copy, { recursive: true }));

describe('the linter', () => {
  const violations: readonly (readonly [what: string, file: string, source: string, message: RegExp])[] = [
    ['Date.now() in the engine', 'packages/engine/src/a.ts', 'export const at = Date.now();', /"Date\.now" reads the clock/],
    ['Date["now"]() in the engine', 'packages/engine/src/a.ts', "export const at = Date['now']();", /"Date\.now" reads the clock/],
    ['new Date() in graph', 'packages/graph/src/a.ts', 'export const at = new Date();', /"new Date\(\)" reads the clock/],
    ['Math.random() in the engine', 'packages/engine/src/a.ts', 'export const chance = Math.random();', /"Math\.random" would make/],
    ['the clock taken out of Date', 'packages/engine/src/a.ts', 'const { now } = Date;\nexport const at = now();', /"Date" by its members/],
    ['chance taken out of Math', 'packages/engine/src/a.ts', 'const m = Math;\nexport const chance = m.random();', /"Math" by its members/],
    ['setTimeout in the engine', 'packages/engine/src/a.ts', 'setTimeout(() => undefined, 1);', /"setTimeout" is ambient/],
    ['setInterval in graph', 'packages/graph/src/a.ts', 'setInterval(() => undefined, 1);', /"setInterval" is ambient/],
    ['fetch in graph', 'packages/graph/src/a.ts', "void fetch('http://localhost');", /"fetch" is ambient/],
    ['process in the engine', 'packages/engine/src/a.ts', 'export const pid = process.pid;', /"process" is ambient/],
    ['console in the engine', 'packages/engine/src/a.ts', "console.log('x');", /"console" is ambient/],
    ['the clock through globalThis', 'packages/engine/src/a.ts', "export const at = globalThis['Date'];", /"globalThis" is ambient/],
    [
      'node:fs in graph',
      'packages/graph/src/a.ts',
      "import { readFileSync } from 'node:fs';\nexport const f = readFileSync;",
      /"node:fs" may not be imported/,
    ],
    [
      'node:fs imported at run time',
      'packages/engine/src/a.ts',
      "export const f = () => import('node:fs');",
      /"node:fs" may not be imported/,
    ],
    ['a computed import', 'packages/engine/src/a.ts', 'export const f = (name: string) => import(name);', /name written out/],
    [
      'graph importing the engine',
      'packages/graph/src/a.ts',
      "import type { Command } from '@perdure/engine';\nexport type C = Command;",
      /"@perdure\/engine" may not be imported/,
    ],
    [
      'the engine importing the runtime',
      'packages/engine/src/a.ts',
      "export * from '@perdure/runtime';",
      /"@perdure\/runtime" may not be imported/,
    ],
    [
      'expressions importing the engine',
      'packages/expressions/src/a.ts',
      "export { decide } from '@perdure/engine';",
      /"@perdure\/engine" may not be imported/,
    ],
    [
      'expressions using Node outside its sandbox',
      'packages/expressions/src/a.ts',
      "export { fork } from 'node:child_process';",
      /"node:child_process" may not be imported/,
    ],
    [
      'the runtime importing activities',
      'packages/runtime/src/a.ts',
      "export * from '@perdure/activities';",
      /"@perdure\/activities" may not be imported/,
    ],
    [
      'the runtime importing the server',
      'packages/runtime/src/a.ts',
      "export * from '@perdure/server';",
      /"@perdure\/server" may not be imported/,
    ],
    ['a relative path into another package', 'packages/graph/src/a.ts', "export * from '../../engine/src/index.ts';", /leaves the package/],
    [
      'Prisma in the server',
      'apps/server/src/a.ts',
      "export { PrismaClient } from '@prisma/client';",
      /"@prisma\/client" may not be imported/,
    ],
    [
      'Prisma in the runtime outside its adapter',
      'packages/runtime/src/a.ts',
      "export { PrismaPg } from '@prisma/adapter-pg';",
      /"@prisma\/adapter-pg" may not be imported/,
    ],
    [
      'the database in the runtime outside its adapter',
      'packages/runtime/src/a.ts',
      "export * from '@perdure/database';",
      /"@perdure\/database" may not be imported/,
    ],
    [
      'web importing values of the server',
      'apps/web/src/a.ts',
      "import { appRouter } from '@perdure/server/router';\nexport const r = appRouter;",
      /only be imported with "import type"/,
    ],
    [
      'web importing the database',
      'apps/web/src/a.ts',
      "import type { PrismaClient } from '@perdure/database';\nexport type P = PrismaClient;",
      /"@perdure\/database" may not be imported/,
    ],
  ];

  it.each(violations)('refuses %s', (_, file, source, message) => {
    expect(lint({ [file]: `${source}\n` })).toMatch(message);
  });

  it('allows what the walls allow', () => {
    const clean = {
      'packages/graph/src/a.ts':
        "import { z } from 'zod';\nexport const s = z.string();\nexport const at = (iso: string) => new Date(iso).getTime();\n",
      'packages/engine/src/a.ts':
        "import type { Json } from '@perdure/graph';\nexport const process = (fetch: Json, settings: { console: Json }) => [fetch, settings.console];\n",
      'packages/expressions/src/sandbox/a.ts': "export { fork } from 'node:child_process';\n",
      'packages/runtime/src/postgres/a.ts': "export type { Pool } from 'pg';\n",
      'apps/web/src/a.ts': "import type { AppRouter } from '@perdure/server/router';\nexport type R = AppRouter;\n",
      'packages/engine/src/a.test.ts':
        "import { expect, it } from 'vitest';\nit('may use a clock', () => expect(Date.now()).toBeGreaterThan(0));\n",
    };
    expect(lint(clean)).toBe('');
  });

  function lint(files: Readonly<Record<string, string>>): string {
    plant(files);
    const { stdout, stderr, status } = spawnSync(join(root, 'node_modules', '.bin', 'oxlint'), ['-f', 'unix', ...Object.keys(files)], {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` },
    });
    return status === 0 ? '' : stdout + stderr;
  }
});

describe('the compiler', () => {
  const violations: readonly (readonly [what: string, name: string, source: string, message: RegExp])[] = [
    ['setTimeout in the engine', 'engine', 'setTimeout(() => undefined, 1);', /Cannot find name 'setTimeout'/],
    ['fetch in graph', 'graph', "void fetch('http://localhost');", /Cannot find name 'fetch'/],
    ['process in the engine', 'engine', 'export const pid = process.pid;', /Cannot find name 'process'/],
    ['node:fs in graph', 'graph', "export { readFileSync } from 'node:fs';", /Cannot find module 'node:fs'|error TS2591/],
    ['graph importing the engine', 'graph', "export * from '@perdure/engine';", /Cannot find module '@perdure\/engine'/],
    [
      'an import past the exports map',
      'engine',
      "export * from '@perdure/graph/src/plan.ts';",
      /Cannot find module '@perdure\/graph\/src\/plan\.ts'/,
    ],
  ];

  it.each(violations)('refuses %s', (_, name, source, message) => {
    expect(compile(name, `${source}\n`)).toMatch(message);
  });

  it('passes the same package without a violation', () => {
    expect(compile('engine', "export type { Json } from '@perdure/graph';\n")).toBe('');
  });

  function compile(name: string, source: string): string {
    rmSync(join(copy, 'packages', name), { recursive: true, force: true });
    plant({
      [`packages/${name}/src/a.ts`]: source,
      [`packages/${name}/package.json`]: readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'),
    });
    cpSync(join(root, 'packages', name, 'tsconfig.json'), join(copy, 'packages', name, 'tsconfig.json'));
    symlinkSync(join(root, 'packages', name, 'node_modules'), join(copy, 'packages', name, 'node_modules'));
    const { stdout, status } = spawnSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', join(copy, 'packages', name)], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` },
    });
    return status === 0 ? '' : stdout;
  }
});

function plant(files: Readonly<Record<string, string>>): void {
  for (const [file, source] of Object.entries(files)) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), source);
  }
}
