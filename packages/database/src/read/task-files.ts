import type { PrismaClient } from '../generated/client.ts';
import { personNames } from './people.ts';

export interface TaskFileRecord {
  id: string;
  name: string;
  type: string;
  bytes: number;
  by: { id: string; name: string };
  at: string;
}

/** Oldest first. Only after it is known that whoever asks may see the task. */
export async function listTaskFiles(prisma: PrismaClient, taskId: string): Promise<TaskFileRecord[]> {
  const rows = await prisma.humanTaskFile.findMany({ where: { taskId }, orderBy: [{ at: 'asc' }, { id: 'asc' }] });
  const names = await personNames(prisma, new Set(rows.map(({ by }) => by)));
  return rows.map(({ id, name, type, bytes, by, at }) => ({
    id,
    name,
    type,
    bytes,
    by: { id: by, name: names.get(by) ?? by },
    at: at.toISOString(),
  }));
}

/** Undefined when the task has no such file. */
export async function findTaskFile(
  prisma: PrismaClient,
  taskId: string,
  id: string,
): Promise<{ name: string; type: string; bytes: number; by: string } | undefined> {
  const row = await prisma.humanTaskFile.findFirst({ where: { id, taskId }, select: { name: true, type: true, bytes: true, by: true } });
  return row ?? undefined;
}

/** The content, part by part. */
export async function* readTaskFile(prisma: PrismaClient, id: string): AsyncGenerator<Uint8Array> {
  for (let number = 0; ; number++) {
    const part = await prisma.humanTaskFilePart.findUnique({ where: { fileId_number: { fileId: id, number } }, select: { data: true } });
    if (!part) return;
    yield part.data;
  }
}
