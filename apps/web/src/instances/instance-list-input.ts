import type { InstanceFilterInput, InstanceListInput } from '@perdure/server/contract';
import { readDuration } from '../components/duration-words.ts';
import type { InstanceSearch, InstanceView, StartedWithin } from './instance-search.ts';

export const PAGE_SIZE = 50;

const WITHIN_MS: Record<StartedWithin, number> = {
  '15m': 900_000,
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
  '30d': 2_592_000_000,
};

const VIEW_FILTERS: Record<InstanceView, Pick<InstanceListInput, 'statuses' | 'notStatuses' | 'stuck'>> = {
  open: { notStatuses: ['Completed'] },
  failed: { statuses: ['Failed'] },
  waiting: { statuses: ['Waiting'] },
  stuck: { stuck: true },
  all: {},
};

/** The address's filters as the server's. A chosen status says more than the view's, so it takes its place. */
export function instanceFilterInput(search: InstanceSearch, now: number): InstanceFilterInput {
  const { view = 'open', workflow, version, folder, status, started, text, tag, tests, code, incident, waits, event } = search;
  const [minDurationMs, maxDurationMs, waitingLongerThanMs] = [search.longer, search.shorter, search.waiting].map((words) =>
    readDuration(words ?? ''),
  );
  return {
    ...(status && view !== 'stuck' ? { statuses: status } : VIEW_FILTERS[view]),
    ...(workflow ? { workflowKeys: workflow } : {}),
    ...(version === undefined ? {} : { version }),
    ...(folder === undefined ? {} : { folder }),
    ...(started ? { startedAfter: new Date(now - WITHIN_MS[started]).toISOString() } : {}),
    ...(minDurationMs === undefined ? {} : { minDurationMs }),
    ...(maxDurationMs === undefined ? {} : { maxDurationMs }),
    ...(text ? { text } : {}),
    ...(tag ? { tags: tag } : {}),
    ...(tests ? { isTest: tests === 'only' } : {}),
    ...(code === undefined ? {} : { errorCode: code }),
    ...(incident === undefined ? {} : { incident }),
    ...(waits ? { waitingKinds: waits } : {}),
    ...(event === undefined ? {} : { waitingEvent: event }),
    ...(waitingLongerThanMs === undefined ? {} : { waitingLongerThanMs }),
  };
}

export function instanceListInput(search: InstanceSearch, now: number): InstanceListInput {
  const { cursor, direction } = search;
  return {
    ...instanceFilterInput(search, now),
    // Without a place, the end the direction begins at.
    ...(cursor ? { cursor } : {}),
    ...(cursor || direction ? { direction: direction ?? 'older' } : {}),
    limit: PAGE_SIZE,
  };
}
