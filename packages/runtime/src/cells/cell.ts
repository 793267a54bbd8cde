/**
 * A child process in which attempts are begun that were in flight when their worker vanished: should one of them be what ended it, it ends this
 * process, and the worker notices.
 *
 * C1 an attempt here ends with its outcome, or with the cell, whatever ends that: its exit, its heap's limit, its main thread that does not come
 *    back within `silenceMs` (not counting what it waits for a processor), a kill from outside;
 * C2 a cell ends with its worker, however that ends;
 * C3 it has a small heap and an environment without secrets: what its activities need comes as plain data.
 *
 * Not here: which attempts go into which cell (Cells), what a death means for an attempt (ActivityDesk).
 */
import { fork, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Json } from '@perdure/graph';
import type { BoundedOutcome } from '../activity-outcome.ts';
import type { ActivityJob } from '../activity-runner.ts';
import type { FromCell, ToCell } from './cell-message.ts';
import { Stillness } from './stillness.ts';

export interface CellSettings {
  /** Exports `createActivities` (ActivityModule). */
  module: URL;
  /** For `createActivities`. */
  settings: Json;
  heapMb: number;
  /** How long its main thread may not answer. */
  silenceMs: number;
}

interface Underway {
  job: ActivityJob;
  aborted: AbortSignal;
  settle(outcome: BoundedOutcome | 'died'): void;
}

const startLimitMs = 60_000;
/** In how many rounds a silence is measured: added up, so that a worker that stood still itself does not take its own for the cell's. */
const silentRounds = 10;
/** Beside the heap: code, buffers, and what a young generation needs. */
const memoryBesideHeapMb = 512;
/** Of what it writes to stderr, the end: Node's own words on why it ended. */
const lastWordsLength = 500;

const program = fileURLToPath(new URL('./cell-program.ts', import.meta.url));

export class Cell {
  /** Rejects when it ended before it could be used. */
  readonly ready: Promise<void>;
  /** Resolves when it is gone, with the attempts that went with it and were still wanted. */
  readonly gone: Promise<{ reason: string; lost: ActivityJob[] }>;
  readonly #process: ChildProcess;
  readonly #underway = new Map<number, Underway>();
  readonly #heard = new Set<() => void>();
  readonly #watch: NodeJS.Timeout;
  #stillness: Stillness | null = null;
  #lastWords = '';
  #reason: string | null = null;
  #isGone = false;
  #ids = 0;

  /** `gently`: it gets the processor after everybody else. */
  constructor({ module, settings, heapMb, silenceMs }: CellSettings, gently: boolean) {
    const largestBytes = (2 * heapMb + memoryBesideHeapMb) * 1_048_576;
    this.#process = fork(program, [String(process.pid), String(largestBytes)], {
      env: harmlessEnvironment(),
      execArgv: [`--max-old-space-size=${heapMb}`, '--no-warnings', ...process.execArgv.filter((flag) => carriedFlags.test(flag))],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    if (gently) stepBack(this.#process.pid);
    this.#process.stderr?.on(
      'data',
      (chunk: Buffer) => (this.#lastWords = `${this.#lastWords}${chunk.toString()}`.slice(-lastWordsLength)),
    );
    this.gone = this.#ending();
    this.ready = new Promise((resolve, reject) => {
      const limit = setTimeout(() => this.kill(`It did not start within ${startLimitMs / 1_000} s.`), startLimitMs);
      void this.gone.then(({ reason }) => {
        clearTimeout(limit);
        reject(new Error(`A cell did not start. ${reason}`));
      });
      this.#process.on('message', (message: FromCell) => {
        this.#stillness = null;
        if (message.type === 'ready') {
          clearTimeout(limit);
          this.#keepAwake(false);
          resolve();
        } else if (message.type === 'pong') for (const answer of this.#heard) answer();
        else this.#settle(message.id, message.outcome);
      });
    });
    // Asked for when it is needed, which may be never.
    this.ready.catch(() => undefined);
    this.#watch = setInterval(() => this.#round(silenceMs), silenceMs / silentRounds);
    this.#watch.unref();
    this.#send({ type: 'make', module: module.href, settings });
    // A pipe, which is a socket here.
    (this.#process.stderr as Socket | null)?.unref();
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Attempts in it. */
  get size(): number {
    return this.#underway.size;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** [C1] After `ready`. `aborted`: when the attempt is wanted no longer. */
  run(job: ActivityJob, aborted: AbortSignal): Promise<BoundedOutcome | 'died'> {
    if (this.#isGone) return Promise.resolve('died');
    this.#ids += 1;
    const id = this.#ids;
    const abort = (): void => this.#send({ type: 'abort', id });
    aborted.addEventListener('abort', abort);
    return new Promise<BoundedOutcome | 'died'>((settle) => {
      this.#underway.set(id, { job, aborted, settle });
      this.#keepAwake(true);
      this.#send({ type: 'run', id, job });
    }).finally(() => aborted.removeEventListener('abort', abort));
  }

  /** Whether an attempt of an instance that matches is in it. */
  holds(matches: (job: ActivityJob) => boolean): boolean {
    return [...this.#underway.values()].some(({ job }) => matches(job));
  }

  /** Ends it when its main thread could answer within this time, and does not. Resolves when that is known. */
  async check(withinMs: number): Promise<void> {
    const answered = Promise.withResolvers<void>();
    const answer = (): void => answered.resolve();
    this.#heard.add(answer);
    this.#send({ type: 'ping' });
    const stillness = new Stillness(this.pid, withinMs / silentRounds);
    const rounds = setInterval(() => {
      if (stillness.round() > silentRounds) this.kill(`It did not answer within ${withinMs} ms.`);
    }, withinMs / silentRounds);
    await Promise.race([answered.promise, this.gone]);
    clearInterval(rounds);
    this.#heard.delete(answer);
  }

  /** What is in it dies with it. */
  kill(reason: string): void {
    this.#reason ??= reason;
    // Whoever waits for its end sees it.
    this.#process.ref();
    this.#process.kill('SIGKILL');
  }

  #round(silenceMs: number): void {
    if (this.#underway.size === 0) {
      this.#stillness = null;
      return;
    }
    this.#stillness ??= new Stillness(this.pid, silenceMs / silentRounds);
    if (this.#stillness.round() > silentRounds) this.kill(`Its main thread did not move for ${silenceMs / 1_000} s.`);
    else this.#send({ type: 'ping' });
  }

  #settle(id: number, outcome: BoundedOutcome | 'died'): void {
    this.#underway.get(id)?.settle(outcome);
    this.#underway.delete(id);
    if (this.#underway.size === 0) this.#keepAwake(false);
  }

  /** An idle cell keeps no process alive. */
  #keepAwake(does: boolean): void {
    if (does) {
      this.#process.ref();
      this.#process.channel?.ref();
    } else {
      this.#process.unref();
      this.#process.channel?.unref();
    }
  }

  #send(message: ToCell): void {
    // Told by its end when the channel has closed.
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }

  async #ending(): Promise<{ reason: string; lost: ActivityJob[] }> {
    const how = await new Promise<string>((resolve) => {
      this.#process.once('error', (error) => {
        if (this.#process.pid === undefined) resolve(error.message);
      });
      this.#process.once('exit', (code, signal) => {
        const words = signal === null ? `It exited with code ${code}.` : `It was ended by ${signal}.`;
        // What it had said before is read first: an outcome is an outcome.
        if (!this.#process.connected) setImmediate(() => resolve(words));
        else this.#process.once('disconnect', () => resolve(words));
      });
    });
    this.#isGone = true;
    clearInterval(this.#watch);
    const lost = [...this.#underway.values()].flatMap(({ job, aborted }) => (aborted.aborted ? [] : [job]));
    for (const { settle } of this.#underway.values()) settle('died');
    this.#underway.clear();
    return { reason: [this.#reason ?? how, this.#lastWords.trim()].filter(Boolean).join(' '), lost };
  }
}

/** Flags on how to reach others, by names and certificates. */
const carriedFlags = /^--(?:use-|tls-|dns-|openssl-|secure-heap|network-family|no-network-family)/;

/** [C3] Where and how names, certificates and times are looked up. */
const carriedVariables = [
  'TZ',
  'NODE_EXTRA_CA_CERTS',
  'NODE_USE_SYSTEM_CA',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'RES_OPTIONS',
  'LOCALDOMAIN',
  'NODE_COMPILE_CACHE',
];

function harmlessEnvironment(): NodeJS.ProcessEnv {
  const carried = carriedVariables.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(carried) as NodeJS.ProcessEnv;
}

/** Enough that others go first, and not so much that an innocent one on a busy machine never comes to answer. */
const courtesy = 5;

function stepBack(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, courtesy);
  } catch {
    // It is a courtesy.
  }
}
