import { setTimeout as sleep } from 'node:timers/promises';

/** Looks until there is something to see: resolves with the first result that is not undefined. `what` says in the error what did not happen. */
export async function eventually<T>(what: string, look: () => T | undefined | Promise<T | undefined>, withinMs = 15_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`It did not happen within ${withinMs / 1_000} s that ${what}.`);
    await sleep(20);
  }
}
