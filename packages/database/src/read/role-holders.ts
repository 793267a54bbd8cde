import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';

export interface NamedPerson {
  id: string;
  name: string;
  email: string;
}

/** In the order of their names. */
export async function findPeople(prisma: PrismaClient, ids: readonly string[]): Promise<NamedPerson[]> {
  if (ids.length === 0) return [];
  return prisma.user.findMany({ where: { id: { in: [...ids] } }, select: { id: true, name: true, email: true }, orderBy: { name: 'asc' } });
}

/** Of those who hold one of the roles for one of the folders, by themselves or through a group: those named, or found by the text. */
export async function findHoldersOf(
  prisma: PrismaClient,
  {
    roles,
    folders,
    limit,
    ...search
  }: { roles: readonly string[]; folders: readonly string[]; limit: number } & ({ text: string } | { ids: readonly string[] }),
): Promise<NamedPerson[]> {
  const [ids, pattern] = 'ids' in search ? [search.ids, null] : [null, `%${search.text.replaceAll(/[\\%_]/g, '\\$&')}%`];
  return prisma.$queryRawUnsafe<NamedPerson[]>(holdersSql, roles, folders, ids, pattern, limit);
}

const holdersSql = sqlFile(import.meta.url, 'role-holders.sql');
