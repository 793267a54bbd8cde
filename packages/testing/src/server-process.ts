/**
 * The product in a process of its own, as `npm start` runs it, on a free port: on Postgres and Redis that are given, or on its embedded ones.
 * For drills, benchmarks and journeys in a browser. It ends with the process that started it.
 */
import { freePort } from '@perdure/embedded';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverNodeFlags } from './server-node-flags.ts';

export interface ServerProcessOptions {
  /** Without them it runs its own. */
  databaseUrl?: string;
  redisUrl?: string | null;
  /** One of its own, deleted by `stop` and `kill`, unless told. */
  dataDirectory?: string;
  /** A random one unless told. */
  apiKey?: string;
  /** `--api`, `--worker`. */
  flags?: readonly string[];
  /** Further variables. Those of this process that configure a server do not reach it. */
  env?: Readonly<Record<string, string>>;
}

export interface ServerProcess {
  readonly origin: string;
  /** The admin key. */
  readonly apiKey: string;
  /** Of the latest start, like `link` and `startedInMs`. */
  readonly pid: number;
  /** The printed sign-in link, which works once. */
  readonly link: string;
  /** From the start of the process until it said that it was ready. */
  readonly startedInMs: number;
  /** Everything it has printed, through all its starts. */
  readonly output: string;
  readonly isGone: boolean;
  /** Uses the printed link; gives the owner's cookies. */
  signIn(): Promise<string>;
  /** A clean stop, then a new start on the same data and port. */
  stopAndRestart(): Promise<void>;
  /** SIGKILL, then a new start on the same data and port. */
  killAndRestart(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** A clean stop. */
  stop(): Promise<void>;
}

const program = join(import.meta.dirname, '../../../apps/server/src/main.ts');

/** Resolves when it is ready; rejects with what it printed when it ends before. */
export async function startServerProcess(options: ServerProcessOptions = {}): Promise<ServerProcess> {
  const { databaseUrl, redisUrl = null, apiKey = randomBytes(24).toString('base64url'), flags = [], env = {} } = options;
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const home = options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'perdure-server-'));
  const removeHome = (): void => {
    if (options.dataDirectory === undefined) rmSync(home, { recursive: true, force: true });
  };
  let output = '';
  const launch = (): Promise<Launched> =>
    launched({
      flags,
      env: {
        ...inherited(),
        ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
        ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
        PERDURE_PORT: String(port),
        PERDURE_DATA_DIR: home,
        PERDURE_API_KEY: apiKey,
        ...env,
      },
      onOutput: (text) => (output += text),
    });
  let server = await launch();
  return {
    origin,
    apiKey,
    get pid() {
      return server.child.pid ?? 0;
    },
    get link() {
      return server.link;
    },
    get startedInMs() {
      return server.startedInMs;
    },
    get output() {
      return output;
    },
    get isGone() {
      return hasEnded(server.child);
    },
    signIn: () => signIn(origin, server.link),
    async stopAndRestart() {
      await end(server.child, 'SIGTERM');
      server = await launch();
    },
    async killAndRestart() {
      await end(server.child, 'SIGKILL');
      server = await launch();
    },
    async kill() {
      await end(server.child, 'SIGKILL');
      removeHome();
    },
    async stop() {
      await end(server.child, 'SIGTERM');
      removeHome();
    },
  };
}

interface Launched {
  child: ChildProcess;
  link: string;
  startedInMs: number;
}

async function launched(options: {
  flags: readonly string[];
  env: NodeJS.ProcessEnv;
  onOutput: (text: string) => void;
}): Promise<Launched> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...serverNodeFlags, ...profiling(), program, ...options.flags], {
    env: { ...options.env, PERDURE_LIFELINE_FD: '3' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  let output = '';
  const link = await new Promise<string>((settle, fail) => {
    const read = (chunk: Buffer): void => {
      options.onOutput(chunk.toString());
      if (output.length > 100_000) return;
      output += chunk.toString();
      const ready = /^Perdure is ready: (.*)$/m.exec(output);
      if (ready?.[1] !== undefined) settle(ready[1]);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', fail);
    child.once('exit', (code, signal) =>
      fail(new Error(`The server ended before it was ready (${signal ?? `exit code ${code}`}).\n${output}`)),
    );
  });
  return { child, link, startedInMs: performance.now() - startedAt };
}

async function signIn(origin: string, link: string): Promise<string> {
  const answer = await fetch(`${origin}/api/auth/sign-in-link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ token: new URL(link).searchParams.get('token') }),
  });
  if (!answer.ok) throw new Error(`Signing in was answered ${answer.status}: ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .join('; ');
}

/** The environment without what would configure the server. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:PERDURE_|OTEL_|DATABASE_URL$|REDIS_URL$)/.test(name)));
}

/** A profile of a benchmark is one of its server, too. */
function profiling(): string[] {
  return process.execArgv.filter((flag) => flag.startsWith('--cpu-prof'));
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}
