import type { ShownStatus } from '@perdure/server/contract';

export function isOver(status: ShownStatus): boolean {
  return status === 'Completed' || status === 'Failed' || status === 'Terminated' || status === 'Canceled';
}
