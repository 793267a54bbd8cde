import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';

export interface MarkedVersion {
  workflowKey: string;
  version: number;
  publishedAt: Date;
  /** Whether its document marks anything as sensitive. */
  marked: boolean;
  /** Keys of the workflows it starts as sub-workflows, waited for or not; `*` for any. */
  starts: string[];
}

export async function readMarkedVersions(prisma: PrismaClient, since: Date): Promise<MarkedVersion[]> {
  return prisma.$queryRawUnsafe<MarkedVersion[]>(markedSql, since);
}

const markedSql = sqlFile(import.meta.url, 'marked-versions.sql');
