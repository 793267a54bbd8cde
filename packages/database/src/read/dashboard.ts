/** What the dashboard shows, from the read models: the cost follows the number of stretches and workflows, not of instances. */
import type { Json } from '@perdure/graph';
import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';
import type { ShownStatus } from './instance-row.ts';

const nowSql = sqlFile(import.meta.url, 'dashboard-now.sql');
const pointsSql = sqlFile(import.meta.url, 'dashboard-points.sql');
const durationsSql = sqlFile(import.meta.url, 'dashboard-durations.sql');
const oldestSql = sqlFile(import.meta.url, 'dashboard-oldest.sql');
const overdueSql = sqlFile(import.meta.url, 'dashboard-overdue.sql');
const stuckSql = sqlFile(import.meta.url, 'dashboard-stuck.sql');
const workersSql = sqlFile(import.meta.url, 'dashboard-workers.sql');

export interface StandingCount {
  workflowKey: string;
  waiting: boolean;
  kind: string;
  instances: number;
  since: Date;
  until: Date | null;
}

export interface StatPoint {
  at: Date;
  started: number;
  completed: number;
  failed: number;
  terminated: number;
  running: number;
  waiting: number;
}

export interface DurationCount {
  at: Date;
  step: number;
  instances: number;
}

export interface OldestInstance {
  id: string;
  workflowKey: string;
  whereabouts: Json;
  createdAt: Date;
  status: ShownStatus;
}

export interface WorkerRecord {
  id: string;
  seenAt: Date;
  isGone: boolean;
  figures: Json;
  partitions: number;
  /** Of its partitions, those that came from one other worker lately; null: none did. */
  movedFrom: string | null;
  movedAt: Date | null;
  moved: number | null;
}

/** Of all workflows: whoever may see a few takes theirs out. */
export function readStandingCounts(prisma: PrismaClient): Promise<StandingCount[]> {
  return prisma.$queryRawUnsafe<StandingCount[]>(nowSql);
}

/** Ascending; stretches in which nothing happened are left out. */
export function readStatPoints(
  prisma: PrismaClient,
  minutes: number,
  since: Date,
  workflows: readonly string[] | null,
): Promise<StatPoint[]> {
  return prisma.$queryRawUnsafe<StatPoint[]>(pointsSql, minutes, since, workflows);
}

export function readDurationCounts(
  prisma: PrismaClient,
  minutes: number,
  since: Date,
  workflows: readonly string[] | null,
): Promise<DurationCount[]> {
  return prisma.$queryRawUnsafe<DurationCount[]>(durationsSql, minutes, since, workflows);
}

export async function readOldestUnfinished(prisma: PrismaClient, workflows: readonly string[] | null): Promise<OldestInstance | null> {
  const [row] = await prisma.$queryRawUnsafe<OldestInstance[]>(oldestSql, workflows);
  return row ?? null;
}

/** Counted up to 10,001. */
export async function countOverdueTasks(prisma: PrismaClient, workflows: readonly string[] | null): Promise<number> {
  const [row] = await prisma.$queryRawUnsafe<{ value: number }[]>(overdueSql, workflows);
  return row?.value ?? 0;
}

/** Counted up to 10,001. */
export async function countStuckInstances(prisma: PrismaClient, workflows: readonly string[] | null): Promise<number> {
  const [row] = await prisma.$queryRawUnsafe<{ value: number }[]>(stuckSql, workflows);
  return row?.value ?? 0;
}

/** Those that gave a sign of life in the last ten minutes. */
export function readWorkers(prisma: PrismaClient): Promise<WorkerRecord[]> {
  return prisma.$queryRawUnsafe<WorkerRecord[]>(workersSql);
}
