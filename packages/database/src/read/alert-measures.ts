/** What alert rules look at: one query each, found through indexes, with a bounded count. */
import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';

export interface FinishedInWindow {
  finished: number;
  failed: number;
}

export async function countFinished(prisma: PrismaClient, windowSeconds: number, workflowKey: string | null): Promise<FinishedInWindow> {
  const [counted] = await prisma.$queryRawUnsafe<FinishedInWindow[]>(failureRateSql, windowSeconds, workflowKey);
  return counted ?? { finished: 0, failed: 0 };
}

export async function queueLagSeconds(prisma: PrismaClient): Promise<number> {
  const [lag] = await prisma.$queryRawUnsafe<{ seconds: number }[]>(queueLagSql);
  return lag?.seconds ?? 0;
}

export async function countTasksOverdueFor(prisma: PrismaClient, forSeconds: number, workflowKey: string | null): Promise<number> {
  const [counted] = await prisma.$queryRawUnsafe<{ tasks: number }[]>(overdueTasksSql, forSeconds, workflowKey);
  return counted?.tasks ?? 0;
}

export async function countStuck(prisma: PrismaClient, forSeconds: number, workflowKey: string | null): Promise<number> {
  const [counted] = await prisma.$queryRawUnsafe<{ instances: number }[]>(stuckSql, forSeconds, workflowKey);
  return counted?.instances ?? 0;
}

const failureRateSql = sqlFile(import.meta.url, 'alert-failure-rate.sql');
const queueLagSql = sqlFile(import.meta.url, 'alert-queue-lag.sql');
const overdueTasksSql = sqlFile(import.meta.url, 'alert-overdue-tasks.sql');
const stuckSql = sqlFile(import.meta.url, 'alert-stuck.sql');
