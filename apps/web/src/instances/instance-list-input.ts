import type { InstanceListInput } from '@perdure/server/contract';
import type { InstanceSearch, InstanceView, StartedWithin } from './instance-search.ts';

export const PAGE_SIZE = 50;

const WITHIN_MS: Record<StartedWithin, number> = {
  '15m': 900_000,
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
  '30d': 2_592_000_000,
};

const VIEW_FILTERS: Record<InstanceView, Pick<InstanceListInput, 'statuses' | 'notStatuses'>> = {
  open: { notStatuses: ['Completed'] },
  failed: { statuses: ['Failed'] },
  waiting: { statuses: ['Waiting'] },
  all: {},
};

/** The address's filters as the server's query. A chosen status says more than the view's, so it takes its place. */
export function instanceListInput(search: InstanceSearch, now: number): InstanceListInput {
  const { view = 'open', workflow, version, status, started, text, tag, tests, cursor, direction } = search;
  return {
    ...(status ? { statuses: status } : VIEW_FILTERS[view]),
    ...(workflow ? { workflowKeys: workflow } : {}),
    ...(version === undefined ? {} : { version }),
    ...(started ? { startedAfter: new Date(now - WITHIN_MS[started]).toISOString() } : {}),
    ...(text ? { text } : {}),
    ...(tag ? { tags: tag } : {}),
    ...(tests ? { isTest: tests === 'only' } : {}),
    ...(cursor ? { cursor, direction: direction ?? 'older' } : {}),
    limit: PAGE_SIZE,
  };
}
