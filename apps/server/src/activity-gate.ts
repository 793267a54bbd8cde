import type { Activity, ActivityContext, ActivityResult } from '@perdure/activities';
import type { Json } from '@perdure/graph';

export interface ActivityGate {
  activity: Activity;
  open(): void;
  close(): void;
}

/**
 * Holds an activity back while what it may call in this very process does not answer: the demo services, before the server listens and
 * after it has stopped. Without it a takeover right after the start, or a step scheduled during the stop, would be recorded as a failed
 * attempt. Attempts behind a closed gate end when the runtime aborts them, unreported, and run again after the next start.
 */
export function createActivityGate(activity: Activity): ActivityGate {
  let isOpen = false;
  const waiting = new Set<() => void>();
  const passage = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const pass = () => {
        waiting.delete(pass);
        signal.removeEventListener('abort', pass);
        resolve();
      };
      waiting.add(pass);
      signal.addEventListener('abort', pass);
    });
  return {
    activity: {
      name: activity.name,
      async run(input: Json, context: ActivityContext): Promise<ActivityResult> {
        while (!isOpen && !context.signal.aborted) await passage(context.signal);
        if (context.signal.aborted)
          return { ok: false, failure: { code: 'Canceled', message: 'The process stopped before the step began.' } };
        return activity.run(input, context);
      },
    },
    open() {
      isOpen = true;
      for (const pass of waiting) pass();
    },
    close() {
      isOpen = false;
    },
  };
}
