import type { InstanceStatus } from '@perdure/engine';
import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';
import type { InstanceRecord, ShownStatus } from './instance-row.ts';

export interface InstanceFilter {
  statuses?: readonly ShownStatus[] | undefined;
  notStatuses?: readonly ShownStatus[] | undefined;
  workflowKeys?: readonly string[] | undefined;
  version?: number | undefined;
  startedAfter?: Date | undefined;
  startedBefore?: Date | undefined;
  /** Part of an id, or of the text or code of what it waits for or failed with. */
  text?: string | undefined;
  /** All of them. */
  tags?: readonly string[] | undefined;
  idPrefix?: string | undefined;
  /** Only test runs, or none. */
  isTest?: boolean | undefined;
}

/** A place in the order of creation; ids break ties. */
export interface InstancePlace {
  createdAt: Date;
  id: string;
}

export interface InstancePage {
  /** In the order asked for: `older` newest first, `newer` oldest first. */
  rows: InstanceRecord[];
  more: boolean;
}

/** Up to `limit` instances beyond `from` (from the end when null). Keyset paging: the cost does not grow with the page number. */
export async function listInstances(
  prisma: PrismaClient,
  filter: InstanceFilter,
  page: { direction: 'older' | 'newer'; from: InstancePlace | null; limit: number },
): Promise<InstancePage> {
  const sql = page.direction === 'older' ? olderSql : newerSql;
  const rows = await prisma.$queryRawUnsafe<InstanceRecord[]>(
    sql,
    ...filterParameters(filter),
    page.from?.createdAt ?? null,
    page.from?.id ?? null,
    page.limit + 1,
  );
  return { rows: rows.slice(0, page.limit), more: rows.length > page.limit };
}

/** Exact up to `exactUpTo`; beyond that `exactUpTo` and `exact: false`. */
export async function countInstances(
  prisma: PrismaClient,
  filter: InstanceFilter,
  exactUpTo = 10_000,
): Promise<{ value: number; exact: boolean }> {
  const [row] = await prisma.$queryRawUnsafe<{ value: number }[]>(countSql, ...filterParameters(filter), exactUpTo + 1);
  const value = row?.value ?? 0;
  return value > exactUpTo ? { value: exactUpTo, exact: false } : { value, exact: true };
}

const filterSql = sqlFile(import.meta.url, 'instance-filter.sql');
const columnsSql = sqlFile(import.meta.url, 'instance-columns.sql');
const withFilter = (name: string): string => sqlFile(import.meta.url, name).replace('/*filter*/', filterSql);
const olderSql = columnsSql + withFilter('instance-older.sql');
const newerSql = columnsSql + withFilter('instance-newer.sql');
const countSql = withFilter('instance-count.sql');

/** $1 to $11 of instance-filter.sql. The stored statuses come along so that the index on status can be used. */
function filterParameters(filter: InstanceFilter): unknown[] {
  const stored = filter.statuses && [
    ...new Set(filter.statuses.map((status): InstanceStatus => (status === 'Waiting' ? 'Running' : status))),
  ];
  return [
    stored ?? null,
    filter.statuses ?? null,
    filter.notStatuses ?? null,
    filter.workflowKeys ?? null,
    filter.version ?? null,
    filter.startedAfter ?? null,
    filter.startedBefore ?? null,
    filter.text ? `%${filter.text.replaceAll(/[\\%_]/g, '\\$&')}%` : null,
    filter.tags && filter.tags.length > 0 ? filter.tags : null,
    filter.idPrefix || null,
    filter.isTest ?? null,
  ];
}
