import type { Database } from '@perdure/database';
import { readWorkflowFolders } from '@perdure/database/read';

/** Another process tells of its changes; this is for when the telling was lost. */
const keptForMs = 5_000;

/** Which workflow is in which folder, archived ones included: asked by every request of somebody whose role is for a folder. */
export class FolderBook {
  readonly #database: Pick<Database, 'prisma'>;
  #kept: { folders: Promise<ReadonlyMap<string, string>>; at: number } | null = null;

  constructor(database: Pick<Database, 'prisma'>) {
    this.#database = database;
  }

  load(): Promise<ReadonlyMap<string, string>> {
    if (this.#kept !== null && performance.now() - this.#kept.at < keptForMs) return this.#kept.folders;
    const kept = { folders: readWorkflowFolders(this.#database.prisma), at: performance.now() };
    this.#kept = kept;
    kept.folders.catch(() => {
      if (this.#kept === kept) this.#kept = null;
    });
    return kept.folders;
  }

  /** What is being read meanwhile is not kept, either. */
  drop(): void {
    this.#kept = null;
  }
}
