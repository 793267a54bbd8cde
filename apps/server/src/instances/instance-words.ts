import type { InstanceRecord } from '@perdure/database/read';
import { isReservedTag, testTag } from './reserved-tags.ts';
import type { InstanceRow, StuckCause, Whereabouts } from '../trpc/contract/instances.ts';

/** `stuck`: where it was asked for. */
export function instanceRow(record: InstanceRecord, stuck: StuckCause | null = null): InstanceRow {
  return {
    id: record.id,
    workflowKey: record.workflowKey,
    workflowTitle: record.workflowTitle,
    folder: record.folder,
    version: record.version,
    status: record.status,
    whereabouts: record.whereabouts as unknown as Whereabouts | null, // written by the runtime in this shape
    stuck,
    tags: record.tags.filter((tag) => !isReservedTag(tag)),
    isTest: record.tags.includes(testTag),
    startedBy: record.startedByName,
    parentInstanceId: record.parentInstanceId,
    createdAt: record.createdAt.toISOString(),
    updatedAt: record.updatedAt.toISOString(),
    completedAt: record.completedAt?.toISOString() ?? null,
  };
}
