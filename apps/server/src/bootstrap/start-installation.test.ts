/** Starts real processes with embedded servers in directories of their own, as `npm start` does, with nothing to run on top. */
import { clusterPid, freePort, processIdentity } from '@perdure/embedded';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

// Each start sets up a database with fsync on.
vi.setConfig({ testTimeout: 90_000 });

let directory: string;
let port: number;
let children: ChildProcess[];

beforeEach(async () => {
  directory = join(mkdtempSync(join(tmpdir(), 'perdure-start-')), 'data');
  port = await freePort();
  children = [];
});

afterEach(async () => {
  for (const child of children) await end(child, 'SIGTERM');
  // What a failed test may have left behind.
  const left = clusterPid(join(directory, 'postgres'));
  if (left !== undefined && processIdentity(left) !== undefined) process.kill(left, 'SIGQUIT');
  rmSync(join(directory, '..'), { recursive: true, force: true });
});

it('starts, refuses a second start with the reason, stops cleanly and starts again on the same data', async () => {
  const first = await start();
  expect(first.output()).toMatch(/Postgres: embedded.*Redis: /);
  expect(first.output()).toContain('Brought the database up to date');

  const second = await start({ until: 'end' });
  expect(second.output()).toContain(`Perdure is already running from ${directory} (process ${first.child.pid})`);
  expect(second.child.exitCode).toBe(1);

  const postgres = record().postgres.pid;
  const redis = record().redis.pid;
  await end(first.child, 'SIGTERM');
  expect(first.child.exitCode).toBe(0);
  expect([processIdentity(postgres), processIdentity(redis)]).toEqual([undefined, undefined]);
  expect(existsSync(join(directory, 'lock'))).toBe(false);

  const third = await start();
  expect(third.output()).not.toContain('Brought the database up to date');
});

it('goes on after SIGKILL, stopping the servers that were left behind', async () => {
  const first = await start();
  const before = record();
  await end(first.child, 'SIGKILL');
  expect(processIdentity(before.postgres.pid)).toBeDefined();

  const second = await start();
  expect(second.output()).toContain('Stopped the Postgres that an earlier start left behind.');
  expect([processIdentity(before.postgres.pid), processIdentity(before.redis.pid)]).toEqual([undefined, undefined]);
  expect(record().postgres.port).toBe(before.postgres.port);
});

it('recovers from a first start that was killed half-way', async () => {
  mkdirSync(join(directory, '.postgres.unfinished'), { recursive: true });
  writeFileSync(join(directory, '.postgres.unfinished', 'PG_VERSION'), '18');
  writeFileSync(
    join(directory, 'services.json'),
    JSON.stringify({ postgres: { port: await freePort(), password: 'recorded', pid: null, identity: null } }),
  );
  const first = await start();
  expect(first.output()).toContain('ready');
  expect(record().postgres.password).toBe('recorded');
});

it('starts an embedded server again that was killed', async () => {
  const first = await start();
  const before = record();
  process.kill(before.postgres.pid, 'SIGKILL');
  process.kill(before.redis.pid, 'SIGKILL');
  await expect.poll(() => first.output(), { timeout: 15_000 }).toMatch(/Postgres runs again/);
  await expect.poll(() => first.output(), { timeout: 15_000 }).toMatch(/Redis runs again/);
  expect(record().postgres).toMatchObject({ port: before.postgres.port, password: before.postgres.password });
});

it('refuses a port in use before anything else starts', async () => {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  try {
    const refused = await start({ until: 'end' });
    expect(refused.output()).toContain(`Port ${port} on 127.0.0.1 is in use by another program`);
    expect(refused.child.exitCode).toBe(1);
    expect(existsSync(join(directory, 'postgres'))).toBe(false);
    expect(existsSync(join(directory, 'lock'))).toBe(false);
  } finally {
    server.close();
  }
});

it('ends when its starter is gone', async () => {
  const first = await start({ lifeline: true });
  first.child.stdio[3]?.destroy();
  await once(first.child, 'exit');
  expect(first.output()).toContain('Stopping (its starter is gone)');
  expect(processIdentity(record().postgres.pid)).toBeUndefined();
});

it('lets a worker join, and refuses it when there is no Redis to share', async () => {
  const first = await start();
  const worker = await start({ argv: ['--worker'] });
  expect(worker.output()).toContain('Postgres: that of the Perdure in');
  await end(worker.child, 'SIGTERM');
  expect(processIdentity(record().postgres.pid)).toBeDefined();
  await end(first.child, 'SIGTERM');

  // A PATH with no Redis on it, and with what starting Postgres as root needs.
  const programs = join(directory, 'programs');
  mkdirSync(programs);
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  if (setpriv !== undefined) symlinkSync(setpriv, join(programs, 'setpriv'));
  const withoutRedis = await start({ env: { PATH: programs } });
  expect(withoutRedis.output()).toContain('hot state is kept in this process');
  const lonely = await start({ argv: ['--worker'], until: 'end' });
  expect(lonely.output()).toContain('no other process can join it');
});

interface Started {
  readonly child: ChildProcess;
  output(): string;
}

async function start(
  options: { argv?: string[]; until?: 'ready' | 'end'; lifeline?: boolean; env?: Record<string, string> } = {},
): Promise<Started> {
  const program = `
    import { startInstallation } from ${JSON.stringify(join(import.meta.dirname, 'start-installation.ts'))};
    await startInstallation(process.env, ${JSON.stringify(options.argv ?? [])}, async () => {
      const busy = setInterval(() => undefined, 1000);
      return { ready: 'ready', stop: async () => clearInterval(busy) };
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: options.lifeline === true ? ['ignore', 'pipe', 'pipe', 'pipe'] : ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      PERDURE_DATA_DIR: directory,
      PERDURE_PORT: String(port),
      ...(options.lifeline === true ? { PERDURE_LIFELINE_FD: '3' } : {}),
      ...options.env,
    },
  });
  children.push(child);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close');
  if (options.until === 'end') await ended;
  else {
    while (!/^ready$/m.test(output)) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The process ended before it was ready:\n${output}`);
      await sleep(20);
    }
  }
  return { child, output: () => output };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

function record(): Record<'postgres' | 'redis', { port: number; password: string; pid: number }> {
  return JSON.parse(readFileSync(join(directory, 'services.json'), 'utf8')) as ReturnType<typeof record>;
}
