import type { IncidentRecord } from '@perdure/database/read';
import type { IncidentRow } from '../trpc/contract/incidents.ts';

export function incidentRow({ ignoredAt, ignoredBy, ignoredReason, ...record }: IncidentRecord): IncidentRow {
  return {
    ...record,
    firstSeenAt: record.firstSeenAt.toISOString(),
    lastSeenAt: record.lastSeenAt.toISOString(),
    ignored: ignoredAt && { by: ignoredBy ?? '', at: ignoredAt.toISOString(), reason: ignoredReason ?? '' },
  };
}
