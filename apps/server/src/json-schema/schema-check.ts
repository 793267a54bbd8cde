/**
 * Checks values against JSON Schemas away from this thread and within a time. A schema whose references double at every level, `uniqueItems`
 * over a long list, or one of the validator's own expressions for formats met with a text made for it: each would hold up the whole process,
 * and with it every instance its worker owns. The thread that takes too long is ended; the next check gets a new one.
 */
import { Worker } from 'node:worker_threads';
import type { Json } from '@perdure/graph';
import type { FieldProblem } from '../trpc/contract.ts';
import { checkValue } from './check-value.ts';
import type { CheckAnswer, CheckQuestion } from './schema-check-thread.ts';

export interface SchemaCheck {
  /** Empty when the value fits. */
  check(schema: Json, value: Json): Promise<FieldProblem[]>;
  close(): Promise<void>;
}

const startLimitMs = 30_000;

interface Waiting {
  question: CheckQuestion;
  settle: (problems: FieldProblem[]) => void;
}

export function createSchemaCheck({ limitMs = 2_000 }: { limitMs?: number } = {}): SchemaCheck {
  let thread: Worker | null = null;
  let isReady = false;
  let underway: { waiting: Waiting; timer: NodeJS.Timeout } | null = null;
  const queue: Waiting[] = [];

  /** One at a time: then the time that is measured is the check's own. */
  function next(): void {
    const waiting = underway === null ? queue.shift() : undefined;
    if (waiting === undefined) return;
    thread ??= startThread();
    underway = { waiting, timer: isReady ? checkTimer() : setTimeout(() => giveUp(notStarted), startLimitMs) };
    thread.postMessage(waiting.question);
  }

  function checkTimer(): NodeJS.Timeout {
    return setTimeout(() => giveUp(tooSlow), limitMs);
  }

  /** A busy machine may take its time to start the thread, which is no fault of the schema's. */
  function ready(): void {
    isReady = true;
    if (underway === null) return;
    clearTimeout(underway.timer);
    underway.timer = checkTimer();
  }

  function settle(problems: FieldProblem[]): void {
    if (underway === null) return;
    clearTimeout(underway.timer);
    const { waiting } = underway;
    underway = null;
    waiting.settle(problems);
    next();
  }

  function giveUp(problem: FieldProblem): void {
    const ended = thread;
    thread = null;
    isReady = false;
    void ended?.terminate();
    settle([problem]);
  }

  function startThread(): Worker {
    const started = new Worker(new URL('./schema-check-thread.ts', import.meta.url), {
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    started.unref();
    started.on('message', (answer: CheckAnswer) => {
      if (thread !== started) return;
      if (answer.type === 'ready') ready();
      else settle(answer.problems);
    });
    // Out of memory; a thread that was given up says nothing any more.
    started.on('error', () => {
      if (thread === started) giveUp(tooLarge);
    });
    return started;
  }

  return {
    check(schema, value) {
      // Nothing to interpret.
      if (typeof schema !== 'object' || schema === null) return Promise.resolve(checkValue(schema, value));
      return new Promise((settled) => {
        queue.push({ question: { schema, value }, settle: settled });
        next();
      });
    },
    async close() {
      for (const { settle: stopped } of queue.splice(0)) stopped([closing]);
      const ended = thread;
      giveUp(closing);
      await ended?.terminate();
    },
  };
}

const tooSlow: FieldProblem = { field: '', message: 'The check against the schema took too long. Use a simpler schema or send less data.' };
const tooLarge: FieldProblem = {
  field: '',
  message: 'The check against the schema took too much memory. Use a simpler schema or send less data.',
};
const notStarted: FieldProblem = { field: '', message: 'The check against the schema could not begin in time. Try again.' };
const closing: FieldProblem = { field: '', message: 'The server is stopping. Try again.' };
