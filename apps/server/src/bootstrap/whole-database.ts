/** The database of an installation for work on all of it, whether the installation runs or not. */
import { mkdirSync } from 'node:fs';
import type { Configuration } from './configuration.ts';
import { acquireDataLock, lockHolder } from './data-lock.ts';
import { openStoppedDatabase, recordedAddresses } from './services.ts';

export type WholeDatabase = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * @param use `live`: beside a running installation, if there is one; `alone`: only while none runs from the data directory. Of an outside
 *   database nothing is known here; whoever works on it must look for itself.
 */
export async function withWholeDatabase(
  configuration: Configuration,
  use: 'live' | 'alone',
  say: (line: string) => void,
  work: (url: string) => Promise<void>,
): Promise<WholeDatabase> {
  if (configuration.databaseUrl !== null) {
    await work(configuration.databaseUrl);
    return { ok: true };
  }
  const directory = configuration.dataDirectory;
  const running = use === 'live' && lockHolder(directory) !== undefined ? recordedAddresses(directory).databaseUrl : undefined;
  if (running !== undefined) {
    await work(running);
    return { ok: true };
  }
  // As at the start of an installation: closed to others; root's is passable, because the embedded Postgres then runs as another user.
  mkdirSync(directory, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const acquired = await acquireDataLock(directory);
  if (!acquired.ok) return acquired;
  try {
    const database = await openStoppedDatabase(directory, say);
    try {
      await work(database.url);
    } finally {
      await database.close();
    }
  } finally {
    acquired.lock.release();
  }
  return { ok: true };
}
