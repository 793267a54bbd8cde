/** The jobs themselves: made, watched, paused, stopped, finished. Who may do what is the server's to settle. */
import type { Json } from '@perdure/graph';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { askBulk } from './ask-bulk.ts';
import { type BulkAction, bulkSql } from './bulk-action.ts';
import type { BulkHold } from './bulk-items.ts';
import type { ShownStatus } from '../read/instance-row.ts';

export type { BulkAction, BulkAim } from './bulk-action.ts';

export type BulkStatus = 'running' | 'paused' | 'finished' | 'stopped';

export interface BulkJobRecord {
  id: string;
  action: BulkAction;
  arguments: Json;
  selection: Json;
  reason: string;
  requestedBy: string;
  status: BulkStatus;
  total: number;
  done: number;
  skipped: number;
  failed: number;
  createdAt: Date;
  finishedAt: Date | null;
}

const columns = {
  id: true,
  action: true,
  arguments: true,
  selection: true,
  reason: true,
  requestedBy: true,
  status: true,
  total: true,
  done: true,
  skipped: true,
  failed: true,
  createdAt: true,
  finishedAt: true,
} as const;

type NewBulkJob = Pick<BulkJobRecord, 'id' | 'action' | 'arguments' | 'selection' | 'reason' | 'requestedBy' | 'total'>;

export async function createBulkJob(tx: Prisma.TransactionClient, job: NewBulkJob): Promise<void> {
  // Records of JSON values.
  await tx.bulkJob.create({ data: { ...job, arguments: job.arguments as object, selection: job.selection as object, status: 'running' } });
}

export async function findBulkJob(prisma: PrismaClient | Prisma.TransactionClient, id: string): Promise<BulkJobRecord | null> {
  return (await prisma.bulkJob.findUnique({ where: { id }, select: columns })) as BulkJobRecord | null; // what createBulkJob wrote
}

/** Newest first. Null: everybody's, of every status. */
export async function listBulkJobs(
  prisma: PrismaClient,
  { requestedBy, statuses, limit }: { requestedBy: string | null; statuses: readonly BulkStatus[] | null; limit: number },
): Promise<BulkJobRecord[]> {
  return (await prisma.bulkJob.findMany({
    where: { ...(requestedBy === null ? {} : { requestedBy }), ...(statuses === null ? {} : { status: { in: [...statuses] } }) },
    select: columns,
    orderBy: { createdAt: 'desc' },
    take: limit,
  })) as BulkJobRecord[]; // what createBulkJob wrote
}

export interface BulkItemRecord {
  position: number;
  instanceId: string;
  state: 'waiting' | 'underway' | 'done' | 'skipped' | 'failed';
  code: string | null;
  message: string | null;
  settledAt: Date | null;
}

export async function listBulkItems(
  prisma: PrismaClient,
  { job, states, after, limit }: { job: string; states: readonly string[] | null; after: number; limit: number },
): Promise<BulkItemRecord[]> {
  return (await prisma.bulkItem.findMany({
    where: { jobId: job, position: { gt: after }, ...(states === null ? {} : { state: { in: [...states] } }) },
    select: { position: true, instanceId: true, state: true, code: true, message: true, settledAt: true },
    orderBy: { position: 'asc' },
    take: limit,
  })) as BulkItemRecord[]; // bulk-job.sql writes these states only
}

/** False: it was not in one of the statuses it is led from. */
export async function moveBulkJob(
  tx: Prisma.TransactionClient,
  id: string,
  { from, to }: { from: readonly BulkStatus[]; to: BulkStatus },
): Promise<boolean> {
  const ends = to === 'stopped' ? { finishedAt: new Date() } : {};
  const { count } = await tx.bulkJob.updateMany({
    where: { id, status: { in: [...from] } },
    // Whoever holds it keeps it until what it has underway is settled.
    data: { status: to, ...ends },
  });
  return count > 0;
}

/** Its failed items wait again, and it runs. False: none had failed. */
export async function retryFailedItems(tx: Prisma.TransactionClient, job: string): Promise<boolean> {
  return (await askBulk(tx, bulkSql('retry failed'), { job })).length > 0;
}

/** False: something is left, or it is not this process's. */
export async function finishBulkJob(tx: Prisma.TransactionClient, hold: BulkHold): Promise<boolean> {
  return (await askBulk(tx, bulkSql('finish'), { ...hold })).length > 0;
}

/** Where those it was done to are now, the first `limit` of them; `Gone`: purged. */
export function whatBecameOfBulk(
  prisma: PrismaClient,
  job: string,
  limit: number,
): Promise<{ status: ShownStatus | 'Gone'; value: number }[]> {
  return askBulk(prisma, bulkSql('became'), { job, limit });
}

/** How many items came out how, by code; most first. */
export function bulkOutcomes(
  prisma: PrismaClient | Prisma.TransactionClient,
  job: string,
): Promise<{ state: string; code: string | null; value: number }[]> {
  return askBulk(prisma, bulkSql('outcomes'), { job });
}
