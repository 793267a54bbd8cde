import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';

export interface FamilyMember {
  /** Whose family it belongs to. */
  root: string;
  id: string;
  workflowKey: string;
  version: number;
  /** Null: its first turn has not been taken yet. */
  startedVersion: number | null;
}

/** The instances with those their data come from, and their sub-workflows of these workflows as far as there are no more than `most`. */
export async function readInstanceFamilies(
  prisma: PrismaClient,
  ids: readonly string[],
  workflowKeys: readonly string[],
  most = 5_000,
): Promise<FamilyMember[]> {
  return prisma.$queryRawUnsafe<FamilyMember[]>(familySql, ids, most, workflowKeys);
}

const familySql = sqlFile(import.meta.url, 'instance-family.sql');
