import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { CappedCount, InstanceFilterInput } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';

/** `counting` until there is one for this filter; an older one stays while it is counted again. */
export type ListCount = CappedCount | 'counting' | 'failed';

/**
 * How many a filter finds, counted anew after each time the rows were read: never before them, for rows are what is waited for. One count at a
 * time: where rows change faster than they can be counted, the next begins when one has ended.
 *
 * @param rowsAt when the rows in sight were read; 0: they have yet to come
 */
export function useListCount(filter: InstanceFilterInput, rowsAt: number): ListCount {
  const { data, isError, isFetching, refetch } = useQuery(trpc.instances.count.queryOptions(filter, { enabled: false }));
  const key = JSON.stringify(filter);
  const counted = useRef({ key: '', rowsAt: 0 });
  useEffect(() => {
    if (rowsAt === 0 || isFetching || (counted.current.key === key && counted.current.rowsAt >= rowsAt)) return;
    counted.current = { key, rowsAt };
    void refetch();
  }, [key, rowsAt, isFetching, refetch]);
  return data ?? (isError ? 'failed' : 'counting');
}
