import { clusterPid, processCommandLine, processIdentity } from '@perdure/embedded';
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceRecord } from './service-record.ts';

/**
 * Stops the Postgres that an earlier Perdure left running on a cluster directory when it was killed. It is only touched when its command
 * line names the directory. Returns whether there was one.
 */
export async function stopLeftPostgres(directory: string): Promise<boolean> {
  const pid = clusterPid(directory);
  if (pid === undefined) return false;
  const identity = processIdentity(pid);
  if (identity === undefined) return false;
  const commandLine = processCommandLine(pid);
  if (commandLine === undefined || !commandLine.includes(directory)) {
    // The pid belongs to somebody else by now: Postgres would take it for a running server and refuse to start.
    if (commandLine !== undefined && !commandLine.includes('postgres')) rmSync(join(directory, 'postmaster.pid'), { force: true });
    return false;
  }
  // Fast shutdown, then immediate shutdown, which recovers from the log at the next start.
  await endProcess(pid, identity, ['SIGINT', 'SIGQUIT']);
  return true;
}

/** Stops the Redis that an earlier Perdure left running. It is only touched when it is still the recorded process. */
export async function stopLeftRedis(record: ServiceRecord['redis']): Promise<boolean> {
  if (record === undefined || record.pid === null || record.identity === null || processIdentity(record.pid) !== record.identity)
    return false;
  const program = processCommandLine(record.pid)?.split(' ')[0];
  if (program === undefined || !/^(redis|valkey)-server/.test(basename(program))) return false;
  await endProcess(record.pid, record.identity, ['SIGTERM', 'SIGKILL']);
  return true;
}

async function endProcess(pid: number, identity: string, signals: readonly NodeJS.Signals[]): Promise<void> {
  for (const signal of signals) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      throw error;
    }
    for (let waitedMs = 0; waitedMs < 15_000; waitedMs += 25) {
      if (processIdentity(pid) !== identity) return;
      await sleep(25);
    }
  }
  throw new Error(`A server left behind by an earlier start (process ${pid}) does not end. End it and start Perdure again.`);
}
