import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;
let now = Date.now();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

const never = (): (() => void) => () => {};

/** The time to the second, from one timer for everybody. Stands still while `ticking` is false. */
export function useNow(ticking: boolean): number {
  return useSyncExternalStore(ticking ? subscribe : never, () =>
    listeners.size === 0 ? (now = Math.floor(Date.now() / 1000) * 1000) : now,
  );
}
