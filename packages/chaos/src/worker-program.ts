/**
 * The program of a worker process in the drills: a real runtime with activities whose executions are written down, and a store whose commits
 * are. Everything is appended to files, which survive any kill of this process and of the database.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createRuntime,
  startWatchdog,
  type Activity,
  type CommitItem,
  type DurableStore,
  type Runtime,
  type RuntimeOptions,
} from '@perdure/runtime';
import { CallGate, type CallPoint, type GateReport } from './call-gate.ts';

export interface WorkerSettings {
  databaseUrl: string;
  redisUrl: string | null;
  /** One JSON line per execution begun (SideEffect). */
  sink: string;
  /** One JSON line per item stored (CommitLine). */
  commits: string;
  /** What the runtime complains of, in words. */
  troubles: string;
  /** One line per instance whose poisons have been cured (`Scene.cure`). */
  cures: string;
  /** How long the main thread may stand still; absent = as long as it likes. */
  watchdogMs?: number;
  options?: Partial<
    Pick<
      RuntimeOptions,
      'leaseMs' | 'renewEveryMs' | 'force' | 'activityConcurrency' | 'residentLimit' | 'mailboxPollMs' | 'poolSize' | 'writer'
    >
  >;
}

/** What this process was told is stored, and the results that were in it. */
export interface CommitLine {
  instanceId: string;
  baseSeq: number;
  seq: number;
  epoch: number;
  pid: number;
  /** Epoch ms. */
  at: number;
  /** Activity key and attempt of every result it stored. */
  reported: string[];
}

export type Question =
  | { start: Parameters<Runtime['start']>[0] }
  | { send: [...Parameters<Runtime['send']>] }
  /** Answers with a GateReport of what was armed before; `peek` changes nothing. */
  | { arm: CallPoint | null; peek?: true };

// Written by `startWorkerProcess` from WorkerSettings.
const settings = JSON.parse(process.env['PERDURE_DRILL'] ?? '{}') as WorkerSettings;

const gate = new CallGate();

/**
 * `https://drill/echo/<ms>/<text>` answers with the text; `flaky/<n>/<text>` fails n times first; `large/<kb>` answers with so much; `die/<ms>`
 * kills its process. Until they are cured, `exit`, `eat` and `loop` end theirs each in its way.
 */
const http: Activity = {
  name: 'http',
  async run(input, { key, attempt, signal, instanceId }) {
    appendFileSync(settings.sink, `${JSON.stringify({ key, attempt, pid: process.pid, at: Date.now() })}\n`);
    // What the drills draw.
    const [, what = '', number = '0', text = ''] = new URL((input as { url: string }).url).pathname.split('/');
    if (what === 'die') {
      await sleep(Number(number));
      process.kill(process.pid, 'SIGKILL');
      await sleep(60_000);
    }
    if (what in poisons && !isCured(instanceId)) poisons[what]?.();
    await gate.pass('activity', () => Promise.resolve());
    if (what === 'complain') {
      const message = 'x'.repeat(Number(number) * 1_024);
      if (text === 'thrown') throw new Error(message);
      return { ok: false, failure: { code: 'Complaint', message, details: { all: message } } };
    }
    if (what === 'large') return { ok: true, output: { status: 200, body: key.padEnd(Number(number) * 1_024, 'x') } };
    if (what === 'flaky' && attempt <= Number(number)) return { ok: false, failure: { code: 'HttpStatus.503', message: 'not yet' } };
    if (what === 'echo') await sleep(Number(number), undefined, { signal });
    return { ok: true, output: { status: 200, body: text } };
  },
};

if (settings.watchdogMs !== undefined) await startWatchdog(settings.watchdogMs);

const runtime = await createRuntime({
  databaseUrl: settings.databaseUrl,
  redisUrl: settings.redisUrl,
  worker: true,
  activities: [http],
  // What the gate keeps from the runtime has been written down when it was done.
  throughStore: (store) => gate.through(recording(store)),
  onSuperseded: () => process.exit(3),
  onTrouble: (where, error) =>
    appendFileSync(settings.troubles, `${new Date().toISOString()} ${process.pid} ${where}: ${error.stack ?? error.message}\n`),
  ...settings.options,
});

/** None of them comes back. */
const poisons: Readonly<Record<string, () => void>> = {
  exit: () => process.exit(1),
  eat: () => {
    for (const eaten: number[][] = []; ;) eaten.push(Array.from({ length: 1_000_000 }, (_, i) => i + 0.5));
  },
  loop: () => {
    for (;;);
  },
};

function isCured(instanceId: string): boolean {
  return existsSync(settings.cures) && readFileSync(settings.cures, 'utf8').split('\n').includes(instanceId);
}

process.on('message', ({ ask, question }: { ask: number; question: Question }) => {
  const answer =
    'start' in question
      ? runtime.start(question.start)
      : 'send' in question
        ? runtime.send(...question.send)
        : Promise.resolve(rearm(question));
  answer.then(
    (result) => process.send?.({ answer: ask, result: result ?? null }),
    (error: Error) => process.send?.({ answer: ask, error: error.message }),
  );
});
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => void runtime.stop().then(() => process.exit(0)));
process.send?.({ ready: true });

function rearm({ arm, peek }: Extract<Question, { arm: unknown }>): GateReport {
  const report = gate.report();
  if (peek !== true) gate.arm(arm);
  return report;
}

/** The store, writing down what it says is stored, whether it says so at once or after an answer was lost. */
function recording(store: DurableStore): DurableStore {
  return new Proxy(store, {
    get(target, name) {
      if (name === 'commit')
        return async (items: readonly CommitItem[]) => {
          const verdicts = await target.commit(items);
          writeDown(items.filter((_, i) => verdicts[i] === 'stored'));
          return verdicts;
        };
      if (name === 'stored')
        return async (items: readonly CommitItem[]) => {
          const stored = await target.stored(items);
          writeDown([...stored]);
          return stored;
        };
      const member: unknown = Reflect.get(target, name);
      // Private fields want their own object.
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

function writeDown(items: readonly CommitItem[]): void {
  const lines = items.map(({ instanceId, baseSeq, seq, epoch, executionId, events }) => {
    const reported = events.flatMap((event) =>
      event.type === 'TaskCompleted' || event.type === 'TaskFailed' ? [`${instanceId}/${executionId}/${event.step} ${event.attempt}`] : [],
    );
    return `${JSON.stringify({ instanceId, baseSeq, seq, epoch, pid: process.pid, at: Date.now(), reported } satisfies CommitLine)}\n`;
  });
  if (lines.length > 0) appendFileSync(settings.commits, lines.join(''));
}
