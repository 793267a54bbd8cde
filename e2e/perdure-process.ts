/** The product as a user runs it: one server process with its embedded services, on a free port and a data directory of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
export const apiKey = 'e2e-admin-key-0123456789abcdef';

export interface PerdureProcess {
  url: string;
  /** The sign-in link printed by the latest start. */
  link: string;
  /** SIGKILL, then a new start on the same data and port. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startPerdure(): Promise<PerdureProcess> {
  const home = await mkdtemp(join(tmpdir(), 'perdure-e2e-'));
  const port = await freePort();
  let server = await launch(home, port);
  return {
    url: `http://localhost:${port}`,
    get link() {
      return server.link;
    },
    async killAndRestart() {
      await end(server.child, 'SIGKILL');
      server = await launch(home, port);
    },
    async stop() {
      await end(server.child, 'SIGTERM');
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function launch(home: string, port: number): Promise<{ child: ChildProcess; link: string }> {
  const child = spawn(join(root, 'node_modules/.bin/node'), [join(root, 'apps/server/src/main.ts')], {
    cwd: root,
    env: { ...inherited(), PERDURE_PORT: String(port), PERDURE_DATA_DIR: home, PERDURE_API_KEY: apiKey },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const link = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const ready = /Perdure is ready: (\S+)/.exec(output);
      if (ready?.[1] !== undefined) resolve(ready[1]);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => reject(new Error(`The server ended with ${code} before it was ready.\n${output}`)));
  });
  return { child, link };
}

/** The environment without what would configure the server. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('PERDURE_') && name !== 'DATABASE_URL' && name !== 'REDIS_URL'),
  );
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}
