import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';
import type { InstancePlace } from './instance-list.ts';
import type { ShownStatus } from './instance-row.ts';

export interface ChildRecord {
  id: string;
  workflowKey: string;
  status: ShownStatus;
  step: string;
  createdAt: Date;
  /** How many sub-workflows it started itself. */
  children: number;
}

/** Exact. */
export interface ChildCounts {
  count: number;
  live: number;
  failed: number;
}

/** Of which instance, and of which workflows; null: of any. */
export interface ChildrenOf {
  id: string;
  workflowKeys: readonly string[] | null;
}

/** Sub-workflows this instance started, oldest first, a page at a time. */
export async function listChildren(
  prisma: PrismaClient,
  { id, workflowKeys }: ChildrenOf,
  { from, limit }: { from: InstancePlace | null; limit: number },
): Promise<{ rows: ChildRecord[]; more: boolean }> {
  const place = [from?.createdAt ?? null, from?.id ?? null];
  const rows = await prisma.$queryRawUnsafe<ChildRecord[]>(pageSql, id, workflowKeys, ...place, limit + 1);
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

export async function countChildren(prisma: PrismaClient, { id, workflowKeys }: ChildrenOf): Promise<ChildCounts> {
  const [row] = await prisma.$queryRawUnsafe<ChildCounts[]>(countsSql, id, workflowKeys);
  return row ?? { count: 0, live: 0, failed: 0 };
}

const pageSql = sqlFile(import.meta.url, 'instance-children.sql');
const countsSql = sqlFile(import.meta.url, 'instance-children-counts.sql');
