/*
 * Long work on the page's one thread, a slice at a time: between two slices, input and frames have their turn.
 */

const SHORTEST_MS = 2;
const LONGEST_MS = 8;
/** A page that has no idle moment at all (or is hidden) goes on nevertheless. */
const AT_LATEST_MS = 100;

/** Waits until the page has nothing more urgent, and says how long the slice may take. */
export function idleSlice(): Promise<number> {
  return new Promise((begin) => {
    // Safari does not tell when it is idle.
    if (typeof requestIdleCallback !== 'function') setTimeout(() => begin(LONGEST_MS), 0);
    else requestIdleCallback((idle) => begin(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, idle.timeRemaining()))), { timeout: AT_LATEST_MS });
  });
}
