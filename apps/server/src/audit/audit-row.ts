import type { AuditRecordRead } from '@perdure/database/read';
import type { AuditRow } from '../trpc/contract/audit.ts';

export function auditRow(record: AuditRecordRead): AuditRow {
  const { id, at, actor, actorName, action, target, targetName, detail, before, after } = record;
  return {
    id: id.toString(),
    at: at.toISOString(),
    actor: { id: actor, name: actorName },
    action,
    target: { id: target, name: targetName },
    detail,
    before,
    after,
    reason: record.reason,
    requestId: record.requestId,
    address: record.address,
    outcome: record.outcome === null ? 'done' : 'unknown',
    hash: record.hash,
  };
}
