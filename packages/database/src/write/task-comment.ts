import type { PrismaClient } from '../generated/client.ts';
import { appendAudit } from './audit.ts';
import { unlessGone } from './unless-gone.ts';
import { queueNotice, type Notice } from './notices.ts';

/** Together with its entry in the audit log, which does not repeat the text, and with what those mentioned are told. `gone`: the task is not there any more. */
export async function addTaskComment(
  prisma: PrismaClient,
  {
    id,
    taskId,
    instanceId,
    by,
    text,
    mentions,
  }: { id: string; taskId: string; instanceId: string; by: string; text: string; mentions: string[] },
  notices: readonly (Notice | null)[],
): Promise<{ at: Date } | 'gone'> {
  const stored = prisma.$transaction(async (tx) => {
    const { at } = await tx.humanTaskComment.create({ data: { id, taskId, by, text, mentions } });
    await appendAudit(tx, { actor: by, action: 'task.comment', target: `task:${taskId}`, detail: { instance: instanceId, comment: id } });
    for (const notice of notices) await queueNotice(tx, notice);
    return { at };
  });
  return unlessGone(stored);
}
