import type { Prisma, PrismaClient } from '../generated/client.ts';

/** Writes the setting if there is none yet; true for the one caller who did. */
export async function claimSetting(prisma: PrismaClient, key: string, value: Prisma.InputJsonValue): Promise<boolean> {
  const { count } = await prisma.setting.createMany({ data: [{ key, value }], skipDuplicates: true });
  return count === 1;
}
