import type { Problem, WorkflowDocument } from '@perdure/graph';
import { useEffect, useRef } from 'react';

const quietMs = 250;

/** Validates the document beside the page, a quarter of a second after the last change, and tells what it found in which document. */
export function useProblemsCheck(
  document: WorkflowDocument,
  onProblems: (problems: readonly Problem[], checked: WorkflowDocument) => void,
): void {
  const worker = useRef<Worker>(null);
  const asked = useRef(0);
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
      latest.current(data.problems, document);
    };
    const running = worker.current;
    running?.addEventListener('message', answer);
    const timer = setTimeout(() => running?.postMessage({ id, document }), id === 1 ? 0 : quietMs);
    return () => {
      clearTimeout(timer);
      running?.removeEventListener('message', answer);
    };
  }, [document]);
}
