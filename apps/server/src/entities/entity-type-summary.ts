import type { EntityTypeRecord } from '@perdure/database/read';
import type { EntityTypeDocument } from '@perdure/graph';
import type { EntityTypeDetail } from '../trpc/contract/entities.ts';

export function entityTypeSummary(record: Omit<EntityTypeRecord, 'entities'>): EntityTypeDetail {
  const { name, title, description, version, updatedAt, updatedBy } = record;
  const document = record.document as unknown as EntityTypeDocument; // only what was checked is stored
  return { name, title, description, version, document, updatedAt: updatedAt.toISOString(), updatedBy };
}
