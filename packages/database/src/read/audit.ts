/**
 * Reading the audit log. Pages are found by key, so a page costs the same wherever it is. A text is looked for in a bounded stretch of the log
 * at a time: nothing indexes it, and a search must not hold the database up.
 */
import type { Json } from '@perdure/graph';
import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';

export interface AuditFilter {
  actor?: string | undefined;
  actions?: readonly string[] | undefined;
  target?: string | undefined;
  from?: Date | undefined;
  before?: Date | undefined;
  /** Part of what the entry says. */
  text?: string | undefined;
}

export interface AuditRecordRead {
  id: bigint;
  at: Date;
  actor: string;
  actorName: string | null;
  action: string;
  target: string;
  targetName: string | null;
  detail: Json;
  before: Json;
  after: Json;
  reason: string | null;
  requestId: string | null;
  address: string | null;
  outcome: string | null;
  hash: string | null;
  position: bigint | null;
}

export interface AuditPage {
  /** Newest first. */
  rows: AuditRecordRead[];
  /** Below which the next page begins; null when there is none. */
  next: bigint | null;
  /** The text was looked for down to this moment only; null when the page is full or the log at its end. */
  searchedTo: Date | null;
}

/** Ids that one search of a text looks at. */
const stretch = 100_000n;

export async function listAudit(
  prisma: PrismaClient,
  filter: AuditFilter,
  page: { below: bigint | null; limit: number },
): Promise<AuditPage> {
  const { limit } = page;
  let floor: bigint | null = null;
  if (filter.text !== undefined && filter.text !== '') {
    const top = page.below ?? (await newestId(prisma)) + 1n;
    floor = top - stretch - 1n;
  }
  const found = await readAudit(prisma, newestFirstSql, filter, { below: page.below, above: floor, limit: limit + 1 });
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  if (found.length > limit && last) return { rows, next: last.id, searchedTo: null };
  if (floor === null) return { rows, next: null, searchedTo: null };
  const [below] = await prisma.auditEntry.findMany({ where: { id: { lte: floor } }, orderBy: { id: 'desc' }, take: 1 });
  return below ? { rows, next: floor + 1n, searchedTo: below.at } : { rows, next: null, searchedTo: null };
}

/** Everything that matches, oldest first, a thousand at a time. */
export async function* walkAudit(prisma: PrismaClient, filter: AuditFilter): AsyncGenerator<AuditRecordRead[], void> {
  const end = await newestId(prisma);
  const whole = filter.text !== undefined && filter.text !== '';
  let above = 0n;
  while (above < end) {
    // A page of a rare text would read the whole log in one statement.
    const ceiling = whole ? above + stretch : end;
    const rows = await readAudit(prisma, oldestFirstSql, filter, { below: (ceiling < end ? ceiling : end) + 1n, above, limit: 1_000 });
    if (rows.length > 0) yield rows;
    above = rows.length === 1_000 ? (rows.at(-1)?.id ?? ceiling) : ceiling;
  }
}

export interface AuditChoices {
  actors: { id: string; name: string | null }[];
  actions: string[];
}

export async function auditChoices(prisma: PrismaClient): Promise<AuditChoices> {
  const [choices] = await prisma.$queryRawUnsafe<AuditChoices[]>(choicesSql);
  return choices ?? { actors: [], actions: [] };
}

const listSql = sqlFile(import.meta.url, 'audit-list.sql');
const choicesSql = sqlFile(import.meta.url, 'audit-choices.sql');
const newestFirstSql = listSql.replaceAll('/*direction*/', 'DESC');
const oldestFirstSql = listSql.replaceAll('/*direction*/', 'ASC');

async function readAudit(
  prisma: PrismaClient,
  sql: string,
  { actor, actions, target, from, before, text }: AuditFilter,
  { below, above, limit }: { below: bigint | null; above: bigint | null; limit: number },
): Promise<AuditRecordRead[]> {
  const pattern = text === undefined || text === '' ? null : `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return prisma.$queryRawUnsafe<AuditRecordRead[]>(
    sql,
    actor ?? null,
    actions ?? null,
    target ?? null,
    from ?? null,
    before ?? null,
    pattern,
    below,
    above,
    limit,
  );
}

async function newestId(prisma: PrismaClient): Promise<bigint> {
  const newest = await prisma.auditEntry.findFirst({ orderBy: { id: 'desc' }, select: { id: true } });
  return newest?.id ?? 0n;
}
