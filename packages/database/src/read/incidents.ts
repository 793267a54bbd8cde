import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';

const columnsSql = sqlFile(import.meta.url, 'incident-columns.sql');
const listSql = columnsSql + sqlFile(import.meta.url, 'incident-list.sql');
const countsSql = sqlFile(import.meta.url, 'incident-counts.sql');
const hoursSql = sqlFile(import.meta.url, 'incident-hours.sql');

export interface IncidentRecord {
  fingerprint: string;
  kind: 'failure' | 'stuck';
  state: 'open' | 'resolved' | 'ignored';
  workflowKey: string;
  workflowTitle: string;
  folder: string;
  node: string;
  title: string;
  code: string;
  message: string;
  firstSeenAt: Date;
  lastSeenAt: Date;
  failures: number;
  open: number;
  lastInstanceId: string;
  ignoredAt: Date | null;
  ignoredBy: string | null;
  ignoredReason: string | null;
  /** How often in each of the last 24 hours, oldest first. */
  hours: number[];
}

/** The one seen last first. */
export async function listIncidents(
  prisma: PrismaClient,
  filter: { workflows: readonly string[] | null; states?: readonly string[] | undefined; text?: string | undefined; limit: number },
): Promise<IncidentRecord[]> {
  const pattern = filter.text ? `%${filter.text.replaceAll(/[\\%_]/g, '\\$&')}%` : null;
  const rows = await prisma.$queryRawUnsafe<IncidentRecord[]>(listSql, filter.workflows, filter.states ?? null, pattern, filter.limit);
  return withHours(prisma, rows);
}

export async function findIncident(prisma: PrismaClient, fingerprint: string): Promise<IncidentRecord | null> {
  const rows = await prisma.$queryRawUnsafe<IncidentRecord[]>(`${columnsSql}WHERE n.fingerprint = $1`, fingerprint);
  const [row] = await withHours(prisma, rows);
  return row ?? null;
}

export async function countIncidents(
  prisma: PrismaClient,
  workflows: readonly string[] | null,
): Promise<Record<'open' | 'resolved' | 'ignored', number>> {
  const [row] = await prisma.$queryRawUnsafe<Record<'open' | 'resolved' | 'ignored', number>[]>(countsSql, workflows);
  return row ?? { open: 0, resolved: 0, ignored: 0 };
}

async function withHours(prisma: PrismaClient, rows: IncidentRecord[]): Promise<IncidentRecord[]> {
  const found = await prisma.$queryRawUnsafe<{ fingerprint: string; ago: number; failures: number }[]>(
    hoursSql,
    rows.map(({ fingerprint }) => fingerprint),
  );
  const byFingerprint = Map.groupBy(found, ({ fingerprint }) => fingerprint);
  return rows.map((row) => {
    const hours = Array.from({ length: 24 }, () => 0);
    for (const { ago, failures } of byFingerprint.get(row.fingerprint) ?? []) hours[Math.min(23, Math.max(0, 23 - ago))] = failures;
    return { ...row, hours };
  });
}
