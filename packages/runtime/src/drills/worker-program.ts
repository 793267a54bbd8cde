/**
 * The program of a worker process in the drills: a real runtime with activities whose executions are written down, and a commit that can end the
 * process just before or just after it. Everything is appended to files, which survive any kill of this process and of the database.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Activity } from '../activity-dispatcher.ts';
import { createRuntime, type RuntimeOptions } from '../create-runtime.ts';
import { PostgresStore } from '../postgres/postgres-store.ts';
import type { Runtime } from '../runtime.ts';

export interface DrillSettings {
  databaseUrl: string;
  redisUrl: string | null;
  /** One JSON line per execution begun: `{ key, attempt, pid }`. */
  sink: string;
  /** One JSON line per item stored: `{ instanceId, baseSeq, seq, epoch, pid, reported }`. */
  commits: string;
  options?: Partial<Pick<RuntimeOptions, 'leaseMs' | 'renewEveryMs' | 'force' | 'activityConcurrency' | 'residentLimit'>>;
}

/** The process ends at the nth commit or activity of this instance. */
export interface CrashPoint {
  instanceId: string;
  at: 'before commit' | 'after commit' | 'in activity';
  nth: number;
}

export type Question = { start: Parameters<Runtime['start']>[0] } | { send: [...Parameters<Runtime['send']>] } | { crash: CrashPoint };

// Written by `startWorkerProcess` from DrillSettings.
const settings = JSON.parse(process.env['PERDURE_DRILL'] ?? '{}') as DrillSettings;
let crash: CrashPoint | undefined;
let passed = 0;

/** Whether this is the moment to end. */
function isCrash(at: CrashPoint['at']): boolean {
  if (crash === undefined || crash.at !== at) return false;
  passed += 1;
  return passed === crash.nth;
}

function arm(point: CrashPoint): void {
  crash = point;
  passed = 0;
}

async function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  await sleep(60_000);
  throw new Error('It lives on after SIGKILL.');
}

// The runtime makes its own store; the drills need to stand between the two, and nobody else does.
const { commit } = PostgresStore.prototype;
PostgresStore.prototype.commit = async function (items) {
  const own = items.some((item) => item.instanceId === crash?.instanceId);
  if (own && isCrash('before commit')) await die();
  const verdicts = await commit.call(this, items);
  const lines = items.flatMap((item, i) => {
    if (verdicts[i] !== 'stored') return [];
    const { instanceId, baseSeq, seq, epoch, executionId } = item;
    const reported = item.events.flatMap((event) =>
      event.type === 'TaskCompleted' || event.type === 'TaskFailed' ? [`${instanceId}/${executionId}/${event.step} ${event.attempt}`] : [],
    );
    return [`${JSON.stringify({ instanceId, baseSeq, seq, epoch, pid: process.pid, reported })}\n`];
  });
  if (lines.length > 0) appendFileSync(settings.commits, lines.join(''));
  if (own && isCrash('after commit')) await die();
  return verdicts;
};

/** `https://drill/echo/<ms>/<text>` answers with the text; `flaky/<n>/<text>` fails n times first; `die/<ms>` kills its process. */
const http: Activity = {
  name: 'http',
  async run(input, { key, attempt, instanceId, signal }) {
    appendFileSync(settings.sink, `${JSON.stringify({ key, attempt, pid: process.pid })}\n`);
    if (instanceId === crash?.instanceId && isCrash('in activity')) await die();
    // What the drills draw.
    const [, what, number = '0', text = ''] = new URL((input as { url: string }).url).pathname.split('/');
    if (what === 'die') {
      await sleep(Number(number));
      await die();
    }
    if (what === 'flaky' && attempt <= Number(number)) return { ok: false, failure: { code: 'HttpStatus.503', message: 'not yet' } };
    if (what === 'echo') await sleep(Number(number), undefined, { signal });
    return { ok: true, output: { status: 200, body: text } };
  },
};

const runtime = await createRuntime({
  databaseUrl: settings.databaseUrl,
  redisUrl: settings.redisUrl,
  worker: true,
  activities: [http],
  ...settings.options,
});

process.on('message', ({ ask, question }: { ask: number; question: Question }) => {
  const answer =
    'start' in question
      ? runtime.start(question.start)
      : 'send' in question
        ? runtime.send(...question.send)
        : Promise.resolve(arm(question.crash));
  answer.then(
    (result) => process.send?.({ answer: ask, result: result ?? null }),
    (error: Error) => process.send?.({ answer: ask, error: error.message }),
  );
});
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => void runtime.stop().then(() => process.exit(0)));
process.send?.({ ready: true });
