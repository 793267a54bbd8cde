import type { EntityRecord } from '@perdure/database/read';
import type { Installation } from '../installation.ts';
import { withPreviews } from '../instances/payloads.ts';
import type { EntityRow } from '../trpc/contract/entities.ts';

export async function entityRow({ runtime }: Installation, record: EntityRecord): Promise<EntityRow> {
  const { name, key, exists, state, version, lockedBy, queued, delayed, lastOperationAt } = record;
  return {
    name,
    key,
    exists,
    state: await withPreviews(state, runtime.payloads),
    version,
    lockedBy,
    queued,
    delayed,
    lastOperationAt: lastOperationAt === null ? null : new Date(lastOperationAt).toISOString(),
  };
}
