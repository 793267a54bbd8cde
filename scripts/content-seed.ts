import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What runs under the drills and property tests of `verify`, themselves among it. */
const underTest = ['packages', 'apps/server'];
/** Installed, built or generated; never committed. */
const made = new Set(['node_modules', 'dist', 'generated']);

/**
 * The seed of everything in `verify` that explores at random: of the content under test, so that the same content meets the same cases in every
 * run of the build server, and a change meets others. It is read from the files: a tree without a repository, or with changes, has one too.
 */
export function contentSeed(root: string): string {
  const hash = createHash('sha256');
  for (const folder of underTest) addFolder(hash, root, folder);
  return hash.digest('hex').slice(0, 6);
}

function addFolder(hash: ReturnType<typeof createHash>, root: string, folder: string): void {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (made.has(entry.name) || entry.name.startsWith('.')) continue;
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) addFolder(hash, root, path);
    else if (entry.isFile())
      hash.update(`${path}\0`).update(
        createHash('sha256')
          .update(readFileSync(join(root, path)))
          .digest(),
      );
  }
}
