/**
 * Questions whose answer may take any amount of time and memory, asked away from this thread, one after another, each within a time. What holds up
 * this thread holds up every instance its worker owns. A thread that takes too long is ended; the next question gets a new one.
 *
 * The thread's file says `{ type: 'ready' }` once, then `{ type: 'answer', answer }` to every message.
 */
import { Worker } from 'node:worker_threads';

export type ThreadAnswer<Answer> =
  | { ok: true; answer: Answer }
  | { ok: false; reason: 'too-slow' | 'out-of-memory' | 'not-started' | 'closing' };

export type ThreadMessage<Answer> = { type: 'ready' } | { type: 'answer'; answer: Answer };

export interface BoundedThread<Question, Answer> {
  ask(question: Question): Promise<ThreadAnswer<Answer>>;
  close(): Promise<void>;
}

const startLimitMs = 30_000;

interface Waiting<Question, Answer> {
  question: Question;
  settle: (answer: ThreadAnswer<Answer>) => void;
}

export function createBoundedThread<Question, Answer>({
  file,
  limitMs,
  memoryMb = 512,
}: {
  file: URL;
  limitMs: number;
  memoryMb?: number;
}): BoundedThread<Question, Answer> {
  let thread: Worker | null = null;
  let isReady = false;
  let underway: { waiting: Waiting<Question, Answer>; timer: NodeJS.Timeout } | null = null;
  const queue: Waiting<Question, Answer>[] = [];

  /** One at a time: then the time that is measured is the question's own. */
  function next(): void {
    const waiting = underway === null ? queue.shift() : undefined;
    if (waiting === undefined) return;
    thread ??= startThread();
    underway = { waiting, timer: isReady ? answerTimer() : setTimeout(() => giveUp('not-started'), startLimitMs) };
    thread.postMessage(waiting.question);
  }

  function answerTimer(): NodeJS.Timeout {
    return setTimeout(() => giveUp('too-slow'), limitMs);
  }

  /** A busy machine may take its time to start the thread, which is no fault of the question's. */
  function ready(): void {
    isReady = true;
    if (underway === null) return;
    clearTimeout(underway.timer);
    underway.timer = answerTimer();
  }

  function settle(answer: ThreadAnswer<Answer>): void {
    if (underway === null) return;
    clearTimeout(underway.timer);
    const { waiting } = underway;
    underway = null;
    waiting.settle(answer);
    next();
  }

  function giveUp(reason: Extract<ThreadAnswer<Answer>, { ok: false }>['reason']): void {
    const ended = thread;
    thread = null;
    isReady = false;
    void ended?.terminate();
    settle({ ok: false, reason });
  }

  function startThread(): Worker {
    const started = new Worker(file, { env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
    started.unref();
    started.on('message', (message: ThreadMessage<Answer>) => {
      if (thread !== started) return;
      if (message.type === 'ready') ready();
      else settle({ ok: true, answer: message.answer });
    });
    // Out of memory; a thread that was given up says nothing any more.
    started.on('error', () => {
      if (thread === started) giveUp('out-of-memory');
    });
    return started;
  }

  return {
    ask: (question) =>
      new Promise((settled) => {
        queue.push({ question, settle: settled });
        next();
      }),
    async close() {
      for (const { settle: stopped } of queue.splice(0)) stopped({ ok: false, reason: 'closing' });
      const ended = thread;
      giveUp('closing');
      await ended?.terminate();
    },
  };
}
