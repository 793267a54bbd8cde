import type { Activity, ActivityContext, ActivityResult } from '@perdure/activities';
import type { Json } from '@perdure/graph';

export interface ActivityGate {
  /** The activity behind the gate. */
  guard(activity: Activity): Activity;
  /** Resolves when the gate is open, or the attempt is aborted. */
  pass(signal: AbortSignal): Promise<void>;
  open(): void;
  close(): void;
}

/**
 * Holds activities back while what they may call in this very process does not answer: the demo services, before the server listens and
 * after it has stopped. Without it a takeover right after the start, or a step scheduled during the stop, would be recorded as a failed
 * attempt. Attempts behind a closed gate end when the runtime aborts them, unreported, and run again after the next start.
 */
export function createActivityGate(): ActivityGate {
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
  const pass = async (signal: AbortSignal): Promise<void> => {
    while (!isOpen && !signal.aborted) await passage(signal);
  };
  return {
    pass,
    guard: (activity) => ({
      name: activity.name,
      async run(input: Json, context: ActivityContext): Promise<ActivityResult> {
        await pass(context.signal);
        if (context.signal.aborted)
          return { ok: false, failure: { code: 'Canceled', message: 'The process stopped before the step began.' } };
        return activity.run(input, context);
      },
    }),
    open() {
      isOpen = true;
      for (const resume of waiting) resume();
    },
    close() {
      isOpen = false;
    },
  };
}
