import type { WorkflowDetail } from '@perdure/server/contract';
import { useEffect, useMemo, useRef } from 'react';
import { useMay } from '../api/use-me.ts';
import type { DesignerSession } from './designer-session.ts';
import { sessionOf } from './kept-sessions.ts';

const beingLeft = new Map<string, Promise<void>>();

/** Resolves when a designer of this workflow that was just left has saved. */
export async function draftBeingLeft(key: string): Promise<void> {
  await beingLeft.get(key);
}

/** The session of a workflow. What the server says while it is open does not replace what is being edited. */
export function useSession(detail: WorkflowDetail): DesignerSession {
  const edit = useMay('workflow.edit');
  const publish = useMay('workflow.publish');
  const start = useMay('instance.start');
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
