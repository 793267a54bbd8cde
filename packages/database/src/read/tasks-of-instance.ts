import type { PrismaClient } from '../generated/client.ts';

/** The human tasks of an instance as they are stored, the oldest first, for whoever keeps the whole instance. Nobody's rights are asked. */
export async function tasksOfInstance(prisma: PrismaClient, instanceId: string) {
  return prisma.humanTask.findMany({
    where: { instanceId },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    omit: { accessKeys: true, holderIds: true, voterIds: true, freeSeats: true },
  });
}
