import type { Database } from '@perdure/database';

/** The versions an instance ran, oldest first, each with the event behind which it began: what a step means follows from its version. */
export async function versionsRun(
  prisma: Database['prisma'],
  { id, version }: { id: string; version: number },
): Promise<{ version: number; afterSeq: number }[]> {
  const row = await prisma.instance.findUnique({ where: { id }, select: { versions: true } });
  // Written by the commit of a migration, and by nothing else.
  const versions = (row?.versions ?? null) as { version: number; afterSeq: number }[] | null;
  return versions ?? [{ version, afterSeq: 0 }];
}
