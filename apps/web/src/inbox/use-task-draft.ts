import { useCallback, useEffect, useRef, useState } from 'react';
import type { Json } from '@perdure/graph';
import { client } from '../api/trpc.ts';

const SETTLE_MS = 800;

export type DraftState = { kind: 'none' } | { kind: 'saving' } | { kind: 'saved'; at: string } | { kind: 'unsaved' };

/**
 * Keeps what a person has typed: saved a moment after the last change, and at once when the task is left.
 * A draft that cannot be saved is said, never silently dropped; the next change tries again.
 */
export function useTaskDraft(id: string, saved: string | null): { state: DraftState; change: (data: Json) => void; forget: () => void } {
  const [state, setState] = useState<DraftState>(saved === null ? { kind: 'none' } : { kind: 'saved', at: saved });
  const pending = useRef<{ data: Json } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const flush = useCallback(() => {
    clearTimeout(timer.current);
    const waiting = pending.current;
    if (!waiting) return;
    pending.current = null;
    setState({ kind: 'saving' });
    client.tasks.saveDraft.mutate({ id, data: waiting.data }).then(
      ({ savedAt }) => setState((now) => (now.kind === 'saving' && pending.current === null ? { kind: 'saved', at: savedAt } : now)),
      () => setState({ kind: 'unsaved' }),
    );
  }, [id]);

  const change = useCallback(
    (data: Json) => {
      pending.current = { data };
      clearTimeout(timer.current);
      timer.current = setTimeout(flush, SETTLE_MS);
    },
    [flush],
  );
  const forget = useCallback(() => {
    clearTimeout(timer.current);
    pending.current = null;
  }, []);

  useEffect(() => flush, [flush]);
  return { state, change, forget };
}
