/**
 * Chains the audit entries [A1, A2 of audit.ts] and checks the chain.
 *
 * C1 An entry's hash is SHA-256 over the hash before it and everything it says, in a fixed order, its position included.
 * C2 Positions are 1, 2, 3 … without a gap. So what is missing is told from what was changed.
 * C3 Entries sealed before migration 0012 have no position, and a hash over the columns there were then. They stay as they are, and count.
 * C4 What was cut off at the end shows only to who has kept a later head: `verify` takes it.
 */
import { createHash } from 'node:crypto';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import { auditLock } from './audit.ts';

/** One process seals at a time; nobody else takes it. */
const sealerLock = 7_300_003;

/**
 * Seals up to `limit` entries and says how many it sealed; none while another process seals. It waits for appends under way, and those that come
 * later wait behind it: where something is always being appended, the moment when nothing is would never come. For `waitMs` at most, so that an
 * append in a long transaction does not hold up the others.
 */
export async function sealAudit(prisma: PrismaClient, { limit = 500, waitMs = 100 } = {}): Promise<number> {
  const sealing = prisma.$transaction(
    async (tx) => {
      const [turn] = await tx.$queryRaw<{ taken: boolean }[]>`SELECT pg_try_advisory_xact_lock(${sealerLock}::bigint) AS taken`;
      if (!turn?.taken) return 0;
      await tx.$executeRaw`SELECT set_config('lock_timeout', ${String(waitMs)}, true)`;
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${auditLock}::bigint)`;
      return seal(tx, limit);
    },
    { timeout: waitMs + 10_000 },
  );
  return sealing.catch((thrown: unknown) => {
    if (isLockTimeout(thrown)) return 0;
    throw thrown;
  });
}

async function seal(tx: Prisma.TransactionClient, limit: number): Promise<number> {
  const open = await tx.auditEntry.findMany({ where: { hash: null }, orderBy: { id: 'asc' }, take: limit });
  if (open.length === 0) return 0;
  const before = await tx.auditEntry.findFirst({
    where: { hash: { not: null } },
    orderBy: { id: 'desc' },
    select: { hash: true, position: true },
  });
  let hash = before?.hash ?? '';
  let position = before?.position ?? BigInt(before === null ? 0 : await tx.auditEntry.count({ where: { hash: { not: null } } }));
  const sealed: { id: bigint; hash: string; position: bigint }[] = [];
  for (const entry of open) {
    position += 1n;
    hash = auditHash(hash, { ...entry, position });
    sealed.push({ id: entry.id, hash, position });
  }
  await tx.$executeRaw`
    UPDATE audit_entry AS e SET hash = s.hash, position = s.position
    FROM unnest(${sealed.map(({ id }) => id)}::bigint[], ${sealed.map(({ hash }) => hash)}::text[],
      ${sealed.map(({ position }) => position)}::bigint[]) AS s(id, hash, position) WHERE e.id = s.id`;
  return open.length;
}

export interface ChainedEntry {
  id: bigint;
  at: Date;
  actor: string;
  action: string;
  target: string;
  detail: unknown;
  before: unknown;
  after: unknown;
  reason: string | null;
  requestId: string | null;
  address: string | null;
  outcome: string | null;
  /** Null: sealed before there were positions [C3]. */
  position: bigint | null;
}

/** [C1], in hex. */
export function auditHash(before: string, entry: ChainedEntry): string {
  const said = [entry.id.toString(), entry.at.toISOString(), entry.actor, entry.action, entry.target, sortKeys(entry.detail)];
  const since0012 = [
    sortKeys(entry.before),
    sortKeys(entry.after),
    entry.reason,
    entry.requestId,
    entry.address,
    entry.outcome,
    String(entry.position),
  ];
  const text = JSON.stringify(entry.position === null ? [before, ...said] : [before, 'v2', ...said, ...since0012]);
  return createHash('sha256').update(text).digest('hex');
}

export interface AuditVerdict {
  /** Sealed entries that were looked at. */
  entries: number;
  /** Not sealed yet; the sealer does it every few seconds. */
  unsealed: number;
  /** Of the newest sealed entry; empty when there is none. Kept elsewhere, it proves later that nothing before it was cut off [C4]. */
  head: string;
  broken: BrokenEntry | null;
  /** Where the expected hash was found; null when it was not, or none was expected. */
  expected: { id: bigint; isHead: boolean } | null;
}

export interface BrokenEntry {
  id: bigint;
  at: Date;
  actor: string;
  action: string;
  target: string;
  /**
   * `changed`: this entry, or one sealed before positions were counted, is not what was sealed. `missing`: entries before it are gone.
   * `reordered`: it stands at another place than it was sealed at. `unsealed`: it is not sealed although later ones are.
   */
  fault: 'changed' | 'missing' | 'reordered' | 'unsealed';
  /** How many, for `missing`. */
  count: number;
}

/** Walks the whole chain, oldest first, up to the first fault. Reads 1,000 entries at a time. */
export async function verifyAudit(prisma: PrismaClient, expect: string | null = null): Promise<AuditVerdict> {
  const verdict: AuditVerdict = { entries: 0, unsealed: 0, head: '', broken: null, expected: null };
  let after = -1n;
  let position = 0n;
  let open: ChainedEntry | null = null;
  for (;;) {
    const entries = await prisma.auditEntry.findMany({ where: { id: { gt: after } }, orderBy: { id: 'asc' }, take: 1_000 });
    for (const entry of entries) {
      after = entry.id;
      if (entry.hash === null) {
        open ??= entry;
        verdict.unsealed++;
        continue;
      }
      position += 1n;
      const broken = open === null ? faultOf(entry, verdict.head, position) : describe(open, 'unsealed');
      if (broken !== null) return { ...verdict, broken };
      verdict.head = entry.hash;
      verdict.entries++;
      if (entry.hash === expect) verdict.expected = { id: entry.id, isHead: true };
      else if (verdict.expected !== null) verdict.expected.isHead = false;
    }
    if (entries.length < 1_000) return verdict;
  }
}

function faultOf(entry: ChainedEntry & { hash: string | null }, before: string, position: bigint): BrokenEntry | null {
  if (entry.position !== null && entry.position > position) return describe(entry, 'missing', Number(entry.position - position));
  if (entry.position !== null && entry.position < position) return describe(entry, 'reordered');
  return entry.hash === auditHash(before, entry) ? null : describe(entry, 'changed');
}

function describe({ id, at, actor, action, target }: ChainedEntry, fault: BrokenEntry['fault'], count = 1): BrokenEntry {
  return { id, at, actor, action, target, fault, count };
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

/** Postgres' lock_not_available, which Prisma passes on as the code of a failed raw statement. */
function isLockTimeout(thrown: unknown): boolean {
  return thrown instanceof Prisma.PrismaClientKnownRequestError && JSON.stringify(thrown.meta ?? {}).includes('55P03');
}
