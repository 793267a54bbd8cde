/**
 * One running Perdure per data directory, because it holds a Postgres cluster.
 *
 * 1. The lock is a file that names its holder: pid, and when on which boot that process started, so that a pid given out again is not
 *    taken for it. A holder that is gone (SIGKILL, power loss) leaves a stale file, which the next start takes over.
 * 2. The file appears whole: it is written aside and linked into place. Two starters cannot both get it.
 * 3. Only one starter at a time may remove a stale file, or it could remove the fresh one of another.
 */
import { processIdentity } from '@perdure/embedded';
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DataLock {
  /** Tells starters that wait that they need not wait in vain. */
  markStopping(): void;
  release(): void;
}

export type AcquiredLock =
  | { readonly ok: true; readonly lock: DataLock }
  | { readonly ok: false; readonly pid: number; readonly reason: string };

interface Holder {
  readonly id: string;
  readonly pid: number;
  readonly started: string;
  readonly stopping: boolean;
}

/** Takes the lock of a directory that exists. Waits for a holder that is stopping, refuses when one is running. */
export async function acquireDataLock(directory: string, options: { readonly waitMs?: number } = {}): Promise<AcquiredLock> {
  const path = join(directory, 'lock');
  const started = processIdentity(process.pid);
  if (started === undefined) throw new Error('This system does not tell when this process started.');
  const mine: Holder = { id: randomUUID(), pid: process.pid, started, stopping: false };
  const stoppingDeadline = performance.now() + (options.waitMs ?? 30_000);
  for (;;) {
    if (place(path, mine)) return { ok: true, lock: held(path, mine) };
    const holder = read(path);
    if (holder === undefined || !isAlive(holder)) {
      await removeStale(path);
      continue;
    }
    if (!holder.stopping || performance.now() > stoppingDeadline) {
      return {
        ok: false,
        pid: holder.pid,
        reason: `Perdure is already running from ${directory} (process ${holder.pid}). Stop it first, or choose another directory with PERDURE_DATA_DIR.`,
      };
    }
    await sleep(50);
  }
}

/** Pid of the process that holds the directory's lock, if one does. */
export function lockHolder(directory: string): number | undefined {
  const holder = read(join(directory, 'lock'));
  return holder !== undefined && isAlive(holder) ? holder.pid : undefined;
}

function held(path: string, mine: Holder): DataLock {
  return {
    markStopping() {
      if (read(path)?.id !== mine.id) return;
      const aside = `${path}.${mine.id}`;
      writeFileSync(aside, JSON.stringify({ ...mine, stopping: true } satisfies Holder));
      renameSync(aside, path);
    },
    release() {
      if (read(path)?.id === mine.id) rmSync(path, { force: true });
    },
  };
}

async function removeStale(path: string): Promise<void> {
  const guard = `${path}.takeover`;
  const started = processIdentity(process.pid) ?? '';
  if (!place(guard, { id: randomUUID(), pid: process.pid, started, stopping: false })) {
    const other = read(guard);
    if (other === undefined || !isAlive(other)) rmSync(guard, { force: true });
    else await sleep(20);
    return;
  }
  const holder = read(path);
  if (holder === undefined || !isAlive(holder)) rmSync(path, { force: true });
  rmSync(guard, { force: true });
}

/** Puts a file into place if there is none. */
function place(path: string, holder: Holder): boolean {
  const aside = `${path}.${holder.id}`;
  writeFileSync(aside, JSON.stringify(holder), { mode: 0o600 });
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Undefined when there is no file, or one nobody finished writing. */
function read(path: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const { id, pid, started, stopping } = value as Partial<Holder>;
    return typeof id === 'string' && typeof pid === 'number' && typeof started === 'string'
      ? { id, pid, started, stopping: stopping === true }
      : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  return processIdentity(holder.pid) === holder.started;
}
