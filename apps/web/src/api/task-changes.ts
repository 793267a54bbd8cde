import { matchQuery, type QueryClient } from '@tanstack/react-query';
import { create } from 'zustand';
import { trpc } from './trpc.ts';

/** How often the feed has said that tasks have changed. */
export const useTaskChanges = create<{ count: number }>(() => ({ count: 0 }));

/**
 * Everything about tasks that is on screen asks anew, but for lists of pages: each of their pages is a request, so they count the changes and
 * ask at their own pace (use-fresh-pages.ts). What is not on screen asks when it is looked at again.
 */
export function tasksChanged(queries: QueryClient): void {
  const lists = { queryKey: trpc.tasks.list.infiniteQueryKey() };
  void queries.invalidateQueries({ ...lists, refetchType: 'none' });
  void queries.invalidateQueries({ queryKey: trpc.tasks.pathKey(), predicate: (query) => !matchQuery(lists, query) });
  useTaskChanges.setState(({ count }) => ({ count: count + 1 }));
}
