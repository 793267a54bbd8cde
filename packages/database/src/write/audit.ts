/**
 * The audit log: what people and administration did. Entries are appended in the transaction of the deed itself; one sealer chains them.
 *
 * A1 Every entry's hash covers the entry and the hash before it, so a change or a gap shows.
 * A2 Entries are sealed in the order of their ids. Ids are taken before the commit, so an entry could otherwise appear behind a sealed one:
 *    every append holds the audit lock shared until its commit, the sealer takes it exclusively, so nothing is in flight while it reads.
 */
import { createHash } from 'node:crypto';
import type { Json } from '@perdure/graph';
import type { Prisma, PrismaClient } from '../generated/client.ts';

export interface AuditRecord {
  /** A user's id, `api-key:<name>` or `system`. */
  actor: string;
  /** `workflow.publish`, `instance.terminate`, … */
  action: string;
  /** `workflow:order-approval`, `instance:…`, `task:…` */
  target: string;
  detail?: Json;
}

/** Any number above those of the partitions; the same for all processes. */
const auditLock = 7_300_001;

export async function appendAudit(tx: Prisma.TransactionClient, record: AuditRecord): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${auditLock}::bigint)`;
  await tx.auditEntry.create({
    data: { actor: record.actor, action: record.action, target: record.target, detail: (record.detail ?? {}) as Prisma.InputJsonValue },
  });
}

/** For deeds that have no transaction of their own here, such as those the runtime commits. */
export async function appendAuditAlone(prisma: PrismaClient, record: AuditRecord): Promise<void> {
  await prisma.$transaction((tx) => appendAudit(tx, record));
}

/** Seals up to `limit` entries and says how many it sealed. When another process is sealing, none. */
export async function sealAudit(prisma: PrismaClient, limit = 500): Promise<number> {
  return prisma.$transaction(async (tx) => {
    const [lock] = await tx.$queryRaw<{ taken: boolean }[]>`SELECT pg_try_advisory_xact_lock(${auditLock}::bigint) AS taken`;
    if (!lock?.taken) return 0;
    const open = await tx.auditEntry.findMany({ where: { hash: null }, orderBy: { id: 'asc' }, take: limit });
    if (open.length === 0) return 0;
    const before = await tx.auditEntry.findFirst({ where: { hash: { not: null } }, orderBy: { id: 'desc' }, select: { hash: true } });
    let hash = before?.hash ?? '';
    const ids: bigint[] = [];
    const hashes: string[] = [];
    for (const entry of open) {
      hash = auditHash(hash, entry);
      ids.push(entry.id);
      hashes.push(hash);
    }
    await tx.$executeRaw`
      UPDATE audit_entry AS e SET hash = s.hash FROM unnest(${ids}::bigint[], ${hashes}::text[]) AS s(id, hash) WHERE e.id = s.id`;
    return open.length;
  });
}

export interface SealedEntry {
  id: bigint;
  at: Date;
  actor: string;
  action: string;
  target: string;
  detail: unknown;
}

/** SHA-256 over the hash before and the entry with its keys in a fixed order, in hex. */
export function auditHash(before: string, entry: SealedEntry): string {
  const text = JSON.stringify([
    before,
    entry.id.toString(),
    entry.at.toISOString(),
    entry.actor,
    entry.action,
    entry.target,
    sortKeys(entry.detail),
  ]);
  return createHash('sha256').update(text).digest('hex');
}

/** The id of the first sealed entry whose hash does not follow from those before it, or null when the chain holds. */
export async function findBrokenAuditEntry(prisma: PrismaClient): Promise<bigint | null> {
  let before = '';
  let after = -1n;
  for (;;) {
    const entries = await prisma.auditEntry.findMany({
      where: { id: { gt: after }, hash: { not: null } },
      orderBy: { id: 'asc' },
      take: 1_000,
    });
    if (entries.length === 0) return null;
    for (const entry of entries) {
      if (entry.hash !== auditHash(before, entry)) return entry.id;
      before = entry.hash;
      after = entry.id;
    }
  }
}

/** jsonb does not keep the order of keys. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}
