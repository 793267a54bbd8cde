import type { BulkItemState } from '@perdure/server/contract';

/** What the list of a job's instances shows; nothing: all of them. */
export interface JobSearch {
  show?: JobView;
}

export const JOB_VIEWS = ['done', 'skipped', 'failed', 'left'] as const;
export type JobView = (typeof JOB_VIEWS)[number];

export function parseJobSearch(search: Record<string, unknown>): JobSearch {
  const show = JOB_VIEWS.find((view) => view === search['show']);
  return show === undefined ? {} : { show };
}

export function statesOf(view: JobView): BulkItemState[] {
  return view === 'left' ? ['waiting', 'underway'] : [view];
}
