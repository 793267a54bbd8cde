import type { WorkflowDetail } from '@perdure/server/contract';
import { useEffect, useMemo, useRef } from 'react';
import { useMayIn } from '../api/use-me.ts';
import type { DesignerSession } from './designer-session.ts';
import { sessionOf } from './kept-sessions.ts';

const beingLeft = new Map<string, Promise<void>>();

/** Resolves when a designer of this workflow that was just left has saved. */
export async function draftBeingLeft(key: string): Promise<void> {
  await beingLeft.get(key);
}

/** The session of a workflow. What the server says while it is open does not replace what is being edited. */
export function useSession(detail: WorkflowDetail): DesignerSession {
  const edit = useMayIn('workflow.edit', detail.folder);
  const publish = useMayIn('workflow.publish', detail.folder);
  const start = useMayIn('instance.start', detail.folder);
  const first = useRef(detail);
  const session = useMemo(() => sessionOf(first.current, { edit, publish, start }), [edit, publish, start]);

  useEffect(() => {
    const close = session.open(first.current);
    return () => {
      const left = close().finally(() => {
        if (beingLeft.get(session.key) === left) beingLeft.delete(session.key);
      });
      beingLeft.set(session.key, left);
    };
  }, [session]);
  return session;
}
