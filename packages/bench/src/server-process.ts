/** The real server, as `npm start` runs it, in a process of its own on a benchmark's database. It ends with this process. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '@perdure/embedded';

export interface ServerProcess {
  pid: number;
  origin: string;
  /** For the HTTP API. */
  key: string;
  /** From the start of the process until it said that it was ready. */
  startedInMs: number;
  /** The owner's session, for what only a signed-in person may ask. */
  signIn(): Promise<string>;
  stop(): Promise<void>;
}

export async function startServer(databaseUrl: string, redisUrl: string | null): Promise<ServerProcess> {
  const port = await freePort();
  const key = randomBytes(24).toString('base64url');
  const origin = `http://localhost:${port}`;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...profiling(), fileURLToPath(new URL('../../../apps/server/src/main.ts', import.meta.url))], {
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: databaseUrl,
      ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
      PERDURE_PORT: String(port),
      PERDURE_API_KEY: key,
      PERDURE_DATA_DIR: join(tmpdir(), `perdure-bench-server-${port}`),
      PERDURE_LIFELINE_FD: '3',
    },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const { stdout } = child;
  if (stdout === null) throw new Error('The server has no output to read.');
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const link = await new Promise<string>((settle, fail) => {
    createInterface({ input: stdout }).on('line', (line) => {
      const ready = /^Perdure is ready: (.*)$/.exec(line);
      if (ready?.[1] !== undefined) settle(ready[1]);
    });
    child.once('exit', (code, signal) => fail(new Error(`The server ended before it was ready (${signal ?? `exit code ${code}`}).`)));
  });
  return {
    pid: child.pid ?? 0,
    origin,
    key,
    startedInMs: performance.now() - startedAt,
    async signIn() {
      const answer = await fetch(`${origin}/api/auth/sign-in-link`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin },
        body: JSON.stringify({ token: new URL(link).searchParams.get('token') }),
      });
      if (!answer.ok) throw new Error(`Signing in failed: ${answer.status} ${await answer.text()}`);
      return answer.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ');
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** A profile of a bench is one of its server, too. */
function profiling(): string[] {
  return process.execArgv.filter((flag) => flag.startsWith('--cpu-prof'));
}
