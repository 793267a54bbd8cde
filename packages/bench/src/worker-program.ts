/**
 * A worker in a process of its own, for benches that kill one. Its activity holds (for ever: until the process is killed) or does nothing, and it
 * tells how many times it began. Speaks the protocol of `startWorkerProcess`.
 */
import { createRuntime, type Activity } from '@perdure/runtime';
import { instanceId } from '@perdure/engine';
import { runMany } from './bench-runtime.ts';
import { benchCatalogue } from './trivial-activity.ts';

export interface WorkerSettings {
  databaseUrl: string;
  redisUrl: string | null;
  holds: boolean;
}

export type Question =
  /** Starts `<prefix>0` … `<prefix><count - 1>`. */
  | { do: 'start'; workflow: string; prefix: string; count: number }
  /** How many activities have begun. */
  | { do: 'count' }
  /** How many partitions it owns. */
  | { do: 'owned' }
  /** Raises `go`; true once it is stored. */
  | { do: 'raise'; id: string };

// Written by `startWorkerProcess` from WorkerSettings.
const settings = JSON.parse(process.env['PERDURE_DRILL'] ?? '{}') as WorkerSettings;
let begun = 0;

const trivial: Activity = {
  name: 'trivial',
  run: async () => {
    begun += 1;
    if (settings.holds) await new Promise(() => {});
    return { ok: true, output: null };
  },
};

const runtime = await createRuntime({
  databaseUrl: settings.databaseUrl,
  redisUrl: settings.redisUrl,
  worker: true,
  activities: [trivial],
  catalogue: benchCatalogue,
});

process.on('message', ({ ask, question }: { ask: number; question: Question }) => {
  answer(question).then(
    (result) => process.send?.({ answer: ask, result }),
    (error: Error) => process.send?.({ answer: ask, error: error.message }),
  );
});
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => void runtime.stop().then(() => process.exit(0)));
process.send?.({ ready: true });

async function answer(question: Question): Promise<number | boolean> {
  switch (question.do) {
    case 'start':
      await runMany(question.count, 500, async (i) => {
        const id = instanceId(`${question.prefix}${i}`);
        const started = await runtime.start({ workflow: question.workflow, version: 1, input: {}, startedBy: 'bench', instanceId: id });
        if (!started.ok) throw new Error(started.message);
      });
      return true;
    case 'count':
      return begun;
    case 'owned':
      return runtime.health().partitionsOwned;
    case 'raise': {
      const id = instanceId(question.id);
      const sent = await runtime.send(id, { type: 'RaiseEvent', id: `raised:${question.id}`, name: 'go', data: null, by: 'bench' });
      return sent.ok;
    }
  }
}
