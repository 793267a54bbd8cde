import { randomUUID } from 'node:crypto';
import type { PrismaClient } from '../generated/client.ts';
import { appendAudit } from './audit.ts';
import { unlessGone } from './unless-gone.ts';

/** So that reading one takes little memory, whatever its size. */
const partBytes = 512 * 1_024;

export interface NewTaskFile {
  taskId: string;
  instanceId: string;
  name: string;
  type: string;
  by: string;
  content: Uint8Array;
}

/** Together with its entry in the audit log. `full` when the task has `atMost` files already, `gone` when it is not there any more. */
export async function addTaskFile(
  prisma: PrismaClient,
  file: NewTaskFile,
  atMost: number,
): Promise<{ id: string; at: Date } | 'full' | 'gone'> {
  const { taskId, instanceId, name, type, by, content } = file;
  const stored = prisma.$transaction(
    async (tx) => {
      // Of uploads at the same time, the second waits and counts the first.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`task-files:${taskId}`}, 0))`;
      if ((await tx.humanTaskFile.count({ where: { taskId } })) >= atMost) return 'full' as const;
      const { id, at } = await tx.humanTaskFile.create({ data: { id: randomUUID(), taskId, name, type, bytes: content.byteLength, by } });
      for (let number = 0; number * partBytes < content.byteLength; number++) {
        const data = Uint8Array.from(content.subarray(number * partBytes, (number + 1) * partBytes));
        await tx.humanTaskFilePart.create({ data: { fileId: id, number, data }, select: { number: true } });
      }
      await appendAudit(tx, {
        actor: by,
        action: 'task.add-file',
        target: `task:${taskId}`,
        detail: { instance: instanceId, file: id, name, type, bytes: content.byteLength },
      });
      return { id, at };
    },
    { timeout: 60_000 },
  );
  return unlessGone(stored);
}

/** False: somebody else removed it just now, or the task is gone. */
export async function removeTaskFile(
  prisma: PrismaClient,
  { taskId, id, by }: { taskId: string; id: string; by: string },
): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const { count } = await tx.humanTaskFile.deleteMany({ where: { id, taskId } });
    if (count === 0) return false;
    await appendAudit(tx, { actor: by, action: 'task.remove-file', target: `task:${taskId}`, detail: { file: id } });
    return true;
  });
}
