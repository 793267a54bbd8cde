import { useConnection } from '../api/connection.ts';

const LIVE_MS = 30_000;
const WHILE_RUNNING_MS = 1_000;
const OTHERWISE_MS = 10_000;

/** How often jobs are asked for besides the hints of the feed: seldom, unless there are none because the connection is lost. */
export function useJobRefetch(): (isRunning: boolean) => number {
  const isLive = useConnection(({ state }) => state === 'open');
  return (isRunning) => (isLive ? LIVE_MS : isRunning ? WHILE_RUNNING_MS : OTHERWISE_MS);
}
