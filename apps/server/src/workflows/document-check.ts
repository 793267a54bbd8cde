/** `checkDocument` away from this thread and within a time: a document of 5,000 nodes takes seconds, and it is checked while people edit. */
import type { Problem, WorkflowDocument } from '@perdure/graph';
import { RequestError } from '../errors/request-error.ts';
import { createBoundedThread } from '../threads/bounded-thread.ts';

export interface DocumentCheck {
  /** Throws `document.not-checked` when that cannot be told within the time. */
  check(document: WorkflowDocument): Promise<Problem[]>;
  close(): Promise<void>;
}

export function createDocumentCheck({ limitMs = 30_000 }: { limitMs?: number } = {}): DocumentCheck {
  const thread = createBoundedThread<WorkflowDocument, Problem[]>({
    file: new URL('./document-check-thread.ts', import.meta.url),
    limitMs,
  });
  return {
    async check(document) {
      const asked = await thread.ask(document);
      if (asked.ok) return asked.answer;
      throw new RequestError('document.not-checked', refusals[asked.reason]);
    },
    close: () => thread.close(),
  };
}

const refusals = {
  'too-slow': 'Checking this workflow takes too long. Move parts of it into sub-workflows.',
  'out-of-memory': 'Checking this workflow takes too much memory. Move parts of it into sub-workflows.',
  'not-started': 'The check could not begin in time. Try again.',
  closing: 'The server is stopping. Try again.',
};
