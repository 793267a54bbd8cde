import type { PrismaClient } from '../generated/client.ts';
import { personNames } from './people.ts';

export interface TaskCommentRecord {
  id: string;
  by: { id: string; name: string };
  at: string;
  text: string;
  mentions: { id: string; name: string }[];
}

/** Oldest first. Only after it is known that whoever asks may see the task. */
export async function listTaskComments(prisma: PrismaClient, taskId: string): Promise<TaskCommentRecord[]> {
  const rows = await prisma.humanTaskComment.findMany({ where: { taskId }, orderBy: [{ at: 'asc' }, { id: 'asc' }], take: 1_000 });
  const names = await personNames(prisma, new Set(rows.flatMap(({ by, mentions }) => [by, ...mentions])));
  const named = (id: string): { id: string; name: string } => ({ id, name: names.get(id) ?? id });
  return rows.map(({ id, by, at, text, mentions }) => ({ id, by: named(by), at: at.toISOString(), text, mentions: mentions.map(named) }));
}
