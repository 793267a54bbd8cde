import { readHistoryOfTypes } from '@perdure/database/read';
import type { Database } from '@perdure/database';

/** The versions an instance ran, oldest first, each with the event behind which it began: what a step means follows from its version. */
export async function versionsRun(
  prisma: Database['prisma'],
  { id, version }: { id: string; version: number },
): Promise<{ version: number; afterSeq: number }[]> {
  const [started, ...migrations] = await readHistoryOfTypes(prisma, id, ['ExecutionStarted', 'VersionMigrated'], null);
  const first = started?.type === 'ExecutionStarted' ? started.version : version;
  return [
    { version: first, afterSeq: 0 },
    ...migrations.flatMap((event) => (event.type === 'VersionMigrated' ? [{ version: event.version, afterSeq: event.seq }] : [])),
  ];
}
