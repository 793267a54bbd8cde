import type { ReactNode } from 'react';
import { ErrorState } from './error-state.tsx';
import { SkeletonRows } from './skeleton.tsx';

/** What of a query this needs: also one of pages, whose data is put together first. */
interface Asked<Data> {
  data: Data | undefined;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
}

/**
 * What a query found; until then rows in its shape, and why when it found nothing. What was found once stays while later asking fails.
 */
export function Loaded<Data>({
  query: { data, isError, error, refetch },
  rows,
  height,
  label,
  children,
}: {
  query: Asked<Data>;
  /** How many are likely, and how tall each is. */
  rows: number;
  height?: number;
  /** `Loading people` */
  label: string;
  children: (data: Data) => ReactNode;
}) {
  if (data !== undefined) return children(data);
  if (isError) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <SkeletonRows rows={rows} label={label} {...(height === undefined ? {} : { height })} />;
}
