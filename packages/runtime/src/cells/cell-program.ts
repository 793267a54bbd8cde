/**
 * The program of a cell: a child process of a worker that runs attempts which may have ended a worker before. It knows neither database nor
 * Redis, has no secrets in its environment, and ends with its parent, also when its main thread never comes back (cell-guard-thread.ts).
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { portableOutcome } from '../activity-outcome.ts';
import { ActivityRunner, AttemptAbort } from '../activity-runner.ts';
import type { ActivityModule, FromCell, ToCell } from './cell-message.ts';

/** Written by Cell. */
const [parent = 0, largestBytes = 0] = process.argv.slice(2).map(Number);

process.on('disconnect', () => process.exit(0));
// A terminal, or a process manager, tells the whole group to stop. The worker decides what becomes of its cells.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
offerToTheKernel();

const guard = new Worker(new URL('./cell-guard-thread.ts', import.meta.url), {
  workerData: { parent, largestBytes },
  name: 'guard',
  execArgv: [],
});
await once(guard, 'message');

const underway = new Map<number, AttemptAbort>();
let runner: ActivityRunner | undefined;

process.on('message', (message: ToCell) => {
  // What it rejects with ends the process, like whatever else goes wrong here.
  void receive(message);
});

async function receive(message: ToCell): Promise<void> {
  switch (message.type) {
    case 'make': {
      // The module that this process was made for: whoever put the runtime together names it.
      // oxlint-disable-next-line perdure/walls
      const { createActivities } = (await import(message.module)) as ActivityModule;
      const activities = await createActivities(message.settings);
      runner = new ActivityRunner({
        activities: new Map(activities.map((activity) => [activity.name, activity])),
        loadInput: (input) => input,
      });
      send({ type: 'ready' });
      break;
    }
    case 'run': {
      const abort = new AttemptAbort();
      underway.set(message.id, abort);
      const outcome = await runner?.attempt(message.job, abort);
      underway.delete(message.id);
      if (outcome !== undefined) send({ type: 'ended', id: message.id, outcome: portableOutcome(outcome) });
      break;
    }
    case 'abort':
      underway.get(message.id)?.abort();
      break;
    case 'ping':
      send({ type: 'pong' });
      break;
  }
}

function send(message: FromCell): void {
  // The parent may be gone: then so is this, soon.
  process.send?.(message, undefined, undefined, () => undefined);
}

/** When the machine runs out of memory: this process first, not the worker. */
function offerToTheKernel(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Linux alone knows it.
  }
}
