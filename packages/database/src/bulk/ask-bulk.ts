import type { Prisma, PrismaClient } from '../generated/client.ts';
import { SqlValues } from '../sql-parts.ts';

/** Runs a piece of bulk-job.sql with its values by name. */
export async function askBulk<Row>(
  prisma: PrismaClient | Prisma.TransactionClient,
  piece: string,
  named: Readonly<Record<string, unknown>>,
): Promise<Row[]> {
  const values = new SqlValues();
  const sql = values.bind(piece, named);
  return prisma.$queryRawUnsafe<Row[]>(sql, ...values.list);
}
