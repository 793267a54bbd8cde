import type { PrismaClient } from '../generated/client.ts';

/** Puts a task off for one person; `until` null takes that back. */
export async function putTaskOff(
  prisma: PrismaClient,
  { taskId, userId, until }: { taskId: string; userId: string; until: Date | null },
): Promise<void> {
  if (until === null) {
    await prisma.humanTaskFollowUp.deleteMany({ where: { taskId, userId } });
    return;
  }
  await prisma.humanTaskFollowUp.upsert({
    where: { userId_taskId: { taskId, userId } },
    create: { taskId, userId, until },
    update: { until },
  });
}
