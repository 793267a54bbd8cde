import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';

const waitingSql = sqlFile(import.meta.url, 'waiting.sql');

export interface WaitingCounts {
  oldestMessageSeconds: number;
  messages: number;
  timersDue: number;
  openTasks: number;
  liveInstances: number;
}

/** What waits in the whole installation, counted up to a limit. */
export async function countWaiting(prisma: PrismaClient): Promise<WaitingCounts> {
  const [counts] = await prisma.$queryRawUnsafe<WaitingCounts[]>(waitingSql);
  if (counts === undefined) throw new Error('A query without a table gave no row.');
  return counts;
}
