import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '@perdure/embedded';
import type { DrillContext } from './drill.ts';

/** The whole server in a process of its own, on outside services, as an operator runs it. It ends with the drill. */
export interface ServerProcess {
  readonly origin: string;
  readonly apiKey: string;
  /** Of the owner, signed in by the link that the server printed. */
  readonly cookie: string;
  readonly isGone: boolean;
  /** Everything it has printed. */
  readonly output: string;
}

const program = join(import.meta.dirname, '../../../apps/server/src/main.ts');

export async function startServerProcess(
  context: DrillContext,
  services: { databaseUrl: string; redisUrl: string },
): Promise<ServerProcess> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const apiKey = `canary-${context.seed}-${'k'.repeat(24)}`;
  const usual = Object.entries(process.env).filter(([name]) => !name.startsWith('PERDURE_'));
  const child = spawn(process.execPath, [program], {
    env: {
      ...Object.fromEntries(usual),
      DATABASE_URL: services.databaseUrl,
      REDIS_URL: services.redisUrl,
      PERDURE_PORT: String(port),
      PERDURE_DATA_DIR: join(context.folder, 'server'),
      PERDURE_API_KEY: apiKey,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  context.defer(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  });
  let output = '';
  const token = await new Promise<string>((found, fail) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const link = /Perdure is ready: \S+[?&]token=([\w-]+)/.exec(output)?.[1];
      if (link !== undefined) found(link);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void exited.then(() => fail(new Error(`The server ended before it was ready.\n${output}`)));
  });
  const answer = await fetch(`${origin}/api/auth/sign-in-link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ token }),
  });
  if (!answer.ok) throw new Error(`Signing in was answered ${answer.status}.`);
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .join('; ');
  return {
    origin,
    apiKey,
    cookie,
    get isGone() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    get output() {
      return output;
    },
  };
}
