/** What can be done to many instances at once: what comes in, which right it needs, and what of it cannot be undone. */
import type { BulkAim, BulkJobRecord } from '@perdure/database/bulk';
import { z } from 'zod';
import { versionNumber } from '../stored-values.ts';
import type { BulkAction, BulkRequest } from '../trpc/contract/bulk.ts';
import type { Permission } from '../trpc/contract/people.ts';
import { jsonValue } from '../trpc/json-value.ts';

export const bulkRequest = z.discriminatedUnion('action', [
  z.strictObject({ action: z.enum(['suspend', 'resume', 'retry', 'rewind', 'purge']) }),
  z.strictObject({ action: z.literal('terminate'), recursive: z.boolean() }),
  z.strictObject({ action: z.literal('migrate'), workflowKey: z.string().min(1).max(64), version: versionNumber }),
  z.strictObject({
    action: z.literal('raiseEvent'),
    name: z.string().min(1, 'Enter the name of the event.').max(200),
    data: jsonValue,
  }),
]);

const lasting: ReadonlySet<BulkAction> = new Set(['terminate', 'purge', 'migrate']);

/** It cannot be undone: a reason is required. */
export function needsReason(action: BulkAction): boolean {
  return lasting.has(action);
}

export function permissionFor(action: BulkAction): Permission {
  return action === 'purge' ? 'instance.purge' : 'instance.operate';
}

export function aimOf(request: BulkRequest): BulkAim {
  return request.action === 'migrate' ? { workflow: request.workflowKey, version: request.version } : { workflow: null, version: null };
}

/** As it was stored with the job. */
export function requestOf(job: Pick<BulkJobRecord, 'action' | 'arguments'>): BulkRequest {
  return { action: job.action, ...(job.arguments as object) } as BulkRequest; // bulkRequest has read it before it was stored
}
