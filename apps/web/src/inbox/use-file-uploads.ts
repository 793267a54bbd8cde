import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { trpc } from '../api/trpc.ts';

/** What the server takes at most; said before anything is sent. */
const MOST_BYTES = 25 * 1_048_576;

export interface Upload {
  key: string;
  name: string;
  /** 0 to 1. */
  done: number;
  /** Why it was not taken; null while it is on its way. */
  problem: string | null;
}

export interface FileUploads {
  running: Upload[];
  add: (files: File[]) => void;
  dismiss: (key: string) => void;
}

/** Sends files to a task, one request each, and tells how far they are. `onAdded`: where they can be watched. */
export function useFileUploads(taskId: string, onAdded: () => void): FileUploads {
  const [running, setRunning] = useState<Upload[]>([]);
  const queries = useQueryClient();
  const shown = useRef(onAdded);
  shown.current = onAdded;

  const dismiss = useCallback((key: string) => setRunning((before) => before.filter((one) => one.key !== key)), []);
  const add = useCallback(
    (files: File[]) => {
      if (files.length === 0) return;
      shown.current();
      for (const file of files) {
        const key = crypto.randomUUID();
        const set = (change: Partial<Upload>) =>
          setRunning((before) => before.map((one) => (one.key === key ? { ...one, ...change } : one)));
        const problem = file.size > MOST_BYTES ? 'Larger than 25 MB.' : file.size === 0 ? 'The file is empty.' : null;
        setRunning((before) => [...before, { key, name: file.name, done: 0, problem }]);
        if (problem !== null) continue;
        void upload(taskId, file, (done) => set({ done })).then((refusal) => {
          if (refusal === null) dismiss(key);
          else set({ problem: refusal });
          // Also when it was refused: the task may be closed by now, or gone.
          void queries.invalidateQueries({ queryKey: trpc.tasks.pathKey() });
        });
      }
    },
    [taskId, queries, dismiss],
  );
  return { running, add, dismiss };
}

/** `fetch` does not tell how much has been sent. Gives why it was refused, or null. */
function upload(taskId: string, file: File, onProgress: (done: number) => void): Promise<string | null> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/tasks/${encodeURIComponent(taskId)}/files?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total));
    request.addEventListener('load', () => resolve(request.status < 300 ? null : refusalIn(request.responseText)));
    request.addEventListener('error', () => resolve('Not sent: Perdure does not answer. Try again.'));
    request.addEventListener('abort', () => resolve('Not sent.'));
    request.send(file);
  });
}

function refusalIn(answer: string): string {
  try {
    // Parsed and looked into field by field: an intermediary may answer with anything.
    const { error } = JSON.parse(answer) as { error?: { message?: unknown } };
    if (typeof error?.message === 'string') return error.message;
  } catch {
    // Not JSON: said in our own words below.
  }
  return 'The server did not take it.';
}
