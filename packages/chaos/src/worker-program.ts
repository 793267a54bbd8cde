/**
 * The program of a worker process in the drills: a real runtime with activities whose executions are written down, and a store whose commits
 * are. Everything is appended to files, which survive any kill of this process and of the database.
 */
import { appendFileSync } from 'node:fs';
import {
  createRuntime,
  startWatchdog,
  type CellFact,
  type CommitItem,
  type DurableStore,
  type Runtime,
  type RuntimeOptions,
} from '@perdure/runtime';
import { CallGate, type CallPoint, type GateReport } from './call-gate.ts';
import { drillActivity } from './drill-activity.ts';

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
  /** One JSON line per cell started or dead (CellLine). */
  cellLog: string;
  cells?: Partial<Pick<NonNullable<RuntimeOptions['cells']>, 'heapMb' | 'silenceMs'>>;
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

export interface CellLine {
  type: CellFact['type'];
  /** Of the cell. */
  pid: number;
  worker: number;
  /** Of a dead one: the attempts that were in it. */
  attempts: number;
}

export type Question =
  | { start: Parameters<Runtime['start']>[0] }
  | { send: [...Parameters<Runtime['send']>] }
  /** Answers with a GateReport of what was armed before; `peek` changes nothing. */
  | { arm: CallPoint | null; peek?: true };

// Written by `startWorkerProcess` from WorkerSettings.
const settings = JSON.parse(process.env['PERDURE_DRILL'] ?? '{}') as WorkerSettings;

const gate = new CallGate();

const activitySettings = { sink: settings.sink, cures: settings.cures, worker: process.pid };

if (settings.watchdogMs !== undefined) await startWatchdog(settings.watchdogMs);

const runtime = await createRuntime({
  databaseUrl: settings.databaseUrl,
  redisUrl: settings.redisUrl,
  worker: true,
  activities: [drillActivity(activitySettings, () => gate.pass('activity', () => Promise.resolve()))],
  cells: { module: new URL('./drill-activity.ts', import.meta.url), settings: { ...activitySettings }, ...settings.cells },
  observer: { cell: (fact) => appendFileSync(settings.cellLog, `${JSON.stringify(cellLine(fact))}\n`) },
  // What the gate keeps from the runtime has been written down when it was done.
  throughStore: (store) => gate.through(recording(store)),
  onSuperseded: () => process.exit(3),
  onTrouble: (where, error) =>
    appendFileSync(settings.troubles, `${new Date().toISOString()} ${process.pid} ${where}: ${error.stack ?? error.message}\n`),
  ...settings.options,
});

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

function cellLine(fact: CellFact): CellLine {
  return { type: fact.type, pid: fact.pid, worker: process.pid, attempts: fact.type === 'died' ? fact.attempts.length : 0 };
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
