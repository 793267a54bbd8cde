import { finishedStatuses } from '../retention/retention-inputs.ts';

/** What of a filter has finished: the rest of it goes on, and is nothing to take out of here. */
export function finishedOnly<Filter extends { statuses?: readonly string[] | undefined }>(filter: Filter) {
  const { statuses } = filter;
  return { ...filter, statuses: finishedStatuses.filter((status) => statuses === undefined || statuses.includes(status)) };
}
