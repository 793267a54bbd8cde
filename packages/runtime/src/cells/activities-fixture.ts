/** A module of activities for cells: harmless ones, and each kind of poison. */
import { appendFileSync } from 'node:fs';
import type { Json } from '@perdure/graph';
import type { Activity } from '../activity-runner.ts';

export interface FixtureSettings {
  /** A line per attempt begun: instance and node. */
  sink: string;
}

/** What the step is to do is its input, or the end of its input's url. */
export function createActivities(settings: Json): Activity[] {
  const { sink } = settings as unknown as FixtureSettings;
  return [
    {
      name: 'http',
      run(input, context) {
        appendFileSync(sink, `${context.instanceId} ${context.node}\n`);
        const what = typeof input === 'string' ? input : String((input as { url: string }).url.split('/').at(-1));
        const run = kinds[what] ?? kinds['tell'];
        return run === undefined ? Promise.reject(new Error('There is no such kind.')) : run(input, context);
      },
    },
  ];
}

const kinds: Readonly<Record<string, Activity['run']>> = {
  tell: async (input, { key, attempt, node }) => ({ ok: true, output: { input, key, attempt, node, pid: process.pid } }),
  environment: async () => ({ ok: true, output: Object.keys(process.env) }),
  large: async () => ({ ok: true, output: 'x'.repeat(100_000) }),
  complain: async () => ({ ok: false, retryable: false, failure: { code: 'Complaint', message: 'y'.repeat(5_000) } }),
  throw: () => Promise.reject(new Error('broken')),
  // Contains itself, which no type forbids a bug.
  circle: async () => {
    const circle: { self?: Json } = {};
    circle.self = circle as Json;
    return { ok: true, output: circle as Json };
  },
  wait: (_, { signal }) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({ ok: false, failure: { code: 'Aborted', message: '' } }));
    }),
  deaf: () => new Promise(() => {}),
  exit: () => process.exit(7),
  loop: () => {
    for (;;);
  },
  eat: () => {
    for (const eaten: number[][] = []; ;) eaten.push(Array.from({ length: 1_000_000 }, (_, i) => i + 0.5));
  },
  buffers: async () => {
    // Off the heap, with the main thread free in between.
    for (const eaten: Buffer[] = []; ;) {
      eaten.push(Buffer.alloc(64 * 1_048_576, 1));
      await new Promise((resume) => setTimeout(resume, 20));
    }
  },
};
