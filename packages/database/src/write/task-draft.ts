import type { Json } from '@perdure/graph';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import { unlessGone } from './unless-gone.ts';

/** What a person has typed into a task's form so far. Theirs alone; the last save wins. `gone`: the task is not there any more. */
export async function saveTaskDraft(prisma: PrismaClient, draft: { taskId: string; userId: string; data: Json }): Promise<Date | 'gone'> {
  const data = draft.data === null ? Prisma.JsonNull : (draft.data as Prisma.InputJsonValue);
  const row = await unlessGone(
    prisma.humanTaskDraft.upsert({
      where: { taskId_userId: { taskId: draft.taskId, userId: draft.userId } },
      create: { taskId: draft.taskId, userId: draft.userId, data },
      update: { data, savedAt: new Date() },
    }),
  );
  return row === 'gone' ? row : row.savedAt;
}

export async function findTaskDraft(
  prisma: PrismaClient,
  taskId: string,
  userId: string,
): Promise<{ data: Json; savedAt: Date } | undefined> {
  const row = await prisma.humanTaskDraft.findUnique({ where: { taskId_userId: { taskId, userId } } });
  return row ? { data: row.data as Json, savedAt: row.savedAt } : undefined;
}

/** All of the task's, or one person's. */
export async function dropTaskDrafts(prisma: PrismaClient, taskId: string, userId?: string): Promise<void> {
  await prisma.humanTaskDraft.deleteMany({ where: userId === undefined ? { taskId } : { taskId, userId } });
}
