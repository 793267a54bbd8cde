/**
 * `npm run verify`: everything the build server runs, in the order of how soon it tells. Every step runs, whatever failed before it, so
 * that one run shows all there is to repair. The last line counts: each test of a test run, and each other step as one.
 *
 * `--only=name,name` runs some of the steps.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentSeed } from './content-seed.ts';
import { scratchFolder } from './scratch-folder.ts';

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

interface Step {
  readonly name: string;
  run(): Promise<Counts>;
}

const root = join(import.meta.dirname, '..');
const scratch = scratchFolder();
const seed = contentSeed(root);
const bin = (packageName: string, path: string): string => join(root, 'node_modules', packageName, path);
const vitest = bin('vitest', 'vitest.mjs');

const steps: readonly Step[] = [
  check('generate', ['scripts/generate.ts', '--client']),
  check('lint', [bin('oxlint', 'bin/oxlint'), '--type-aware', '--report-unused-disable-directives']),
  check('format', [bin('oxfmt', 'bin/oxfmt'), '--check']),
  ...tsconfigs().map((path) => check('typecheck', [bin('typescript', 'bin/tsc'), '-p', path], path)),
  check('dead-code', [bin('knip', 'bin/knip.js'), '--no-progress']),
  check('generated-docs', ['scripts/generate.ts', '--check']),
  check('migrations', ['scripts/create-migration.ts', '--check']),
  tests('test', [vitest, 'run'], fromVitest),
  tests('chaos', [join(root, 'packages/chaos/src/chaos.ts'), 'all', '--together=2', `--seed=${seed}`], fromChaos),
  check('web-build', [join(root, 'apps/web/node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn', 'apps/web']),
  tests('e2e', [join(root, 'e2e/node_modules/@playwright/test/cli.js'), 'test', '--config', 'e2e/playwright.config.ts'], fromPlaywright),
];

process.exitCode = await main();

async function main(): Promise<number> {
  const only = process.argv
    .find((argument) => argument.startsWith('--only='))
    ?.slice('--only='.length)
    .split(',');
  const chosen = only === undefined ? steps : steps.filter((step) => only.includes(step.name));
  const unknown = only?.filter((name) => !steps.some((step) => step.name === name)) ?? [];
  if (unknown.length > 0) {
    console.error(`There is no step ${unknown.join(', ')}. The steps: ${[...new Set(steps.map((step) => step.name))].join(', ')}.`);
    return 2;
  }
  let passed = 0;
  let failed = 0;
  const failures = new Set<string>();
  console.log(`What explores at random begins with the seed ${seed}, which is of the content.`);
  for (const step of chosen) {
    const counts = await step.run();
    passed += counts.passed;
    failed += counts.failed;
    if (counts.failed > 0) failures.add(step.name);
  }
  if (failures.size > 0) console.log(`\nFailed: ${[...failures].join(', ')}. Run one alone with "npm run verify -- --only=<name>".`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

/** A step that is right or wrong as a whole; it is heard only when it is wrong. */
function check(name: string, command: readonly string[], detail = ''): Step {
  return {
    name,
    async run() {
      const { code, output, seconds } = await runNode(command, { show: false, minutes: 4 });
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name}${detail === '' ? '' : ` ${detail}`} (${seconds} s)`);
      if (code !== 0) console.log(output.trimEnd());
      return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
    },
  };
}

/** A step that counts its tests in a report. A run without tests, or one that breaks off, is a failure. */
function tests(
  name: string,
  command: readonly string[],
  reporting: (report: string) => { arguments: string[]; count: () => Counts },
): Step {
  return {
    name,
    async run() {
      console.log(`\n── ${name} ──`);
      const report = join(scratch, `${name}.json`);
      const plan = reporting(report);
      const { code, seconds } = await runNode([...command, ...plan.arguments], {
        show: true,
        // Twice what it takes on a quiet machine.
        minutes: 36,
        // The same programs are started hundreds of times.
        env: {
          PERDURE_PROPERTY_SEED: seed,
          PLAYWRIGHT_JSON_OUTPUT_FILE: report,
          TMPDIR: scratch,
          NODE_COMPILE_CACHE: join(scratch, 'compiled'),
        },
      });
      const counts = existsSync(report) ? plan.count() : { passed: 0, failed: 0 };
      const sound = code === 0 || counts.failed > 0;
      const result = { passed: counts.passed, failed: counts.failed + (sound ? 0 : 1) };
      if (result.passed + result.failed === 0) result.failed = 1;
      console.log(`${result.failed === 0 ? 'ok    ' : 'FAILED'} ${name}: ${result.passed} passed, ${result.failed} failed (${seconds} s)`);
      return result;
    },
  };
}

function fromVitest(report: string): { arguments: string[]; count: () => Counts } {
  return {
    arguments: ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    count() {
      const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8')) as {
        numPassedTests: number;
        numFailedTests: number;
      };
      return { passed: numPassedTests, failed: numFailedTests };
    },
  };
}

function fromChaos(report: string): { arguments: string[]; count: () => Counts } {
  return { arguments: [`--summary=${report}`], count: () => JSON.parse(readFileSync(report, 'utf8')) as Counts };
}

function fromPlaywright(report: string): { arguments: string[]; count: () => Counts } {
  return {
    arguments: ['--reporter=list,json'],
    count() {
      const { stats } = JSON.parse(readFileSync(report, 'utf8')) as { stats: { expected: number; flaky: number; unexpected: number } };
      return { passed: stats.expected, failed: stats.unexpected + stats.flaky };
    },
  };
}

function tsconfigs(): readonly string[] {
  const folders = ['packages', 'apps'].flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`));
  return [...folders, 'e2e', 'scripts'].flatMap((folder) =>
    ['tsconfig.json', 'tsconfig.test.json'].map((file) => `${folder}/${file}`).filter((path) => existsSync(join(root, path))),
  );
}

async function runNode(
  command: readonly string[],
  options: { show: boolean; minutes: number; env?: Record<string, string> },
): Promise<{ code: number; output: string; seconds: string }> {
  const startedAt = performance.now();
  // A group of its own, so that a step that hangs can be ended with everything it started.
  const child = spawn(process.execPath, [...command], {
    cwd: root,
    detached: process.platform !== 'win32',
    stdio: ['ignore', options.show ? 'inherit' : 'pipe', options.show ? 'inherit' : 'pipe'],
    env: { ...process.env, ...options.env },
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const end = (): void => {
    if (child.pid !== undefined) process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGTERM');
  };
  const overdue = setTimeout(() => {
    console.log(`This step did not end within ${options.minutes} minutes and is ended.`);
    end();
  }, options.minutes * 60_000);
  const interrupted = (): void => {
    end();
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const code = await new Promise<number>((done, fail) => {
    child.once('error', fail);
    child.once('close', (exitCode) => done(exitCode ?? 1));
  });
  clearTimeout(overdue);
  process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  return { code, output, seconds: ((performance.now() - startedAt) / 1000).toFixed(1) };
}
