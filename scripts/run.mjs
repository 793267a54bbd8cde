/**
 * `node scripts/run.mjs <verb> [arguments]`: what every root script goes through. Plain JavaScript that any Node from 18 on can run: it
 * makes sure that packages are installed, the database client is generated and the web app is built, each only when out of date, and then
 * hands over to the project's own Node, which comes with the packages.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';
const packageManager = 'pnpm@12.21.0';
const stamps = join(root, 'node_modules', '.perdure');
const node = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
/** How the server's Node is started, wherever one is: see "Memory of sleepers" in docs/performance.md. */
const serverFlags = JSON.parse(readFileSync(join(root, 'apps/server/node-flags.json'), 'utf8'));

/** What each verb needs first, and what it runs. Arguments of the command line follow. */
const verbs = {
  start: { needs: ['packages', 'client', 'web'], run: [...serverFlags, 'apps/server/src/main.ts'] },
  dev: { needs: ['packages', 'client'], run: ['scripts/dev.ts'] },
  test: { needs: ['packages'], run: ['scripts/test.ts'] },
  verify: { needs: ['packages'], run: ['scripts/verify.ts'] },
  generate: { needs: ['packages'], run: ['scripts/generate.ts'] },
  typecheck: { needs: ['packages', 'client'], run: ['scripts/verify.ts', '--only=typecheck'] },
  lint: { needs: ['packages', 'client'], run: ['scripts/verify.ts', '--only=lint,format,dead-code'] },
  e2e: { needs: ['packages', 'client', 'web'], run: ['scripts/verify.ts', '--only=e2e'] },
  format: { needs: ['packages'], run: ['node_modules/oxfmt/bin/oxfmt'] },
  bench: { needs: ['packages', 'client'], run: ['--expose-gc', 'packages/bench/src/bench.ts'] },
  chaos: { needs: ['packages', 'client'], run: ['packages/chaos/src/chaos.ts'] },
  perdure: { needs: ['packages', 'client'], run: ['apps/server/src/cli.ts'] },
};

const [verb, ...given] = process.argv.slice(2);
if (verb === undefined || !Object.hasOwn(verbs, verb)) {
  console.error(`Usage: node scripts/run.mjs <${Object.keys(verbs).join('|')}> [arguments]`);
  process.exit(2);
}

// pnpm hands on the `--` that npm swallows.
const parameters = given[0] === '--' ? given.slice(1) : given;
const preparations = { packages: installPackages, client: generateClient, web: buildWeb };
for (const need of verbs[verb].needs) preparations[need]();
handOver([...verbs[verb].run, ...parameters]);

function installPackages() {
  upToDate(
    'packages',
    ['pnpm-lock.yaml', 'pnpm-workspace.yaml'],
    () => existsSync(node),
    () => {
      const first = !existsSync(join(root, 'node_modules'));
      say(`Installing packages (${first ? 'first time, about a minute' : 'they have changed'}) …`);
      // pnpm through npm, which comes with Node; no shell reads these words, but Windows' npx is a script and needs one.
      mustRun(
        'npx',
        ['--yes', packageManager, 'install', '--frozen-lockfile', '--config.confirm-modules-purge=false'],
        'Packages could not be installed',
        {
          shell: windows,
          env: { ...process.env, CI: process.env.CI ?? '1', npm_config_user_agent: undefined },
        },
      );
    },
  );
}

function generateClient() {
  upToDate(
    'client',
    ['prisma/schema.prisma', 'prisma.config.ts', 'pnpm-lock.yaml'],
    () => existsSync(join(root, 'packages/database/src/generated/client.ts')),
    () => {
      say('Generating the database client …');
      mustRun(node, ['scripts/generate.ts', '--client'], 'The database client could not be generated');
    },
  );
}

function buildWeb() {
  const sources = ['apps/web', 'packages/graph/src', 'packages/expressions/src', 'packages/engine/src', 'pnpm-lock.yaml'];
  upToDate(
    'web',
    sources,
    () => existsSync(join(root, 'apps/web/dist/index.html')),
    () => {
      say('Building the web app …');
      mustRun(
        node,
        [join(root, 'apps/web/node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn', 'apps/web'],
        'The web app could not be built',
      );
    },
  );
}

/** Does the work unless it was done for just these files; the stamp is written last, so that what breaks off is done again. */
function upToDate(name, sources, present, work) {
  const hash = createHash('sha256');
  for (const source of sources) addToHash(hash, join(root, source));
  const digest = hash.digest('hex');
  const stamp = join(stamps, name);
  if (present() && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  work();
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, digest);
}

function addToHash(hash, path) {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    if (existsSync(path)) hash.update(`${path.slice(root.length)}\0`).update(readFileSync(path));
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === 'node_modules' || entry.name === 'dist' || /\.test\.tsx?$/.test(entry.name)) continue;
    addToHash(hash, join(path, entry.name));
  }
}

function mustRun(file, args, failure, options = {}) {
  const { status, signal, stdout, stderr, error } = spawnSync(file, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    ...options,
    env: withOurTools(options.env ?? process.env),
  });
  if (status === 0) return;
  console.error(`${stdout ?? ''}${stderr ?? ''}`.trimEnd());
  console.error(`${failure} (${error ? error.message : signal ? `signal ${signal}` : `exit code ${status}`}). What went wrong is above.`);
  process.exit(1);
}

/**
 * Runs the project's Node in this process' place, in the same process group. It gets a pipe that ends when this process does, so that
 * killing `npm start` does not leave a server behind that nobody sees.
 */
function handOver(args) {
  const child = spawn(node, args, {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...withOurTools(process.env), PERDURE_LIFELINE_FD: '3' },
  });
  child.once('error', (error) => {
    console.error(`The project's own Node could not be started: ${error.message}. Remove node_modules and try again.`);
    process.exit(1);
  });
  // A Ctrl+C reaches the child by itself too; it takes signals that come together as one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
  // npm does not always live to pass a signal on. When it is gone, so are we.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined && !windows) {
    setInterval(() => {
      if (process.ppid !== parent) process.exit(1);
    }, 250).unref();
  }
}

function withOurTools(env) {
  const path = [join(root, 'node_modules', 'node', 'bin'), join(root, 'node_modules', '.bin'), env.PATH ?? env.Path ?? ''].join(delimiter);
  return { ...env, PATH: path };
}

function say(line) {
  console.log(line);
}
