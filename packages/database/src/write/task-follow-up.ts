import type { PrismaClient } from '../generated/client.ts';
import { unlessGone } from './unless-gone.ts';

/** Puts a task off for one person; `until` null takes that back. `gone`: the task is not there any more. */
export async function putTaskOff(
  prisma: PrismaClient,
  { taskId, userId, until }: { taskId: string; userId: string; until: Date | null },
): Promise<'stored' | 'gone'> {
  if (until === null) {
    await prisma.humanTaskFollowUp.deleteMany({ where: { taskId, userId } });
    return 'stored';
  }
  const row = await unlessGone(
    prisma.humanTaskFollowUp.upsert({
      where: { userId_taskId: { taskId, userId } },
      create: { taskId, userId, until },
      update: { until },
    }),
  );
  return row === 'gone' ? row : 'stored';
}
