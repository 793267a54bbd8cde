/**
 * What of a filter must still hold when a job comes to an instance that it had found. Whether the action can be done to it is the action's to
 * say; this is about not hitting what nobody meant any more: an order that is in another incident by now, or waits for something else.
 */
import type { z } from 'zod';
import type { instanceFilterInput } from '../instances/instance-filter.ts';
import type { ShownStatus } from '../trpc/contract.ts';

type Filter = z.infer<typeof instanceFilterInput>;

/** An instance goes to and fro between these by itself, so to have meant one is to have meant all. */
const onItsWay: readonly ShownStatus[] = ['Pending', 'Running', 'Waiting'];

export function stillMeant(filter: Filter): Filter {
  // How long something has taken grows while the job runs; that it was short enough when it was chosen counts.
  const { maxDurationMs: _, statuses, notStatuses, ...rest } = filter;
  const wasMeant = (status: ShownStatus): boolean =>
    (statuses === undefined || statuses.includes(status)) && notStatuses?.includes(status) !== true;
  if (statuses === undefined && notStatuses === undefined) return rest;
  const meant = allStatuses.filter((status) => (onItsWay.includes(status) ? onItsWay.some(wasMeant) : wasMeant(status)));
  return { ...rest, statuses: meant };
}

const allStatuses: readonly ShownStatus[] = [...onItsWay, 'Suspended', 'Completed', 'Failed', 'Terminated', 'Canceled'];
