/** The activity of the drills, as workers and their cells run it: every execution is written down before it does anything. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '@perdure/graph';
import type { Activity } from '@perdure/runtime';

export interface DrillActivitySettings {
  /** One JSON line per execution begun (SideEffect). */
  sink: string;
  /** One line per instance whose poisons have been cured (`Scene.cure`). */
  cures: string;
  /** Process id of the worker. */
  worker: number;
}

/** What the runtime's ActivityModule wants. */
export function createActivities(settings: Json): Activity[] {
  // Written by worker-program.ts.
  return [drillActivity(settings as unknown as DrillActivitySettings, () => Promise.resolve())];
}

/**
 * `https://drill/echo/<ms>/<text>` answers with the text; `flaky/<n>/<text>` fails n times first; `large/<kb>` answers with so much; `die/<ms>`
 * kills its process. Until they are cured, `exit`, `eat` and `loop` end theirs each in its way.
 */
export function drillActivity(settings: DrillActivitySettings, pass: () => Promise<void>): Activity {
  return {
    name: 'http',
    async run(input, { key, attempt, signal, instanceId }) {
      const { pid } = process;
      const worker = pid === settings.worker ? {} : { worker: settings.worker };
      appendFileSync(settings.sink, `${JSON.stringify({ key, attempt, pid, ...worker, at: Date.now() })}\n`);
      // What the drills draw.
      const [, what = '', number = '0', text = ''] = new URL((input as { url: string }).url).pathname.split('/');
      if (what === 'die') {
        await sleep(Number(number));
        process.kill(process.pid, 'SIGKILL');
        await sleep(60_000);
      }
      if (what in poisons && !isCured(settings.cures, instanceId)) poisons[what]?.();
      await pass();
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
}

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

function isCured(cures: string, instanceId: string): boolean {
  return existsSync(cures) && readFileSync(cures, 'utf8').split('\n').includes(instanceId);
}
