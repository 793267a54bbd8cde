import { eventually } from '@perdure/testing';
import { readdirSync, readFileSync } from 'node:fs';

/** SIGKILL to the postmaster and all its children, as when the machine's memory runs out. Resolves when they are gone; postmaster.pid stays. */
export async function killPostgres(pid: number): Promise<void> {
  const family = [pid, ...childrenOf(pid)];
  for (const one of family) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // Gone by itself, with the postmaster.
    }
  }
  // A postmaster that is dead but not yet reaped still counts as running to the next one.
  await eventually('all of Postgres is gone', () => (statOf(pid) === undefined && family.every((one) => !isAlive(one))) || undefined);
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    return statOf(Number(name))?.parent === parent ? [Number(name)] : [];
  });
}

function isAlive(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.state !== 'Z';
}

function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const [state = '', parent = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
