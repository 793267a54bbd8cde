import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Json } from '@perdure/graph';
import { useConnection } from '../api/connection.ts';
import { describeError } from '../api/describe-error.ts';
import { client, noticeEndedSession, trpc } from '../api/trpc.ts';
import { dropLocalTaskDraft, keepLocalTaskDraft, readLocalTaskDraft, type LocalTaskDraft } from './local-task-draft.ts';

const SETTLE_MS = 800;

export type DraftState = { kind: 'none' } | { kind: 'saving' } | { kind: 'saved'; at: string } | { kind: 'unsaved' };

/** The draft is not taken any more. */
const closed: ReadonlySet<string> = new Set(['task.gone', 'task.unknown']);

/**
 * Keeps what a person has typed into a task.
 *
 * 1. In this browser at once, with every change; on the server a moment after the last change, and when the task is left.
 * 2. What the server could not take (no line, no session) is said, and sent again once there is a line and a session.
 * 3. When the server refuses because the task is closed or gone, the page looks again: it says so, and shows what was typed.
 * 4. The browser's copy goes when the task is decided, and as soon as it holds nothing that the server does not have.
 */
export function useTaskDraft(
  userId: string,
  task: { id: string; draft: Json | null; draftSavedAt: string | null },
): {
  state: DraftState;
  /** What was typed before: the newer of both copies. */
  initial: { data: Json | null; comment: string };
  changeData: (data: Json) => void;
  changeComment: (comment: string) => void;
  forget: () => void;
} {
  const { id } = task;
  const queries = useQueryClient();
  const [start] = useState(() => {
    const local = readLocalTaskDraft(userId, id);
    const isNewer = local !== null && !local.saved && (task.draftSavedAt === null || local.at > task.draftSavedAt);
    return { local, isNewer };
  });
  const copy = useRef<LocalTaskDraft>({
    data: start.isNewer && start.local ? start.local.data : task.draft,
    comment: start.local?.comment ?? '',
    at: start.local?.at ?? task.draftSavedAt ?? '',
    saved: !start.isNewer,
  });
  const [state, setState] = useState<DraftState>(
    start.isNewer ? { kind: 'unsaved' } : task.draftSavedAt === null ? { kind: 'none' } : { kind: 'saved', at: task.draftSavedAt },
  );
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const keep = useCallback(() => {
    // Nothing that only this browser has: no copy.
    if (copy.current.saved && copy.current.comment === '') dropLocalTaskDraft(userId, id);
    else keepLocalTaskDraft(userId, id, copy.current);
  }, [userId, id]);

  const flush = useCallback(() => {
    clearTimeout(timer.current);
    if (copy.current.saved) return;
    const sent = copy.current.at;
    setState({ kind: 'saving' });
    client.tasks.saveDraft.mutate({ id, data: copy.current.data }).then(
      ({ savedAt }) => {
        if (copy.current.at !== sent) return; // Typed on meanwhile: the next save tells.
        copy.current = { ...copy.current, saved: true };
        keep();
        setState({ kind: 'saved', at: savedAt });
      },
      (error: unknown) => {
        setState({ kind: 'unsaved' });
        noticeEndedSession(error);
        if (closed.has(describeError(error).code)) void queries.invalidateQueries({ queryKey: trpc.tasks.pathKey() });
      },
    );
  }, [id, keep, queries]);

  const changeData = useCallback(
    (data: Json) => {
      copy.current = { ...copy.current, data, at: new Date().toISOString(), saved: false };
      keep();
      clearTimeout(timer.current);
      timer.current = setTimeout(flush, SETTLE_MS);
    },
    [flush, keep],
  );
  const changeComment = useCallback(
    (comment: string) => {
      copy.current = { ...copy.current, comment };
      keep();
    },
    [keep],
  );
  const forget = useCallback(() => {
    clearTimeout(timer.current);
    copy.current = { ...copy.current, comment: '', saved: true };
    dropLocalTaskDraft(userId, id);
  }, [userId, id]);

  // The line or the session is back. Also right away, for what an earlier visit could not save.
  const chances = useConnection(({ openings, signIns }) => openings + signIns);
  useEffect(flush, [flush, chances]);
  useEffect(() => flush, [flush]);
  return {
    state,
    initial: { data: start.isNewer && start.local ? start.local.data : task.draft, comment: start.local?.comment ?? '' },
    changeData,
    changeComment,
    forget,
  };
}
