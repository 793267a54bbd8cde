import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { client, trpc } from './trpc.ts';
import { useConnection } from './connection.ts';
import { tasksChanged } from './task-changes.ts';

const COUNTED_EVERY_MS = 3_000;
/** Longer than the server usually keeps what it has counted. */
const SETTLED_AFTER_MS = 5_000;

/**
 * Keeps every list on screen fresh: the feed only hints that something changed (at most four times a second), and the queries that
 * are mounted refetch themselves. After a lost connection all lists are refetched once, for hints may have been missed.
 */
export function useFeed(): void {
  const queries = useQueryClient();
  const openings = useConnection((state) => state.openings);
  const signIns = useConnection((state) => state.signIns);

  useEffect(() => {
    // What is counted over everything is asked for seldom, however fast the hints come.
    let counted = 0;
    let later: ReturnType<typeof setTimeout> | undefined;
    let settled: ReturnType<typeof setTimeout> | undefined;
    const ask = () => {
      void queries.invalidateQueries({ queryKey: trpc.dashboard.pathKey() });
      void queries.invalidateQueries({ queryKey: trpc.incidents.pathKey() });
      void queries.invalidateQueries({ queryKey: trpc.bulk.became.pathKey() });
    };
    const count = () => {
      if (later !== undefined) return;
      later = setTimeout(
        () => {
          later = undefined;
          counted = performance.now();
          ask();
          // What the server keeps for everybody may have been counted before the hint: once more when it is quiet.
          clearTimeout(settled);
          settled = setTimeout(ask, SETTLED_AFTER_MS);
        },
        Math.max(0, counted + COUNTED_EVERY_MS - performance.now()),
      );
    };
    const subscription = client.feed.watch.subscribe(undefined, {
      onData: (hint) => {
        if (hint.instances) void queries.invalidateQueries({ queryKey: trpc.instances.list.queryKey() });
        if (hint.instances || hint.monitor) count();
        if (hint.instances || hint.tasks || hint.workflows) void queries.invalidateQueries({ queryKey: trpc.guide.pathKey() });
        if (hint.instances) void queries.invalidateQueries({ queryKey: trpc.entities.pathKey() });
        if (hint.workflows) void queries.invalidateQueries({ queryKey: trpc.entityTypes.pathKey() });
        if (hint.tasks) tasksChanged(queries);
        if (hint.jobs) jobsChanged(queries);
        if (hint.workflows || hint.instances) void queries.invalidateQueries({ queryKey: trpc.workflows.list.queryKey() });
      },
    });
    return () => {
      clearTimeout(later);
      clearTimeout(settled);
      subscription.unsubscribe();
    };
  }, [queries, signIns]);

  useEffect(() => {
    if (openings < 2) return;
    void queries.invalidateQueries({ queryKey: trpc.instances.list.queryKey() });
    void queries.invalidateQueries({ queryKey: trpc.tasks.pathKey() });
    jobsChanged(queries);
    void queries.invalidateQueries({ queryKey: trpc.entities.pathKey() });
    void queries.invalidateQueries({ queryKey: trpc.guide.pathKey() });
    void queries.invalidateQueries({ queryKey: trpc.workflows.list.queryKey() });
  }, [openings, queries]);
}

/** Not what an open dialog has counted: that is counted anew when it is asked for. */
function jobsChanged(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: trpc.bulk.list.pathKey() });
  void queries.invalidateQueries({ queryKey: trpc.bulk.get.pathKey() });
  void queries.invalidateQueries({ queryKey: trpc.bulk.items.pathKey() });
}
