/**
 * How far a person is in the guide for the first five minutes. Nothing here is set by a click: what they did stands in the histories of their
 * runs, what the server saw (they follow one, they look at its incident, it was stopped) is noted when it happens.
 *
 * 1. A mark is kept once and stays, also when its run is purged.
 * 2. `resumed` needs a start of the installation while a run was unfinished, and a step of that run behind it: `guide_restart` has the run's seq
 *    from before the first turn, so no clock decides.
 */
import pg from 'pg';
import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';

export interface GuideProgress {
  marks: { mark: string; instanceId: string | null; at: Date }[];
  /** The person's runs of the sample, newest first. */
  runs: { id: string; hasFailed: boolean }[];
}

/** Keeps what the histories tell by now, and gives all there is. */
export async function settleGuide(prisma: PrismaClient, of: { userId: string; workflowKey: string }): Promise<GuideProgress> {
  const runs = await prisma.$queryRawUnsafe<GuideProgress['runs']>(settleSql, of.userId, of.workflowKey);
  const marks = await prisma.guideMark.findMany({ where: { userId: of.userId }, select: { mark: true, instanceId: true, at: true } });
  return { marks, runs };
}

/** Somebody follows the instance live. Only the guide's own runs leave a mark. */
export async function markWatched(prisma: PrismaClient, of: { userId: string; instanceId: string; workflowKey: string }): Promise<void> {
  await prisma.$executeRawUnsafe(watchedSql, of.userId, of.instanceId, of.workflowKey);
}

/** `found`: they opened the incident. `skipped`: they want to see no more of the guide. */
export async function markGuide(prisma: PrismaClient, userId: string, mark: 'found' | 'skipped'): Promise<void> {
  await prisma.guideMark.createMany({ data: [{ userId, mark }], skipDuplicates: true });
}

export async function unskipGuide(prisma: PrismaClient, userId: string): Promise<void> {
  await prisma.guideMark.deleteMany({ where: { userId, mark: 'skipped' } });
}

/** To be called when nothing runs instances of this database: before the first turn after a start. */
export async function noteGuideRestart(databaseUrl: string, workflowKey: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000, application_name: 'perdure guide' });
  await client.connect();
  try {
    await client.query(restartSql, [workflowKey]);
  } finally {
    await client.end();
  }
}

const settleSql = sqlFile(import.meta.url, 'guide-settle.sql');
const watchedSql = sqlFile(import.meta.url, 'guide-watched.sql');
const restartSql = sqlFile(import.meta.url, 'guide-restart.sql');
