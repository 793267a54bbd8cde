import type { Json } from '@perdure/graph';
import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';
import type { InstanceRecord } from './instance-row.ts';

export async function findInstance(prisma: PrismaClient, id: string): Promise<InstanceRecord | undefined> {
  const [row] = await prisma.$queryRawUnsafe<InstanceRecord[]>(detailSql, id);
  return row;
}

export interface BoundaryValues {
  input: Json;
  output: Json;
  failure: Json;
}

/** Input, output and failure of each instance's current execution, by id. Values over 64 KB are payload references. */
export async function readBoundaryValues(prisma: PrismaClient, ids: readonly string[]): Promise<Map<string, BoundaryValues>> {
  const rows = await prisma.$queryRawUnsafe<({ id: string } & BoundaryValues)[]>(boundarySql, ids);
  return new Map(rows.map(({ id, ...values }) => [id, values]));
}

/** The worker that owns the partition, or null while nobody does. */
export async function findPartitionOwner(prisma: PrismaClient, partition: number): Promise<string | null> {
  const row = await prisma.partition.findUnique({ where: { id: partition } });
  return row?.owner ?? null;
}

/** Partitions some worker holds a lease on, by the database clock. */
export async function countOwnedPartitions(prisma: PrismaClient): Promise<number> {
  const [row] = await prisma.$queryRaw<
    { owned: number }[]
  >`SELECT count(*)::int AS owned FROM partition WHERE owner IS NOT NULL AND lease_until > now()`;
  return row?.owned ?? 0;
}

/** Whether the hash is mentioned in the instance's own history: the only payloads a reader of the instance may see. */
export async function historyMentionsPayload(prisma: PrismaClient, id: string, hash: string): Promise<boolean> {
  const [row] = await prisma.$queryRawUnsafe<{ found: boolean }[]>(mentionsSql, id, hash);
  return row?.found ?? false;
}

const detailSql = sqlFile(import.meta.url, 'instance-columns.sql') + sqlFile(import.meta.url, 'instance-detail.sql');
const boundarySql = sqlFile(import.meta.url, 'instance-boundary-values.sql');
const mentionsSql = sqlFile(import.meta.url, 'instance-mentions-payload.sql');
