import type { Problem, WorkflowDocument } from '@perdure/graph';
import { useEffect, useRef, useState } from 'react';

const quietMs = 250;

/** Validates the document beside the page, a quarter of a second after the last change. Returns the last answer and whether it is current. */
export function useProblemsCheck(document: WorkflowDocument, onProblems: (problems: readonly Problem[]) => void): { current: boolean } {
  const worker = useRef<Worker>(null);
  const asked = useRef(0);
  const [checked, setChecked] = useState<WorkflowDocument | null>(null);
  const latest = useRef(onProblems);
  useEffect(() => {
    latest.current = onProblems;
  });

  useEffect(() => {
    const running = new Worker(new URL('./check.worker.ts', import.meta.url), { type: 'module' });
    worker.current = running;
    return () => running.terminate();
  }, []);

  useEffect(() => {
    asked.current += 1;
    const id = asked.current;
    const answer = ({ data }: MessageEvent<{ id: number; problems: Problem[] }>): void => {
      if (data.id !== id) return;
      setChecked(document);
      latest.current(data.problems);
    };
    const running = worker.current;
    running?.addEventListener('message', answer);
    const timer = setTimeout(() => running?.postMessage({ id, document }), id === 1 ? 0 : quietMs);
    return () => {
      clearTimeout(timer);
      running?.removeEventListener('message', answer);
    };
  }, [document]);

  return { current: checked === document };
}
