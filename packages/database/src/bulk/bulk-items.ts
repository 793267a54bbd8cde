/**
 * Working through the items of a job.
 *
 * B1 An item is taken up (stored) before it is tried, by the process that holds the job; it remembers how far the instance was.
 * B2 What became of it is counted once: only an item underway is settled, in the statement that counts it, and only by who holds the job.
 * B3 Items a process left underway are looked up in the histories before anybody tries them again.
 */
import type { PrismaClient } from '../generated/client.ts';
import { type InstanceFilter, selectInstanceIds } from '../read/instance-list.ts';
import { askBulk } from './ask-bulk.ts';
import { type BulkAction, type BulkAim, bulkSql, withRefusal } from './bulk-action.ts';
import type { BulkStatus } from './bulk-jobs.ts';

export interface BulkHold {
  job: string;
  holder: string;
}

export interface TakenItem {
  position: number;
  instanceId: string;
  tries: number;
  /** How far the instance was. Null with everything else about it when there is no such instance any more. */
  seq: number | null;
  workflowKey: string | null;
  status: string | null;
  refusal: string | null;
}

export interface SettledItem {
  position: number;
  state: 'done' | 'skipped' | 'failed';
  code: string | null;
  message: string | null;
}

export interface LeftItem {
  position: number;
  tries: number;
  exists: boolean;
  /** The history tells that it was done. */
  traced: boolean;
  /** It was handed over, and a worker will take it up. */
  pending: boolean;
}

/** As bulk-job.sql has it, from the moment of its statements on. */
export const bulkLeaseMs = 5_000;

/** The oldest job that nobody works on; null: there is none. */
export async function claimBulkJob(prisma: PrismaClient, holder: string): Promise<string | null> {
  const [row] = await askBulk<{ id: string }>(prisma, bulkSql('claim'), { holder });
  return row?.id ?? null;
}

/** Holds it for longer, whether it runs or not; null: it is another's by now. */
export async function holdBulkJob(prisma: PrismaClient, hold: BulkHold): Promise<BulkStatus | null> {
  const [row] = await askBulk<{ status: BulkStatus }>(prisma, bulkSql('hold'), { ...hold });
  return row?.status ?? null;
}

export async function releaseBulkJob(prisma: PrismaClient, hold: BulkHold): Promise<void> {
  await askBulk(prisma, bulkSql('release'), { ...hold });
}

/** [B1] None: the job is not this process's, does not run, or has nothing left. */
export function takeBulkItems(
  prisma: PrismaClient,
  hold: BulkHold,
  { action, aim, limit }: { action: BulkAction; aim: BulkAim; limit: number },
): Promise<TakenItem[]> {
  return askBulk<TakenItem>(prisma, withRefusal(bulkSql('take'), action), { ...hold, ...aim, limit });
}

/** Which of these the filter still finds. */
export async function stillFound(prisma: PrismaClient, filter: InstanceFilter, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { sql, values } = selectInstanceIds({ ...filter, ids });
  const rows = await prisma.$queryRawUnsafe<{ id: string }[]>(sql, ...values);
  return new Set(rows.map(({ id }) => id));
}

/** [B2] */
export async function settleBulkItems(prisma: PrismaClient, hold: BulkHold, items: readonly SettledItem[]): Promise<void> {
  if (items.length === 0) return;
  await askBulk(prisma, bulkSql('settle'), {
    ...hold,
    positions: items.map(({ position }) => position),
    states: items.map(({ state }) => state),
    codes: items.map(({ code }) => code),
    messages: items.map(({ message }) => message),
  });
}

/** [B3] `types`: of the events that the action leaves. */
export function itemsLeftUnderway(
  prisma: PrismaClient,
  trace: { job: string; types: readonly string[]; by: string; reason: string },
): Promise<LeftItem[]> {
  return askBulk<LeftItem>(prisma, bulkSql('left underway'), { ...trace });
}

export async function takeUpAgain(prisma: PrismaClient, hold: BulkHold, positions: readonly number[]): Promise<void> {
  if (positions.length > 0) await askBulk(prisma, bulkSql('take up again'), { ...hold, positions });
}
