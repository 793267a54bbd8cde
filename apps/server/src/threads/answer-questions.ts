/** The other side of bounded-thread.ts: what a thread's file calls, once. */
import { parentPort } from 'node:worker_threads';
import type { ThreadMessage } from './bounded-thread.ts';

export function answerQuestions<Question, Answer>(answer: (question: Question) => Answer): void {
  const say = (message: ThreadMessage<Answer>): void => parentPort?.postMessage(message);
  parentPort?.on('message', (question: Question) => say({ type: 'answer', answer: answer(question) }));
  say({ type: 'ready' });
}
