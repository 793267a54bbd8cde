/**
 * The audit log: what people and administration did. Entries are appended in the transaction of the deed itself; deeds that something else
 * commits are written down before (audit-intent.ts). One sealer chains them (audit-chain.ts).
 *
 * A1 Every entry's hash covers the entry and the hash before it, so a change or a gap shows.
 * A2 Entries are sealed in the order of their ids. Ids are taken before the commit, so an entry could otherwise appear behind a sealed one:
 *    every append holds the audit lock shared until its commit, the sealer takes it exclusively, so nothing is in flight while it reads.
 * A3 The database refuses to change, delete or truncate entries (migrations 0001 and 0012).
 */
import type { Json } from '@perdure/graph';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import { noteDeed, requestOfDeed } from './audit-scope.ts';

export interface AuditRecord {
  /** A user's id, `api-key:<name>` or `system`. */
  actor: string;
  /** `workflow.publish`, `instance.terminate`, … */
  action: string;
  /** `workflow:order-approval`, `instance:…`, `task:…` */
  target: string;
  detail?: Json;
  /** What was changed, as it was and as it is: the fields that differ. Secrets never. */
  before?: Json;
  after?: Json;
  /** What the person gave as the reason. Empty is none. */
  reason?: string;
}

/** Any number above those of the partitions; the same for all processes. */
export const auditLock = 7_300_001;

export async function appendAudit(tx: Prisma.TransactionClient, record: AuditRecord): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${auditLock}::bigint)`;
  await tx.auditEntry.create({ data: { ...asRow(record), ...requestOfDeed() } });
  noteDeed(record.action);
}

/** For deeds that have no transaction of their own, such as what a program outside of the server does. */
export async function appendAuditAlone(prisma: PrismaClient, record: AuditRecord): Promise<void> {
  await prisma.$transaction((tx) => appendAudit(tx, record));
}

function asRow({ actor, action, target, detail = {}, before, after, reason }: AuditRecord) {
  return {
    actor,
    action,
    target,
    detail: asInput(detail),
    ...(before === undefined ? {} : { before: asInput(before) }),
    ...(after === undefined ? {} : { after: asInput(after) }),
    ...(reason === undefined || reason === '' ? {} : { reason }),
  };
}

function asInput(value: Json) {
  // The same JSON; Prisma's type wants null told apart.
  return value === null ? Prisma.JsonNull : (value as Prisma.InputJsonValue);
}
