import { instanceId, isFinal } from '@perdure/engine';
import { findInstance } from '@perdure/database/read';
import type { Installation } from '../installation.ts';

const pollMs = 1_000;

/** True once the instance has finished; false when the time is over, the instance is gone, or `signal` aborts. */
export async function waitUntilFinished(
  { database, runtime }: Installation,
  id: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const until = performance.now() + timeoutMs;
  let wake: () => void = () => undefined;
  let hinted = false;
  const stopWatching = runtime.watchInstance(instanceId(id), () => {
    hinted = true;
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  try {
    for (;;) {
      hinted = false;
      const record = await findInstance(database.prisma, id);
      if (!record) return false;
      if (isFinal(record.storedStatus)) return true;
      const leftMs = until - performance.now();
      if (leftMs <= 0 || signal.aborted) return false;
      if (hinted) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(leftMs, pollMs));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    stopWatching();
    signal.removeEventListener('abort', onAbort);
  }
}
