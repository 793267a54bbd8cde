/** Durable Task's statuses, as stored. "Waiting" is derived for the screen: Running with no activity queued or executing. */
export type InstanceStatus = 'Pending' | 'Running' | 'Suspended' | 'Completed' | 'Failed' | 'Terminated' | 'Canceled';

export type FinalStatus = Extract<InstanceStatus, 'Completed' | 'Failed' | 'Terminated' | 'Canceled'>;

export function isFinal(status: InstanceStatus): status is FinalStatus {
  return status === 'Completed' || status === 'Failed' || status === 'Terminated' || status === 'Canceled';
}
