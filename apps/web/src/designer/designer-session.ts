import type { Problem, WorkflowDocument } from '@perdure/graph';
import type { WorkflowDetail } from '@perdure/server/contract';
import { createStore, type StoreApi } from 'zustand';
import { describeError, errorText } from '../api/describe-error.ts';
import { client } from '../api/trpc.ts';
import { toast } from '../components/toast.tsx';
import { DesignerModel } from './designer-model.ts';
import { createScreen, type DesignerScreen } from './designer-screen.ts';
import { DraftSaver, type DraftStatus } from './draft-saver.ts';
import { keepLocalDraft, readLocalDraft } from './local-draft.ts';
import { Stage } from './stage.ts';
import { readUnfinished, storeUnfinished, unfinishedProblems } from './unfinished-json.ts';
import { whoInWords } from '../components/who-in-words.ts';

/** What the person may do with this workflow. */
export interface DesignerRights {
  edit: boolean;
  publish: boolean;
  start: boolean;
}

export interface SessionState {
  draft: DraftStatus;
  /** What became known by publishing here; the loaded detail is not fetched again while editing. */
  published: { version: number | null; revision: number | null };
  /** The document that the model's problems were found in. */
  checked: WorkflowDocument | null;
  /** The instance watched on the canvas. */
  runId: string | null;
  tidying: boolean;
  /** Which data expressions are tried out on. */
  previewSource: { kind: 'last' } | { kind: 'run'; instanceId: string } | { kind: 'typed' };
}

/**
 * One workflow being designed: its document, its saving, what is known of its versions, and what is open on the screen.
 * Commands, keys and menus work on it; components draw it. Knows nothing of React.
 */
export class DesignerSession {
  readonly key: string;
  readonly may: DesignerRights;
  readonly model: DesignerModel;
  readonly saver: DraftSaver;
  readonly stage = new Stage();
  readonly state: StoreApi<SessionState>;
  readonly screen: StoreApi<DesignerScreen> = createScreen();
  readonly #begin: () => void;
  /** How the server had the workflow when it was opened the last time. */
  #opened: WorkflowDetail | null = null;
  #problems: { document: WorkflowDocument; found: readonly Problem[]; unfinished: unknown; all: readonly Problem[] } | null = null;

  constructor(detail: WorkflowDetail, may: DesignerRights) {
    const { key, draft, draftRevision, draftSavedAt, draftSavedBy } = detail;
    this.key = key;
    this.may = may;
    this.state = createStore<SessionState>(() => ({
      draft: { state: 'saved', at: draftSavedAt },
      published: { version: detail.latestVersion, revision: detail.latestVersionDraftRevision },
      checked: null,
      runId: null,
      tidying: false,
      previewSource: { kind: 'last' },
    }));
    const saver = new DraftSaver(
      {
        save: (baseRevision, document, force) =>
          client.workflows.saveDraft.mutate({ key, baseRevision, document, ...(force && { force }) }),
        explain: (error) => ({ transient: describeError(error).transient, reason: errorText(error) }),
        keep: (local) => keepLocalDraft(key, local),
        onStatus: (status) => {
          this.state.setState({ draft: status });
          if (status.state === 'conflict') this.screen.setState({ dialog: 'conflict' });
        },
        setTimer: (callback, ms) => setTimeout(callback, ms),
        clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>), // what setTimer gave
      },
      draftRevision,
      draftSavedAt,
      draft,
    );
    this.saver = saver;
    const kept = readLocalDraft(key);
    const isSame = kept !== null && JSON.stringify(kept.document) === JSON.stringify(draft);
    this.model = new DesignerModel(may.edit ? (kept?.document ?? draft) : draft, may.edit, (document) => saver.change(document));
    if (may.edit) this.model.view.setState({ unfinished: readUnfinished(key) });
    this.#begin = () => {
      if (kept === null) return;
      if (isSame) keepLocalDraft(key, null);
      else if (kept.baseRevision === draftRevision) saver.change(kept.document);
      else saver.meet(kept.document, { document: draft, draftRevision, savedAt: draftSavedAt, savedBy: draftSavedBy }, kept.base);
    };
  }

  /**
   * Begins a visit, given how the server has the workflow now; saves at this page's moments, too. Returns what ends it: what is unsaved
   * then is saved first.
   */
  open(detail: WorkflowDetail): () => Promise<void> {
    const { key, model, saver } = this;
    if (this.#opened === null) {
      if (this.may.edit) this.#begin();
    } else if (this.#opened !== detail) this.#comeBack(detail);
    this.#opened = detail;
    const forget = model.view.subscribe(({ unfinished }, before) => {
      if (unfinished !== before.unfinished) storeUnfinished(key, unfinished);
    });
    const flush = (): void => void saver.flush();
    const online = (): void => saver.online();
    // An unload does not wait for a request; what is unsaved then is in this browser and is saved at the next visit.
    const leave = (event: BeforeUnloadEvent): void => {
      if (!saver.hasUnsaved) return;
      flush();
      if (saver.status.state === 'conflict' || saver.status.state === 'refused') event.preventDefault();
    };
    const hide = (): void => {
      if (document.visibilityState === 'hidden') flush();
    };
    window.addEventListener('blur', flush);
    window.addEventListener('online', online);
    window.addEventListener('beforeunload', leave);
    document.addEventListener('visibilitychange', hide);
    return () => {
      forget();
      window.removeEventListener('blur', flush);
      window.removeEventListener('online', online);
      window.removeEventListener('beforeunload', leave);
      document.removeEventListener('visibilitychange', hide);
      return saver.flush().finally(() => saver.stop());
    };
  }

  /** The history goes on. What somebody else saved meanwhile is said, and is a step that can be undone; what is unsaved here meets it. */
  #comeBack({ draft, draftRevision, draftSavedAt, draftSavedBy, latestVersion, latestVersionDraftRevision }: WorkflowDetail): void {
    const { model, saver } = this;
    this.state.setState({ published: { version: latestVersion, revision: latestVersionDraftRevision } });
    this.screen.setState({ dialog: null, pick: null, quickAdd: null, menu: null });
    if (saver.hasUnsaved) {
      if (draftRevision === saver.revision) saver.change(model.document);
      else saver.meet(model.document, { document: draft, draftRevision, savedAt: draftSavedAt, savedBy: draftSavedBy });
      return;
    }
    if (draftRevision === saver.revision) return;
    saver.follow(draftRevision, draftSavedAt);
    model.adopt(`Changes by ${draftSavedBy}`, draft);
    if (this.may.edit)
      toast({
        shape: 'warning',
        title: 'The draft has changed',
        detail: `It was saved by ${whoInWords(draftSavedBy)} while you were elsewhere. Undo brings back how you left it.`,
      });
  }

  /** What validation found, and the texts that are not JSON yet. */
  get problems(): readonly Problem[] {
    const { document, problems: found, unfinished } = this.model.view.getState();
    const known = this.#problems;
    if (known && known.document === document && known.found === found && known.unfinished === unfinished) return known.all;
    const all = unfinished.size === 0 ? found : [...unfinishedProblems(document, unfinished), ...found];
    this.#problems = { document, found, unfinished, all };
    return all;
  }

  /** The draft is not what the latest version is. */
  get differs(): boolean {
    const { published } = this.state.getState();
    return published.version === null || this.saver.hasUnsaved || this.saver.revision !== published.revision;
  }

  /** Why the draft cannot be published now. */
  get publishRefusal(): string | null {
    const { published, checked, draft } = this.state.getState();
    if (!this.may.publish) return 'Your role may not publish this workflow';
    const errors = this.problems.filter(({ severity }) => severity === 'error').length;
    if (errors > 0) return `Fix ${errors} error${errors === 1 ? '' : 's'}`;
    if (!this.differs) return `Nothing to publish: v${published.version} is the same`;
    if (checked !== this.model.document) return 'Checking the workflow';
    if (draft.state === 'conflict' || draft.state === 'refused') return 'Save the draft';
    return null;
  }

  /** Saves what is unsaved and tells the revision. Null: it could not be saved. */
  async save(): Promise<number | null> {
    await this.saver.flush();
    return this.saver.hasUnsaved ? null : this.saver.revision;
  }

  /** A version was made of the draft's revision. */
  published(version: number, revision: number): void {
    this.state.setState({ published: { version, revision } });
  }
}
