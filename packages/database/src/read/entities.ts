/** Entities and their types as pages and the HTTP API show them. */
import type { RequestSource } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';
import { personName } from './workflows.ts';

export interface EntityRecord {
  /** `@name@key`. */
  id: string;
  name: string;
  key: string;
  /** Of its type, when it ran last. */
  version: number;
  /** Null when it has none (`exists` false) or its state is null. */
  state: Json;
  exists: boolean;
  lockedBy: { instanceId: string; step: string } | null;
  /** Requests that wait for the lock to be released. */
  queued: number;
  /** The first 20 of them, in their order, without their inputs. `operation`: null = a lock. */
  waiting: { operation: string | null; from: RequestSource }[];
  /** Signals whose moment has not come. */
  delayed: number;
  /** Epoch ms. */
  lastOperationAt: number | null;
  executionId: string;
  seq: number;
  checkpointSeq: number;
  partition: number;
  createdAt: Date;
}

export interface EntityFilter {
  name?: string | undefined;
  /** Start of the key; needs a name. */
  keyPrefix?: string | undefined;
  lastOperationAfter?: Date | undefined;
  lastOperationBefore?: Date | undefined;
  /** Also those without a state: only locked, waited for, or ended. */
  includeTransient?: boolean | undefined;
}

/** By id, behind `after`. Keyset paging: the cost does not grow with the page number. */
export async function listEntities(
  prisma: PrismaClient,
  filter: EntityFilter,
  page: { after: string | null; limit: number },
): Promise<{ rows: EntityRecord[]; more: boolean }> {
  const prefix = filter.name === undefined ? '@' : `@${filter.name.toLowerCase()}@${filter.keyPrefix ?? ''}`;
  const rows = await prisma.$queryRawUnsafe<EntityRecord[]>(
    columnsSql + listSql,
    prefix,
    `${prefix}\u{10FFFF}`,
    page.after,
    filter.lastOperationAfter?.getTime() ?? null,
    filter.lastOperationBefore?.getTime() ?? null,
    filter.includeTransient ?? false,
    page.limit + 1,
  );
  return { rows: rows.slice(0, page.limit), more: rows.length > page.limit };
}

/** Also one that has ended and whose history is still there. */
export async function findEntity(prisma: PrismaClient, name: string, key: string): Promise<EntityRecord | undefined> {
  const [row] = await prisma.$queryRawUnsafe<EntityRecord[]>(columnsSql + detailSql, `@${name.toLowerCase()}@${key}`);
  return row;
}

export interface EntityTypeRecord {
  name: string;
  title: string;
  description: string;
  document: Json;
  version: number;
  updatedAt: Date;
  updatedBy: string;
  /** Live ones, counted up to 10,001. */
  entities: number;
}

/** By title, without the archived ones. */
export async function listEntityTypes(prisma: PrismaClient): Promise<EntityTypeRecord[]> {
  return prisma.$queryRawUnsafe<EntityTypeRecord[]>(typesSql, 10_001);
}

export async function findEntityType(prisma: PrismaClient, name: string): Promise<Omit<EntityTypeRecord, 'entities'> | undefined> {
  const row = await prisma.entityType.findFirst({ where: { name: name.toLowerCase(), archivedAt: null } });
  if (!row) return undefined;
  const { title, description, document, version, updatedAt, updatedBy } = row;
  return {
    name: row.name,
    title,
    description,
    document: document as Json,
    version,
    updatedAt,
    updatedBy: await personName(prisma, updatedBy),
  };
}

/** Newest first. */
export async function listEntityTypeVersions(
  prisma: PrismaClient,
  name: string,
): Promise<{ version: number; document: Json; savedAt: Date; savedBy: string }[]> {
  const rows = await prisma.entityTypeVersion.findMany({ where: { name: name.toLowerCase() }, orderBy: { version: 'desc' } });
  return rows.map(({ version, document, savedAt, savedBy }) => ({ version, document: document as Json, savedAt, savedBy }));
}

const columnsSql = sqlFile(import.meta.url, 'entity-columns.sql');
const listSql = sqlFile(import.meta.url, 'entity-list.sql');
const detailSql = sqlFile(import.meta.url, 'entity-detail.sql');
const typesSql = sqlFile(import.meta.url, 'entity-type-list.sql');
