import { randomUUID } from 'node:crypto';
import type { PrismaClient } from '../generated/client.ts';
import { appendAudit } from './audit.ts';

/** Together with its entry in the audit log, which does not repeat the text. */
export async function addTaskComment(
  prisma: PrismaClient,
  { taskId, instanceId, by, text, mentions }: { taskId: string; instanceId: string; by: string; text: string; mentions: string[] },
): Promise<{ id: string; at: Date }> {
  return prisma.$transaction(async (tx) => {
    const { id, at } = await tx.humanTaskComment.create({ data: { id: randomUUID(), taskId, by, text, mentions } });
    await appendAudit(tx, { actor: by, action: 'task.comment', target: `task:${taskId}`, detail: { instance: instanceId, comment: id } });
    return { id, at };
  });
}
