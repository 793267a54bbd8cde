import { useEffect, useMemo, useRef, useState } from 'react';
import type { WorkflowDetail } from '@perdure/server/contract';
import { describeError, errorText } from '../api/describe-error.ts';
import { client } from '../api/trpc.ts';
import { DesignerModel } from './designer-model.ts';
import { DraftSaver, type DraftStatus } from './draft-saver.ts';
import { keepLocalDraft, readLocalDraft } from './local-draft.ts';
import { readUnfinished, storeUnfinished } from './unfinished-json.ts';

const beingLeft = new Map<string, Promise<void>>();

/** Resolves when a designer of this workflow that was just left has saved. */
export async function draftBeingLeft(key: string): Promise<void> {
  await beingLeft.get(key);
}

/** The model of a workflow's draft, wired to its saving. Made once per visit: later answers of the server do not replace what is being edited. */
export function useDraft(detail: WorkflowDetail, editable: boolean): { model: DesignerModel; saver: DraftSaver; status: DraftStatus } {
  const [status, setStatus] = useState<DraftStatus>({ state: 'saved', at: detail.draftSavedAt });
  const first = useRef(detail);

  const { model, saver, begin } = useMemo(() => {
    const { key, draft, draftRevision, draftSavedAt, draftSavedBy } = first.current;
    const saver: DraftSaver = new DraftSaver(
      {
        save: (baseRevision, document, force) =>
          client.workflows.saveDraft.mutate({ key, baseRevision, document, ...(force && { force }) }),
        explain: (error) => ({ transient: describeError(error).transient, reason: errorText(error) }),
        keep: (local) => keepLocalDraft(key, local),
        onStatus: setStatus,
        setTimer: (callback, ms) => setTimeout(callback, ms),
        clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>), // what setTimer gave
      },
      draftRevision,
      draftSavedAt,
    );
    const kept = readLocalDraft(key);
    const isSame = kept !== null && JSON.stringify(kept.document) === JSON.stringify(draft);
    const model = new DesignerModel(editable ? (kept?.document ?? draft) : draft, editable, (document) => saver.change(document));
    if (editable) model.view.setState({ unfinished: readUnfinished(key) });
    const begin = (): void => {
      if (kept === null) return;
      if (isSame) keepLocalDraft(key, null);
      else if (kept.baseRevision === draftRevision) saver.change(kept.document);
      else saver.meet(kept.document, { document: draft, draftRevision, savedAt: draftSavedAt, savedBy: draftSavedBy });
    };
    return { model, saver, begin };
  }, [editable]);

  const { key } = detail;
  useEffect(() => {
    if (editable) begin();
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
      const left = saver.flush().finally(() => {
        saver.stop();
        if (beingLeft.get(key) === left) beingLeft.delete(key);
      });
      beingLeft.set(key, left);
    };
  }, [begin, editable, key, model, saver]);

  return { model, saver, status };
}
