import { fork, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverNodeFlags } from './server-node-flags.ts';

/** A worker in a process of its own, so that it can be killed, frozen and thawed like the real thing. */
export interface WorkerProcess {
  readonly pid: number;
  /** Asks the program something over IPC; rejects when the process ends before it answers. */
  ask<Answer>(question: unknown): Promise<Answer>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
  /** A clean stop, as by SIGTERM. */
  stop(): Promise<void>;
  /** Resolves when it is gone, by whatever cause. */
  readonly ended: Promise<void>;
  /** Whether it is gone. */
  readonly isGone: boolean;
}

/**
 * Runs a program that sends `{ ready: true }` once it works, answers `{ ask, question }` with `{ answer, result }` or `{ answer, error }`, and
 * ends when its channel closes. `settings` reach it as JSON in `PERDURE_DRILL`; `nodeOptions` are flags of Node itself.
 */
export async function startWorkerProcess(program: URL, settings: object, nodeOptions: readonly string[] = []): Promise<WorkerProcess> {
  const child = fork(fileURLToPath(program), {
    // A profile of the program that starts it is one of it, too.
    execArgv: [...serverNodeFlags, ...process.execArgv.filter((flag) => flag.startsWith('--cpu-prof')), ...nodeOptions],
    // Drills start the same program hundreds of times.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'perdure-compile-cache'), ...process.env, PERDURE_DRILL: JSON.stringify(settings) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaints = `${complaints}${chunk.toString()}`.slice(-4_000)));
  const waiting = new Map<number, { settle(result: unknown): void; fail(error: Error): void }>();
  let isGone = false;
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const ready = new Promise<void>((settle, fail) => {
    child.on('message', (message: { ready?: true; answer?: number; result?: unknown; error?: string }) => {
      if (message.ready === true) settle();
      if (message.answer === undefined) return;
      const asked = waiting.get(message.answer);
      waiting.delete(message.answer);
      if (message.error === undefined) asked?.settle(message.result);
      else asked?.fail(new Error(message.error));
    });
    child.once('exit', (code, signal) => {
      isGone = true;
      const error = new Error(`The worker process ended (${signal ?? `exit code ${code}`}).\n${complaints}`);
      fail(error);
      for (const asked of waiting.values()) asked.fail(error);
      waiting.clear();
    });
  });
  await ready;
  let asks = 0;
  return {
    pid: child.pid ?? 0,
    ended,
    get isGone() {
      return isGone;
    },
    ask: <Answer>(question: unknown) =>
      new Promise<Answer>((settle, fail) => {
        if (isGone) return fail(new Error('The worker process is gone.'));
        asks += 1;
        // The program answers with what the question asks for.
        waiting.set(asks, { settle: (result) => settle(result as Answer), fail });
        send(child, { ask: asks, question });
      }),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async stop() {
      if (!isGone) child.kill('SIGTERM');
      await ended;
    },
  };
}

/** A channel that has just closed is told by the process's end. */
function send(child: ChildProcess, message: object): void {
  child.send(message, () => undefined);
}
