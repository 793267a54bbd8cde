import type { Json, WorkflowDocument } from '@perdure/graph';
import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';

export interface WorkflowRecord {
  key: string;
  title: string;
  description: string;
  folder: string;
  sample: boolean;
  latestVersion: number | null;
  hasUnpublishedChanges: boolean;
  draftRevision: number;
  draftSavedAt: Date;
  draftSavedBy: string;
  liveInstances: number;
  lastStartedAt: Date | null;
}

/** Own workflows first, samples behind them, by title. Archived ones are left out. `keys`: only these; null: all. */
export async function listWorkflows(
  prisma: PrismaClient,
  { text, keys }: { text?: string | undefined; keys: readonly string[] | null },
): Promise<WorkflowRecord[]> {
  const pattern = text ? `%${text.replaceAll(/[\\%_]/g, '\\$&')}%` : null;
  return prisma.$queryRawUnsafe<WorkflowRecord[]>(listSql, pattern, keys);
}

/** All there are, archived ones among them. */
export async function readWorkflowNames(prisma: PrismaClient): Promise<{ key: string; title: string; archivedAt: Date | null }[]> {
  return prisma.workflow.findMany({ select: { key: true, title: true, archivedAt: true }, orderBy: { key: 'asc' } });
}

export interface WorkflowWithDraft {
  key: string;
  title: string;
  description: string;
  folder: string;
  sample: boolean;
  draft: WorkflowDocument;
  draftRevision: number;
  draftSavedAt: Date;
  draftSavedBy: string;
  latestVersion: number | null;
  latestVersionDraftRevision: number | null;
}

export async function findWorkflow(prisma: PrismaClient, key: string): Promise<WorkflowWithDraft | undefined> {
  const row = await prisma.workflow.findFirst({ where: { key, archivedAt: null } });
  if (!row) return undefined;
  const latest =
    row.latestVersion === null
      ? null
      : await prisma.workflowVersion.findUnique({
          where: { workflowKey_version: { workflowKey: key, version: row.latestVersion } },
          select: { draftRevision: true },
        });
  return {
    key: row.key,
    title: row.title,
    description: row.description,
    folder: row.folder,
    sample: row.sample,
    draft: asDocument(row.draft),
    draftRevision: row.draftRevision,
    draftSavedAt: row.draftSavedAt,
    draftSavedBy: await personName(prisma, row.draftSavedBy),
    latestVersion: row.latestVersion,
    latestVersionDraftRevision: latest?.draftRevision ?? null,
  };
}

export interface VersionRecord {
  version: number;
  name: string;
  note: string;
  publishedAt: Date;
  publishedBy: string;
  liveInstances: number;
}

export async function listVersions(prisma: PrismaClient, key: string): Promise<VersionRecord[]> {
  return prisma.$queryRawUnsafe<VersionRecord[]>(versionsSql, key);
}

export interface VersionWithDocument {
  version: number;
  document: WorkflowDocument;
  name: string;
  note: string;
  publishedAt: Date;
  publishedBy: string;
}

export async function findVersion(prisma: PrismaClient, key: string, version: number): Promise<VersionWithDocument | undefined> {
  const row = await prisma.workflowVersion.findUnique({ where: { workflowKey_version: { workflowKey: key, version } } });
  if (!row) return undefined;
  return {
    version: row.version,
    document: asDocument(row.document),
    name: row.name,
    note: row.note,
    publishedAt: row.publishedAt,
    publishedBy: await personName(prisma, row.publishedBy),
  };
}

/** Whether any version of it, or a snapshot of its draft, marks something as sensitive. */
export async function marksInAnyVersion(prisma: PrismaClient, key: string): Promise<boolean> {
  const [found] = await prisma.$queryRaw<{ marks: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM workflow_version WHERE workflow_key = ${key} AND document::text ~ '"x-sensitive"\\s*:\\s*true') AS marks`;
  return found?.marks ?? false;
}

/** The newest instance of the workflow that is finished, or else the newest at all: what its data looks like. */
export async function findLatestInstance(prisma: PrismaClient, key: string): Promise<string | undefined> {
  const finished = await prisma.instance.findFirst({
    where: { workflowKey: key, status: 'Completed' },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    select: { id: true },
  });
  if (finished) return finished.id;
  const newest = await prisma.instance.findFirst({
    where: { workflowKey: key },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    select: { id: true },
  });
  return newest?.id;
}

/** A person's name for what a row stores: a user's id, or a word such as `system`. */
export async function personName(prisma: PrismaClient, actor: string): Promise<string> {
  const user = await prisma.user.findUnique({ where: { id: actor }, select: { name: true } });
  return user?.name ?? actor;
}

/** Documents are parsed before they are stored, so what is stored is one. */
function asDocument(value: unknown): WorkflowDocument {
  return value as Json as unknown as WorkflowDocument;
}

const listSql = sqlFile(import.meta.url, 'workflow-list.sql');
const versionsSql = sqlFile(import.meta.url, 'version-list.sql');
