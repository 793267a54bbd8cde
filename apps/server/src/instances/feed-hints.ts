import type { Installation } from '../installation.ts';
import type { FeedHint } from '../trpc/contract.ts';

/** At most four a second: what changed in between is told together. */
const pauseMs = 250;

/** Says that lists have changed, until `signal` aborts. Hints carry no data: whoever wants it asks for what they may see. */
export async function* feedHints(
  { runtime, onWorkflowsChanged }: Pick<Installation, 'runtime' | 'onWorkflowsChanged'>,
  signal: AbortSignal,
): AsyncGenerator<FeedHint, void> {
  let pending: FeedHint = { instances: false, tasks: false, workflows: false };
  let wake: () => void = () => undefined;
  const add = (hint: Partial<FeedHint>) => {
    pending = {
      instances: pending.instances || hint.instances === true,
      tasks: pending.tasks || hint.tasks === true,
      workflows: pending.workflows || hint.workflows === true,
    };
    wake();
  };
  const stopRuntime = runtime.watchFeed(add);
  const stopWorkflows = onWorkflowsChanged(() => add({ workflows: true }));
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      if (!pending.instances && !pending.tasks && !pending.workflows) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const hint = pending;
      pending = { instances: false, tasks: false, workflows: false };
      yield hint;
      await pause(signal);
    }
  } finally {
    stopRuntime();
    stopWorkflows();
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
