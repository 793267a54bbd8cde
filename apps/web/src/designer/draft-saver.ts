import type { SaveDraftResult } from '@perdure/server/contract';
import type { WorkflowDocument } from '@perdure/graph';

/*
 * Saves the draft by itself and says how it stands.
 *
 * 1. What is not on the server yet is kept in this browser, from the change until the answer.
 * 2. One save at a time; changes made meanwhile go with the next.
 * 3. A save that met another editor's stops all saving until a person has chosen.
 */

export type DraftStatus =
  | { state: 'saved'; at: string }
  | { state: 'saving' }
  /** The server cannot be reached; tried again by itself. */
  | { state: 'offline' }
  /** The server said no, and would again. */
  | { state: 'refused'; reason: string }
  | { state: 'conflict'; theirs: Theirs };

export interface Theirs {
  document: WorkflowDocument;
  draftRevision: number;
  savedAt: string;
  savedBy: string;
}

export interface DraftSaverPorts {
  save(baseRevision: number, document: WorkflowDocument, force: boolean): Promise<SaveDraftResult>;
  /** Sorts a thrown error: lost line or refusal. */
  explain(error: unknown): { transient: boolean; reason: string };
  /** Keeps the unsaved document in this browser; null forgets it. */
  keep(draft: { document: WorkflowDocument; baseRevision: number; base: WorkflowDocument | null } | null): void;
  onStatus(status: DraftStatus): void;
  setTimer(callback: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
}

const quietMs = 800;
const firstRetryMs = 2_000;
const longestRetryMs = 30_000;

export class DraftSaver {
  readonly #ports: DraftSaverPorts;
  #revision: number;
  #status: DraftStatus;
  #base: WorkflowDocument | null;
  /** Not on the server yet. */
  #unsaved: WorkflowDocument | null = null;
  #timer: unknown = null;
  #running: Promise<void> | null = null;
  #retryMs = firstRetryMs;

  /** `base`: what the server has at that revision. */
  constructor(ports: DraftSaverPorts, revision: number, savedAt: string, base: WorkflowDocument | null = null) {
    this.#ports = ports;
    this.#base = base;
    this.#revision = revision;
    this.#status = { state: 'saved', at: savedAt };
  }

  get revision(): number {
    return this.#revision;
  }

  /** What the unsaved changes were made on; null when nobody knows any more. */
  get base(): WorkflowDocument | null {
    return this.#base;
  }

  get status(): DraftStatus {
    return this.#status;
  }

  get hasUnsaved(): boolean {
    return this.#unsaved !== null;
  }

  change(document: WorkflowDocument): void {
    this.#unsaved = document;
    this.#ports.keep({ document, baseRevision: this.#revision, base: this.#base });
    if (this.#status.state === 'conflict') return;
    if (this.#status.state !== 'offline') this.#setStatus({ state: 'saving' });
    this.#schedule(quietMs);
  }

  /** Saves now what is unsaved. Resolves when the server has it, or when it is clear that it will not. */
  async flush(): Promise<void> {
    this.#cancelTimer();
    if (this.#status.state === 'conflict') return;
    await this.#running;
    if (this.#unsaved !== null) await this.#save(false);
  }

  /** The line is back: no need to wait for the next try. */
  online(): void {
    if (this.#status.state === 'offline') void this.flush();
  }

  /** A draft found in this browser that was made on an older revision than the server's. */
  meet(mine: WorkflowDocument, theirs: Theirs, base: WorkflowDocument | null = null): void {
    this.#unsaved = mine;
    this.#base = base;
    this.#setStatus({ state: 'conflict', theirs });
  }

  /** With nothing unsaved here: somebody else's save is what the next one builds on. */
  follow(revision: number, savedAt: string): void {
    this.#revision = revision;
    this.#setStatus({ state: 'saved', at: savedAt });
  }

  /** After a conflict: writes mine over theirs. */
  async keepMine(): Promise<void> {
    if (this.#status.state !== 'conflict') return;
    this.#revision = this.#status.theirs.draftRevision;
    await this.#save(true);
  }

  /** After a conflict: saves what was changed last, in which theirs is contained. Who saved in between is met again. */
  async keepMerged(): Promise<void> {
    if (this.#status.state !== 'conflict') return;
    const { theirs } = this.#status;
    this.#revision = theirs.draftRevision;
    this.#base = theirs.document;
    await this.#save(false);
  }

  /** After a conflict: gives mine up. Returns what the draft is now. */
  takeTheirs(): WorkflowDocument | null {
    if (this.#status.state !== 'conflict') return null;
    const { theirs } = this.#status;
    this.#unsaved = null;
    this.#ports.keep(null);
    this.#revision = theirs.draftRevision;
    this.#base = theirs.document;
    this.#setStatus({ state: 'saved', at: theirs.savedAt });
    return theirs.document;
  }

  stop(): void {
    this.#cancelTimer();
  }

  #save(force: boolean): Promise<void> {
    this.#running ??= this.#saveOnce(force).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #saveOnce(force: boolean): Promise<void> {
    const document = this.#unsaved;
    if (document === null) return;
    this.#setStatus({ state: 'saving' });
    let result: SaveDraftResult;
    try {
      result = await this.#ports.save(this.#revision, document, force);
    } catch (error) {
      const { transient, reason } = this.#ports.explain(error);
      if (!transient) return this.#setStatus({ state: 'refused', reason });
      this.#setStatus({ state: 'offline' });
      this.#schedule(this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
      return;
    }
    this.#retryMs = firstRetryMs;
    if (!result.ok) {
      this.#cancelTimer();
      return this.#setStatus({
        state: 'conflict',
        theirs: { document: result.draft, draftRevision: result.draftRevision, savedAt: result.savedAt, savedBy: result.savedBy },
      });
    }
    this.#revision = result.draftRevision;
    this.#base = document;
    if (this.#unsaved === document) {
      this.#unsaved = null;
      this.#ports.keep(null);
      return this.#setStatus({ state: 'saved', at: result.savedAt });
    }
    // Changed meanwhile: invariant 2.
    if (this.#unsaved !== null) this.#ports.keep({ document: this.#unsaved, baseRevision: this.#revision, base: this.#base });
    this.#schedule(quietMs);
  }

  #setStatus(status: DraftStatus): void {
    this.#status = status;
    this.#ports.onStatus(status);
  }

  #schedule(ms: number): void {
    this.#cancelTimer();
    this.#timer = this.#ports.setTimer(() => {
      this.#timer = null;
      if (this.#running) return this.#schedule(quietMs);
      void this.#save(false);
    }, ms);
  }

  #cancelTimer(): void {
    if (this.#timer !== null) this.#ports.clearTimer(this.#timer);
    this.#timer = null;
  }
}
