import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What two suites beside each other need at most, with much to spare. */
const roomBytes = 6 * 2 ** 30;

/**
 * A folder for everything that tests write and throw away, in memory where the system has plenty: the databases of a run are some hundred thousand
 * small files, which a disk takes longer to sync and to forget than the tests take to use them. It is gone when this process is.
 */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(hasRoom('/dev/shm') ? '/dev/shm' : tmpdir(), 'perdure-verify-'));
  // Like the system's own: servers that do not run as root have folders in it.
  chmodSync(folder, 0o1777);
  process.once('exit', () => {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // A server that was killed a moment ago is still writing: what is left is the system's to clean.
    }
  });
  return folder;
}

function hasRoom(place: string): boolean {
  if (!existsSync(place)) return false;
  const { bavail, bsize } = statfsSync(place);
  return Math.min(bavail * bsize, process.availableMemory()) >= roomBytes;
}
