/**
 * Runs a private Redis from the `redis-server` or `valkey-server` found on PATH. It keeps nothing on disk: Redis is only ever the fast
 * copy of what Postgres holds. It listens on the loopback address only and asks for a password.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { platform } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { findOnPath } from './find-on-path.ts';

export interface RedisOptions {
  readonly program: string;
  /** The server's working directory; nothing is written to it. */
  readonly directory: string;
  readonly port: number;
  readonly password: string;
  readonly logFile: string;
  /** Configuration by name, beyond the above. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The server ends when this process does, where the system can arrange that (Linux). For tests. */
  readonly endWithParent?: boolean;
}

export interface RunningRedis {
  readonly pid: number;
  /** Resolves when the server has ended, for whatever reason. */
  readonly exited: Promise<void>;
  readonly url: string;
  stop(): Promise<void>;
}

/** The Redis server program of this system, if there is one. */
export function findRedisServer(): string | undefined {
  return findOnPath('redis-server', 'valkey-server');
}

/** Starts a server and waits until it answers. */
export async function startRedis(options: RedisOptions): Promise<RunningRedis> {
  const settings = {
    bind: '127.0.0.1',
    port: String(options.port),
    requirepass: options.password,
    dir: options.directory,
    save: '',
    appendonly: 'no',
    // A full memory must be an error we handle, never a key that silently goes away in the middle of what belongs together.
    'maxmemory-policy': 'noeviction',
    ...options.settings,
  };
  const log = openSync(options.logFile, 'a', 0o600);
  const command = [options.program, '-'];
  const bound = options.endWithParent === true && platform() === 'linux' && findOnPath('setpriv') !== undefined;
  const [file, ...args] = bound ? ['setpriv', '--pdeathsig', 'TERM', '--', ...command] : command;
  if (file === undefined) throw new Error('No command to run.');
  // Its own process group: a Ctrl+C in the terminal reaches Perdure, which stops this server in its turn.
  const child = spawn(file, args, {
    cwd: options.directory,
    detached: true,
    stdio: ['pipe', log, log],
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
  });
  closeSync(log);
  let exited: string | undefined;
  const exit = new Promise<void>((done) => {
    child.once('exit', (code, signal) => {
      exited = signal === null ? `exit code ${code}` : `signal ${signal}`;
      done();
    });
    child.once('error', (error) => {
      exited = error.message;
      done();
    });
  });
  // The configuration goes through standard input, so that the password is in no file and no list of processes.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(
    Object.entries(settings)
      .map(([name, value]) => `${name} ${JSON.stringify(value)}\n`)
      .join(''),
  );
  child.unref();
  for (let waitedMs = 0; !(await answers(options)); waitedMs += 20) {
    if (exited !== undefined)
      throw new Error(`${options.program} stopped while starting (${exited}). Its log: ${options.logFile}\n${tail(options.logFile)}`);
    if (waitedMs > 30_000) {
      child.kill('SIGKILL');
      throw new Error(`${options.program} did not answer within half a minute. Its log: ${options.logFile}\n${tail(options.logFile)}`);
    }
    await Promise.race([sleep(20), exit]);
  }
  if (child.pid === undefined) throw new Error('A Redis that answers has no process id.');
  return {
    pid: child.pid,
    exited: exit,
    url: `redis://:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/0`,
    async stop() {
      if (exited !== undefined) return;
      child.ref();
      child.kill('SIGTERM');
      await exit;
    },
  };
}

function answers(options: { port: number; password: string }): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(options.port, '127.0.0.1');
    const finish = (answer: boolean): void => {
      socket.destroy();
      done(answer);
    };
    let reply = '';
    socket.setTimeout(2_000, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
    socket.once('connect', () => socket.write(`AUTH ${options.password}\r\nPING\r\n`));
    socket.on('data', (chunk) => {
      reply += chunk.toString();
      if (reply.includes('+PONG')) finish(true);
      else if (reply.startsWith('-')) finish(false);
    });
  });
}

function tail(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  } catch {
    return '';
  }
}
