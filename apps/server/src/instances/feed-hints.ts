import type { Installation } from '../installation.ts';
import type { FeedHint } from '../trpc/contract/feed.ts';

/** At most four a second: what changed in between is told together. */
const pauseMs = 250;

const nothing: FeedHint = { instances: false, tasks: false, workflows: false, monitor: false, jobs: false };

/** Says that lists have changed, until `signal` aborts. Hints carry no data: whoever wants it asks for what they may see. */
export async function* feedHints(
  {
    runtime,
    onWorkflowsChanged,
    onMonitorChanged,
    onJobsChanged,
  }: Pick<Installation, 'runtime' | 'onWorkflowsChanged' | 'onMonitorChanged' | 'onJobsChanged'>,
  signal: AbortSignal,
): AsyncGenerator<FeedHint, void> {
  let pending: FeedHint = nothing;
  let wake: () => void = () => undefined;
  const add = (hint: Partial<FeedHint>) => {
    pending = {
      instances: pending.instances || hint.instances === true,
      tasks: pending.tasks || hint.tasks === true,
      workflows: pending.workflows || hint.workflows === true,
      monitor: pending.monitor || hint.monitor === true,
      jobs: pending.jobs || hint.jobs === true,
    };
    wake();
  };
  const stopRuntime = runtime.watchFeed(add);
  const stopWorkflows = onWorkflowsChanged(() => add({ workflows: true }));
  // What is listed by a read model has changed with it.
  const stopMonitor = onMonitorChanged(() => add({ instances: true, monitor: true }));
  const stopJobs = onJobsChanged(() => add({ jobs: true }));
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      if (pending === nothing) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const hint = pending;
      pending = nothing;
      yield hint;
      await pause(signal);
    }
  } finally {
    stopRuntime();
    stopWorkflows();
    stopMonitor();
    stopJobs();
    signal.removeEventListener('abort', onAbort);
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, pauseMs);
    signal.addEventListener('abort', done);
  });
}
