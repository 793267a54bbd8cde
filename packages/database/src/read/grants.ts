import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';

/** A role as it is stored: by its name, which another version may have written. */
export interface StoredGrant {
  role: string;
  /** '' = all workflows. */
  folder: string;
  sensitive: boolean;
}

export interface HeldByPerson {
  disabled: boolean;
  groups: string[];
  grants: StoredGrant[];
  /** When they were last given something, in epoch ms; null: they hold nothing. */
  changedAt: number | null;
}

/** Undefined when there is no such person. */
export async function readGrants(prisma: PrismaClient, userId: string): Promise<HeldByPerson | undefined> {
  const [row] = await prisma.$queryRawUnsafe<HeldByPerson[]>(grantsSql, userId);
  return row;
}

/** The folder of every workflow, archived ones included. */
export async function readWorkflowFolders(prisma: PrismaClient): Promise<ReadonlyMap<string, string>> {
  const rows = await prisma.workflow.findMany({ select: { key: true, folder: true } });
  return new Map(rows.map(({ key, folder }) => [key, folder]));
}

/** Of an entity, `@` and the name of its type. */
export async function workflowOfInstance(prisma: PrismaClient, id: string): Promise<string | undefined> {
  const row = await prisma.instance.findUnique({ where: { id }, select: { workflowKey: true } });
  return row?.workflowKey;
}

const grantsSql = sqlFile(import.meta.url, 'grants.sql');
