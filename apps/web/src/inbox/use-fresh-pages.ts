import { useEffect, useRef } from 'react';
import { useTaskChanges } from '../api/task-changes.ts';

/** Two requests a second, however many pages are loaded and however fast tasks change. */
const PER_PAGE_MS = 500;

/** Asks for a list of pages anew when tasks have changed: at once where there is one page, the later the more there are. */
export function useFreshPages(list: { pages: number; isFetching: boolean; updatedAt: number }, refresh: () => void): void {
  const { pages, isFetching, updatedAt } = list;
  const changes = useTaskChanges(({ count }) => count);
  /** The changes that the newest request knows of. */
  const known = useRef(changes);
  const latest = useRef(refresh);
  useEffect(() => {
    latest.current = refresh;
  });
  useEffect(() => {
    // One that is under way may have been answered before the change: it is asked again once it is here.
    if (changes === known.current || isFetching || pages === 0) return;
    const waitMs = pages === 1 ? 0 : updatedAt + pages * PER_PAGE_MS - Date.now();
    const timer = setTimeout(
      () => {
        known.current = changes;
        latest.current();
      },
      Math.max(0, waitMs),
    );
    return () => clearTimeout(timer);
  }, [changes, pages, isFetching, updatedAt]);
}

/** How many of the pages hold the first `rows` rows. At least one. */
export function pagesWith(rows: number, pageLengths: readonly number[]): number {
  let held = 0;
  const last = pageLengths.findIndex((length) => (held += length) >= rows);
  return last === -1 ? pageLengths.length : last + 1;
}
