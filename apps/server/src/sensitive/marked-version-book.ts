import type { Database } from '@perdure/database';
import { readMarkedVersions } from '@perdure/database/read';

/** How long a look is good for, when nobody says that workflows have changed. */
const lookEveryMs = 2_000;
/** Clocks of processes that publish may differ, and a publication takes its time. */
const overlapMs = 60_000;

/**
 * Which versions mark anything as sensitive, snapshots of drafts that are tried among them, and which workflows start which. Versions never
 * change: only the newest are looked at again.
 */
export class MarkedVersionBook {
  readonly #database: Database;
  readonly #marked = new Map<string, Set<number>>();
  /** By workflow: those it starts, and those that start it. `*`: any. */
  readonly #joined = new Map<string, Set<string>>();
  #family: ReadonlySet<string> = new Set();
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

  /** The workflows whose instances may be of one family with an instance of one that marks anything: values travel among them. */
  async loadFamily(): Promise<ReadonlySet<string>> {
    await this.load();
    return this.#family;
  }

  async #look(): Promise<void> {
    const lookedAt = Date.now();
    const versions = await readMarkedVersions(this.#database.prisma, this.#since);
    for (const { workflowKey, version, publishedAt, marked, starts } of versions) {
      if (marked) this.#marked.set(workflowKey, (this.#marked.get(workflowKey) ?? new Set()).add(version));
      if (!this.#joined.has(workflowKey)) this.#joined.set(workflowKey, new Set());
      for (const started of starts) {
        this.#join(workflowKey, started);
        this.#join(started, workflowKey);
      }
      this.#since = new Date(Math.max(this.#since.getTime(), publishedAt.getTime() - overlapMs));
    }
    this.#family = this.#joinedTo(this.#marked.keys());
    this.#lookedAt = lookedAt;
  }

  #join(one: string, other: string): void {
    this.#joined.set(one, (this.#joined.get(one) ?? new Set()).add(other));
  }

  #joinedTo(keys: Iterable<string>): Set<string> {
    const found = new Set(keys);
    // A set goes on to what is added meanwhile.
    for (const key of found) for (const next of key === any ? this.#joined.keys() : (this.#joined.get(key) ?? [])) found.add(next);
    found.delete(any);
    return found;
  }
}

/** Stands for whatever an expression names. */
const any = '*';
