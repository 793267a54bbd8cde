import type { PrismaClient } from '../generated/client.ts';
import type { StuckCause } from '../monitor/stuck.ts';

/** Why nothing will ever wake these instances, by id; those that go on are not in it. What was seen of an earlier state of one does not count. */
export async function readStuckCauses(
  prisma: PrismaClient,
  instances: readonly { id: string; seq: number }[],
): Promise<ReadonlyMap<string, StuckCause>> {
  if (instances.length === 0) return new Map();
  const seqOf = new Map(instances.map(({ id, seq }) => [id, seq]));
  const found = await prisma.instanceStanding.findMany({
    where: { instanceId: { in: [...seqOf.keys()] }, stuck: { not: null } },
    select: { instanceId: true, seq: true, stuck: true },
  });
  return new Map(
    found.filter(({ instanceId, seq }) => seqOf.get(instanceId) === seq).map(({ instanceId, stuck }) => [instanceId, stuck as StuckCause]), // written by mark-stuck.sql, as find-stuck.sql names them
  );
}
