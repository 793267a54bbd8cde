/**
 * Counts wrong passwords. An attempt is counted before its password is looked at, in one statement, so that many at the same time get no more
 * guesses than one after the other; a right password takes the count back.
 */
import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';

export interface SignInLimit {
  attempts: number;
  lockMs: number;
}

/** Milliseconds to wait, 0 when the attempt may be made. */
export async function countSignIn(prisma: PrismaClient, key: string, { attempts, lockMs }: SignInLimit): Promise<number> {
  const [row] = await prisma.$queryRawUnsafe<{ waitMs: number }[]>(countSql, key, attempts, lockMs);
  return row?.waitMs ?? 0;
}

/** The password of the account was right: its count begins anew. Of an address, only this attempt is taken back. */
export async function forgiveSignIn(prisma: PrismaClient, account: string, address: string): Promise<void> {
  await prisma.$executeRaw`DELETE FROM sign_in_lock WHERE key = ${account} OR last_at < now() - interval '1 day'`;
  await prisma.$executeRaw`UPDATE sign_in_lock SET failures = failures - 1 WHERE key = ${address} AND failures > 0`;
}

const countSql = sqlFile(import.meta.url, 'sign-in-count.sql');
