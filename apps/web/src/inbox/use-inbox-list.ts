import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { TaskListResult, TaskRow } from '@perdure/server/contract';
import { client, trpc } from '../api/trpc.ts';
import { useNow } from '../components/moment.ts';
import { inboxEntries, placeOf, type HeldPlace, type InboxEntry } from './inbox-entries.ts';
import { followUpListInput, inboxListInput } from './inbox-list-input.ts';
import type { InboxSearch, InboxView } from './inbox-search.ts';
import { pagesWith, useFreshPages } from './use-fresh-pages.ts';

/**
 * The list of the inbox as it is shown: pages as they are scrolled to, what is put off below what is mine, and the open task where it
 * stood when it was opened, whatever has happened to it since (claimed, decided elsewhere, late).
 *
 * When tasks change, pages below what is in sight (`inSight`: the place of the last line that is) are let go, and come again when they are
 * scrolled to; the others are asked for anew.
 */
export function useInboxList(search: InboxSearch, view: InboxView, isKnown: boolean, open: TaskRow | undefined, inSight: () => number) {
  const queries = useQueryClient();
  const asked = useMemo(() => inboxListInput(search, view), [search, view]);
  const list = useInfiniteQuery({
    ...trpc.tasks.list.infiniteQueryOptions(asked, {
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
      enabled: isKnown,
    }),
    // tRPC's own would send the direction of paging along, which the server does not know.
    queryFn: ({ pageParam }) => client.tasks.list.query({ ...asked, ...(typeof pageParam === 'string' ? { cursor: pageParam } : {}) }),
  });
  const putOff = useQuery(
    trpc.tasks.list.queryOptions(followUpListInput(search), { placeholderData: keepPreviousData, enabled: isKnown && view === 'mine' }),
  );
  useFreshPages(
    { pages: list.isPlaceholderData ? 0 : (list.data?.pages.length ?? 0), isFetching: list.isFetching, updatedAt: list.dataUpdatedAt },
    () => {
      const openAt = shown.findIndex(({ id }) => id === search.task);
      queries.setQueryData<InfiniteData<TaskListResult, string | null>>(trpc.tasks.list.infiniteQueryKey(asked), (data) => {
        if (data === undefined) return undefined;
        const kept = pagesWith(
          Math.max(inSight(), openAt) + 1,
          data.pages.map((page) => page.rows.length),
        );
        return { pages: data.pages.slice(0, kept), pageParams: data.pageParams.slice(0, kept) };
      });
      void list.refetch();
    },
  );
  const now = useNow(30_000);
  const sort = search.sort ?? 'due';
  // A task that moved to a later page while the first was shown must not stand in the list twice.
  const rows = useMemo(() => {
    const fetched = new Map(list.data?.pages.flatMap((page) => page.rows).map((row) => [row.id, row]));
    if (view === 'mine') for (const row of putOff.data?.rows ?? []) fetched.set(row.id, row);
    return [...fetched.values()];
  }, [list.data, putOff.data, view]);

  const { entries, shown } = useSteady(rows, view === 'closed' ? 'created' : sort, now, search, view, open);
  return {
    entries,
    rows: shown,
    counts: list.data?.pages.at(-1)?.counts,
    searchedMasked: list.data?.pages.at(-1)?.searchedMasked ?? null,
    isPending: list.isPending,
    /** What is shown is what was asked for, not what stood there before. */
    isSettled: list.data !== undefined && !list.isPlaceholderData,
    error: list.data ? null : list.error,
    retry: () => void list.refetch(),
    hasMore: list.hasNextPage,
    isFetchingMore: list.isFetchingNextPage,
    more: () => {
      if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
    },
  };
}

/** The entries, with the open task held in its place until another task, view or filter is chosen. */
function useSteady(
  rows: readonly TaskRow[],
  sort: Parameters<typeof inboxEntries>[1],
  now: number,
  search: InboxSearch,
  view: InboxView,
  open: TaskRow | undefined,
): { entries: InboxEntry[]; shown: TaskRow[] } {
  const [held, setHeld] = useState<{ list: string; place: HeldPlace } | null>(null);
  const { task, ...rest } = search;
  const list = JSON.stringify([view, sort, rest]);
  const holds = held !== null && held.list === list && held.place.id === task ? held.place : null;
  const entries = useMemo(() => {
    // What left the list shows as it is now, not as it was when it left.
    const current = holds && open?.id === holds.id ? { ...holds, row: open } : holds;
    return inboxEntries(rows, sort, now, current);
  }, [rows, sort, now, holds, open]);
  if (holds === null) {
    const place = placeOf(entries, task ?? null);
    if (place !== null) setHeld({ list, place });
    else if (held !== null) setHeld(null);
  }
  const shown = useMemo(() => entries.flatMap((entry) => (entry.kind === 'task' ? [entry.row] : [])), [entries]);
  return { entries, shown };
}
