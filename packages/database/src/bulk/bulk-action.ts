import { sqlParts } from '../sql-parts.ts';

export type BulkAction = 'suspend' | 'resume' | 'terminate' | 'retry' | 'rewind' | 'migrate' | 'purge' | 'raiseEvent';

/** Where a migration leads; the others need nothing of it. */
export interface BulkAim {
  workflow: string | null;
  version: number | null;
}

export const bulkSql = sqlParts(import.meta.url, 'bulk-job.sql');

/** The piece with the refusals of the action in it. */
export function withRefusal(piece: string, action: BulkAction): string {
  return piece.replaceAll('@refusal', bulkSql(action));
}
