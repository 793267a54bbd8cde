import type { InstanceRecord } from '@perdure/database/read';
import { isReservedTag, testTag } from './reserved-tags.ts';
import type { InstanceRow, Whereabouts } from '../trpc/contract/instances.ts';

export function instanceRow(record: InstanceRecord): InstanceRow {
  return {
    id: record.id,
    workflowKey: record.workflowKey,
    workflowTitle: record.workflowTitle,
    folder: record.folder,
    version: record.version,
    status: record.status,
    whereabouts: record.whereabouts as unknown as Whereabouts | null, // written by the runtime in this shape
    tags: record.tags.filter((tag) => !isReservedTag(tag)),
    isTest: record.tags.includes(testTag),
    startedBy: record.startedByName,
    parentInstanceId: record.parentInstanceId,
    createdAt: record.createdAt.toISOString(),
    updatedAt: record.updatedAt.toISOString(),
    completedAt: record.completedAt?.toISOString() ?? null,
  };
}
