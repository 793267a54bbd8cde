import type { PrismaClient } from '../generated/client.ts';
import { personNames } from './people.ts';

export interface TaskCommentRecord {
  id: string;
  by: { id: string; name: string };
  at: string;
  text: string;
  mentions: { id: string; name: string }[];
}

const mostShown = 1_000;

/** Oldest first; of more than can be shown, the latest. Only after it is known that whoever asks may see the task. */
export async function listTaskComments(prisma: PrismaClient, taskId: string): Promise<TaskCommentRecord[]> {
  const latest = await prisma.humanTaskComment.findMany({ where: { taskId }, orderBy: [{ at: 'desc' }, { id: 'desc' }], take: mostShown });
  const rows = latest.reverse();
  const names = await personNames(prisma, new Set(rows.flatMap(({ by, mentions }) => [by, ...mentions])));
  const named = (id: string): { id: string; name: string } => ({ id, name: names.get(id) ?? id });
  return rows.map(({ id, by, at, text, mentions }) => ({ id, by: named(by), at: at.toISOString(), text, mentions: mentions.map(named) }));
}
