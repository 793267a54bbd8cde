import type { Database } from '@perdure/database';
import { readMarkedVersions } from '@perdure/database/read';

/** How long a look is good for, when nobody says that workflows have changed. */
const lookEveryMs = 2_000;
/** Clocks of processes that publish may differ, and a publication takes its time. */
const overlapMs = 60_000;

/** Which published versions mark anything as sensitive. They never change: only the newest are looked at again. */
export class MarkedVersionBook {
  readonly #database: Database;
  readonly #marked = new Map<string, Set<number>>();
  #since = new Date(0);
  #lookedAt = 0;
  #looking: Promise<void> | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Somebody has published something. */
  changed(): void {
    this.#lookedAt = 0;
  }

  /** By workflow. Empty as long as nothing is marked anywhere. */
  async load(): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
    if (Date.now() - this.#lookedAt > lookEveryMs) await (this.#looking ??= this.#look().finally(() => (this.#looking = null)));
    return this.#marked;
  }

  async #look(): Promise<void> {
    const lookedAt = Date.now();
    const versions = await readMarkedVersions(this.#database.prisma, this.#since);
    for (const { workflowKey, version, publishedAt, marked } of versions) {
      if (marked) this.#marked.set(workflowKey, (this.#marked.get(workflowKey) ?? new Set()).add(version));
      this.#since = new Date(Math.max(this.#since.getTime(), publishedAt.getTime() - overlapMs));
    }
    this.#lookedAt = lookedAt;
  }
}
