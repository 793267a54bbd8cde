/** `answerMigration` away from this thread and within a time: exploring where a large workflow may lead takes seconds. */
import type { MigrationAnswer, MigrationQuestion } from '@perdure/graph';
import { RequestError } from '../errors/request-error.ts';
import { createBoundedThread } from '../threads/bounded-thread.ts';

export interface MigrationCheck {
  /** Throws `document.not-checked` when that cannot be told within the time. */
  ask(question: MigrationQuestion): Promise<MigrationAnswer>;
  close(): Promise<void>;
}

export function createMigrationCheck({ limitMs = 30_000 }: { limitMs?: number } = {}): MigrationCheck {
  const thread = createBoundedThread<MigrationQuestion, MigrationAnswer>({
    file: new URL('./migration-check-thread.ts', import.meta.url),
    limitMs,
  });
  return {
    async ask(question) {
      const asked = await thread.ask(question);
      if (asked.ok) return asked.answer;
      throw new RequestError('document.not-checked', 'This migration could not be checked in time. Try again, or use a smaller workflow.');
    },
    close: () => thread.close(),
  };
}
