/** Which instances a rule lets go: the pieces of retention.sql put together. */
import type { FinalStatus } from '@perdure/engine';
import type { PrismaClient } from '../generated/client.ts';
import { sqlParts, SqlValues } from '../sql-parts.ts';

export const retentionSql = sqlParts(import.meta.url, 'retention.sql');

export interface RetentionScope {
  /** Null: all that have no rule of their own for the status. */
  workflowKey: string | null;
  status: FinalStatus;
  afterDays: number;
}

/** A statement with what is due, and what is held, in it, and its values. */
export function askForDue(
  piece: string,
  scope: RetentionScope,
  named: Readonly<Record<string, unknown>> = {},
): { sql: string; values: unknown[] } {
  const { workflowKey, status, afterDays } = scope;
  const due = retentionSql('due').replace('@workflow', retentionSql(workflowKey === null ? 'of all without their own' : 'of workflow'));
  const text = retentionSql(piece)
    .replaceAll('@due', due)
    .replaceAll('@held', retentionSql('child runs'))
    .replaceAll('@unreadable', retentionSql('unreadable'))
    .replaceAll('@lately', retentionSql('unreadable lately'));
  const values = new SqlValues();
  const sql = values.bind(text, { ...named, status, days: afterDays, workflow: workflowKey });
  return { sql, values: values.list };
}

export interface RetentionPreview {
  /** What it would purge now. */
  due: number;
  /** Due, but their sub-workflows still run. */
  held: number;
  /** Among those that are due: kept by a rule that archives, because they could not be. */
  unreadable: number;
  oldest: Date | null;
}

export async function previewRetention(prisma: PrismaClient, scope: RetentionScope): Promise<RetentionPreview> {
  const { sql, values } = askForDue('preview', scope);
  const [row] = await prisma.$queryRawUnsafe<RetentionPreview[]>(sql, ...values);
  return row ?? { due: 0, held: 0, unreadable: 0, oldest: null };
}

export interface RetentionSample {
  id: string;
  workflowKey: string;
  workflowTitle: string;
  status: FinalStatus;
  completedAt: Date;
}

/** The first that would go. */
export async function sampleRetention(prisma: PrismaClient, scope: RetentionScope, limit: number): Promise<RetentionSample[]> {
  const { sql, values } = askForDue('sample', scope, { limit });
  return prisma.$queryRawUnsafe<RetentionSample[]>(sql, ...values);
}
