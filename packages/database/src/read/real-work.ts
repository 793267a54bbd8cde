import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';

export async function hasRealWork(prisma: PrismaClient): Promise<boolean> {
  const [row] = await prisma.$queryRawUnsafe<{ isThere: boolean }[]>(realWorkSql);
  return row?.isThere ?? false;
}

const realWorkSql = sqlFile(import.meta.url, 'real-work.sql');
