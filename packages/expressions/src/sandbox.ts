import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Json } from '@perdure/graph';
import type { Evaluation } from './evaluation.ts';
import type { Sandbox } from './evaluator.ts';
import type { SandboxReply, SandboxRequest } from './sandbox-message.ts';

/**
 * Evaluates any expression in child processes that can be killed.
 *
 * 1. A child evaluates one expression at a time. The parent measures: over the budget the child is killed and replaced. JSONata's own
 *    timeout cannot do it, since its awaits are microtasks and an allocation by argument never yields.
 * 2. A child has an empty environment, a small heap, and Node's permission model: it reads its own sources, nothing else.
 * 3. An answer of `{ ok: false }` is the expression's doing. What is the machine's (the queue is full, children do not start) throws,
 *    so that a turn is repeated instead of failing an instance.
 * 4. A child that dies by itself is tried once more, since something else may have killed it.
 */
export interface SandboxOptions {
  /** Children at most; each is started when first needed. */
  size?: number;
  /** For one evaluation. */
  budgetMs?: number;
  /** Evaluations that may wait for a child. */
  queueLimit?: number;
}

export interface ChildSandbox extends Sandbox {
  /** Ends the children. What still waits is refused. */
  close(): Promise<void>;
  /** Process ids, for operators and tests. */
  pids(): number[];
}

export class SandboxUnavailable extends Error {}

interface Job {
  request: SandboxRequest;
  attempts: number;
  resolve: (evaluation: Evaluation) => void;
  reject: (error: SandboxUnavailable) => void;
}

const startTimeoutMs = 10_000;
const maxFailedStarts = 3;

export function createSandbox({ size = 1, budgetMs = 200, queueLimit = 1000 }: SandboxOptions = {}): ChildSandbox {
  const children = new Set<Child>();
  const waiting: Job[] = [];
  let nextId = 1;
  let closed = false;
  let failedStarts = 0;

  function assign(): void {
    while (waiting.length > 0) {
      const idle = [...children].find((child) => child.idle);
      if (idle) idle.run(waiting.shift()!); // length was > 0
      else if (children.size < size && waiting.length > [...children].filter((child) => child.starting).length) start();
      else return;
    }
  }

  function start(): void {
    const child = new Child(budgetMs, {
      free() {
        failedStarts = 0;
        assign();
      },
      gone(unfinished, started) {
        children.delete(child);
        if (!started) failedStarts++;
        if (unfinished) waiting.unshift(unfinished);
        if (closed) return;
        if (failedStarts >= maxFailedStarts) {
          failedStarts = 0;
          for (const job of waiting.splice(0)) job.reject(new SandboxUnavailable('The process that evaluates expressions does not start.'));
        }
        assign();
      },
    });
    children.add(child);
  }

  return {
    evaluate(source, scope, clock) {
      if (closed) return Promise.reject(new SandboxUnavailable('The expression sandbox is closed.'));
      if (waiting.length >= queueLimit) return Promise.reject(new SandboxUnavailable('Too many expressions are waiting to be evaluated.'));
      return new Promise((resolve, reject) => {
        const request = { id: nextId++, source, scope: JSON.stringify(scope), at: clock.at, seed: clock.seed };
        waiting.push({ request, attempts: 0, resolve, reject });
        assign();
      });
    },
    pids: () => [...children].flatMap((child) => child.pid ?? []),
    async close() {
      closed = true;
      for (const job of waiting.splice(0)) job.reject(new SandboxUnavailable('The expression sandbox is closed.'));
      await Promise.all([...children].map((child) => child.end()));
    },
  };
}

/** One child process and the job it works on. */
class Child {
  readonly #process: ChildProcess;
  readonly #budgetMs: number;
  readonly #report: { free(): void; gone(unfinished: Job | null, started: boolean): void };
  readonly #exited = Promise.withResolvers<void>();
  #state: 'starting' | 'idle' | 'busy' | 'gone' = 'starting';
  #job: Job | null = null;
  #timer: NodeJS.Timeout;
  #cpuMsAtStart: number | null = null;

  constructor(budgetMs: number, report: { free(): void; gone(unfinished: Job | null, started: boolean): void }) {
    this.#budgetMs = budgetMs;
    this.#report = report;
    this.#process = fork(childFile, [], {
      env: {},
      cwd: dirname(childFile),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [
        '--max-old-space-size=128',
        '--disallow-code-generation-from-strings',
        '--permission',
        ...readableDirectories().map((directory) => `--allow-fs-read=${directory}`),
        '--no-warnings',
      ],
    });
    this.#timer = setTimeout(() => this.#kill(), startTimeoutMs);
    this.#process.on('message', (reply: SandboxReply) => this.#receive(reply));
    this.#process.on('error', () => this.#kill());
    this.#process.on('exit', () => this.#onExit());
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get idle(): boolean {
    return this.#state === 'idle';
  }

  get starting(): boolean {
    return this.#state === 'starting';
  }

  run(job: Job): void {
    this.#state = 'busy';
    this.#job = job;
    job.attempts++;
    this.#process.ref();
    this.#process.channel?.ref();
    this.#cpuMsAtStart = cpuMsOf(this.pid);
    this.#process.send(job.request, (error) => {
      if (error) this.#kill();
    });
    this.#watch(this.#budgetMs, this.#budgetMs * 10);
  }

  async end(): Promise<void> {
    this.#finish({ ok: false, code: 'Expression', message: 'The expression sandbox was closed.' }, true);
    // An idle child does not keep this process alive; waiting for its end does.
    this.#process.ref();
    this.#kill();
    await this.#exited.promise;
  }

  /** `patienceMs`: how much longer to wait on a machine too busy to give the child its share. */
  #watch(delayMs: number, patienceMs: number): void {
    this.#timer = setTimeout(() => {
      // An answer may have arrived while this process itself was busy: let it be read first.
      setImmediate(() => {
        const job = this.#job;
        if (job === null) return;
        const cpuMs = cpuMsOf(this.pid);
        const used = cpuMs === null || this.#cpuMsAtStart === null ? null : cpuMs - this.#cpuMsAtStart;
        if (used !== null && used < this.#budgetMs / 2 && patienceMs > 0) {
          this.#watch(this.#budgetMs / 2, patienceMs - this.#budgetMs / 2);
          return;
        }
        this.#finish({
          ok: false,
          code: 'ExpressionTimeout',
          message: `The expression took longer than ${this.#budgetMs} ms and was stopped.`,
        });
        this.#kill();
      });
    }, delayMs);
  }

  #receive(reply: SandboxReply): void {
    if (this.#state === 'gone') return;
    if ('ready' in reply) {
      clearTimeout(this.#timer);
      this.#becomeIdle();
      return;
    }
    if (this.#job?.request.id !== reply.id) return;
    this.#finish(toEvaluation(reply));
    this.#becomeIdle();
  }

  #becomeIdle(): void {
    this.#state = 'idle';
    // An idle child keeps no process alive.
    this.#process.unref();
    this.#process.channel?.unref();
    this.#report.free();
  }

  #finish(evaluation: Evaluation, closing = false): void {
    clearTimeout(this.#timer);
    const job = this.#job;
    this.#job = null;
    if (job === null) return;
    if (closing) job.reject(new SandboxUnavailable('The expression sandbox is closed.'));
    else job.resolve(evaluation);
  }

  #kill(): void {
    this.#process.kill('SIGKILL');
    if (this.#process.pid === undefined) this.#onExit();
  }

  #onExit(): void {
    if (this.#state === 'gone') return;
    const started = this.#state !== 'starting';
    this.#state = 'gone';
    this.#exited.resolve();
    clearTimeout(this.#timer);
    const job = this.#job;
    if (job !== null && job.attempts >= 2) {
      this.#finish({ ok: false, code: 'ExpressionMemory', message: 'The expression needed too much memory and was stopped.' });
    }
    const unfinished = this.#job;
    this.#job = null;
    this.#report.gone(unfinished, started);
  }
}

function toEvaluation(reply: Exclude<SandboxReply, { ready: true }>): Evaluation {
  if (!reply.ok) return { ok: false, code: reply.code, message: reply.message };
  return { ok: true, value: reply.value === null ? undefined : (JSON.parse(reply.value) as Json) };
}

const childFile = fileURLToPath(new URL('./sandbox-child.ts', import.meta.url));

/** What the child imports: its own sources and two libraries, wherever the package manager has put them. */
function readableDirectories(): string[] {
  const require = createRequire(import.meta.url);
  const libraries = ['jsonata', 're2js'].map((name) => packageDirectory(require.resolve(name)));
  const own = packageDirectory(childFile);
  // Both the linked and the real place, since Node looks at either while it resolves.
  return [own, realpathSync(own), ...libraries, ...libraries.map((library) => realpathSync(library))].filter(
    (directory, at, all) => all.indexOf(directory) === at,
  );
}

function packageDirectory(file: string): string {
  let directory = dirname(file);
  while (!existsSync(join(directory, 'package.json'))) directory = dirname(directory);
  return directory;
}

/** CPU time the process has used, where the system tells (Linux). */
function cpuMsOf(pid: number | undefined): number | null {
  if (process.platform !== 'linux' || pid === undefined) return null;
  try {
    // The first number: nanoseconds on a CPU. Covers the main thread, where JSONata runs.
    const [nanoseconds] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1e6;
  } catch {
    return null;
  }
}
