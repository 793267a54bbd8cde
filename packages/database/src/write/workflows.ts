import type { WorkflowDocument } from '@perdure/graph';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { appendAudit } from './audit.ts';
import { changesOf } from './audit-changes.ts';

export interface NewWorkflow {
  key: string;
  title: string;
  description: string;
  folder: string;
  document: WorkflowDocument;
  sample: boolean;
  actor: string;
}

/** A key is taken for good, also when its workflow has been archived: instances and histories name it. */
export async function createWorkflow(
  prisma: PrismaClient,
  workflow: NewWorkflow,
): Promise<{ ok: true } | { ok: false; code: 'workflow.exists' }> {
  return prisma.$transaction(async (tx) => {
    const { count } = await tx.workflow.createMany({
      data: [
        {
          key: workflow.key,
          title: workflow.title,
          description: workflow.description,
          folder: workflow.folder,
          draft: asJson(workflow.document),
          sample: workflow.sample,
          createdBy: workflow.actor,
          draftSavedBy: workflow.actor,
        },
      ],
      skipDuplicates: true,
    });
    if (count === 0) return { ok: false, code: 'workflow.exists' };
    await appendAudit(tx, {
      actor: workflow.actor,
      action: 'workflow.create',
      target: `workflow:${workflow.key}`,
      detail: { title: workflow.title, folder: workflow.folder },
    });
    return { ok: true };
  });
}

/** The generation of the key that its tasks' webhooks are signed with, raised when a new one is asked for. Undefined: no such workflow. */
export async function taskWebhookGeneration(
  prisma: PrismaClient,
  asked: { key: string; renew: boolean; actor: string },
): Promise<number | undefined> {
  const { key, renew, actor } = asked;
  return prisma.$transaction(async (tx) => {
    if (renew) await tx.workflow.updateMany({ where: { key }, data: { webhookGeneration: { increment: 1 } } });
    const stored = await tx.workflow.findUnique({ where: { key }, select: { webhookGeneration: true } });
    if (!stored) return undefined;
    await appendAudit(tx, { actor, action: renew ? 'workflow.renew-webhook-key' : 'workflow.show-webhook-key', target: `workflow:${key}` });
    return stored.webhookGeneration;
  });
}

export type DraftSaving =
  | { ok: true; draftRevision: number; savedAt: Date }
  | { ok: false; code: 'workflow.unknown' }
  | { ok: false; code: 'draft.conflict'; draftRevision: number; savedAt: Date; savedBy: string; draft: WorkflowDocument };

/** Saves on top of `baseRevision`; with `force`, on top of whatever is there. */
export async function saveDraft(
  prisma: PrismaClient,
  save: { key: string; baseRevision: number; document: WorkflowDocument; force: boolean; actor: string },
): Promise<DraftSaving> {
  return prisma.$transaction(async (tx) => {
    const stored = await lockWorkflow(tx, save.key);
    if (!stored) return { ok: false, code: 'workflow.unknown' };
    if (stored.draftRevision !== save.baseRevision && !save.force) {
      return {
        ok: false,
        code: 'draft.conflict',
        draftRevision: stored.draftRevision,
        savedAt: stored.draftSavedAt,
        savedBy: stored.draftSavedBy,
        draft: stored.draft as unknown as WorkflowDocument, // parsed before it was stored
      };
    }
    const savedAt = new Date();
    const draftRevision = stored.draftRevision + 1;
    await tx.workflow.update({
      where: { key: save.key },
      data: { draft: asJson(save.document), draftRevision, draftSavedAt: savedAt, draftSavedBy: save.actor },
    });
    await appendAudit(tx, {
      actor: save.actor,
      action: 'workflow.save-draft',
      target: `workflow:${save.key}`,
      detail: { draftRevision, ...(stored.draftRevision === save.baseRevision ? {} : { replaced: stored.draftRevision }) },
    });
    return { ok: true, draftRevision, savedAt };
  });
}

export type Publishing = { ok: true; version: number; runningOnOlder: number } | { ok: false; code: 'workflow.unknown' | 'draft.conflict' };

/** Freezes the draft as the next version. The caller has checked exactly the draft of `draftRevision`; any other is a conflict. */
export async function publishVersion(
  prisma: PrismaClient,
  /** `despite`: scenarios that failed, for the audit log. */
  publish: { key: string; draftRevision: number; name: string; note: string; actor: string; despite?: readonly string[] },
): Promise<Publishing> {
  return prisma.$transaction(async (tx) => {
    const stored = await lockWorkflow(tx, publish.key);
    if (!stored) return { ok: false, code: 'workflow.unknown' };
    if (stored.draftRevision !== publish.draftRevision) return { ok: false, code: 'draft.conflict' };
    const version = (stored.latestVersion ?? 0) + 1;
    await tx.workflowVersion.create({
      data: {
        workflowKey: publish.key,
        version,
        document: stored.draft as Prisma.InputJsonValue,
        name: publish.name,
        note: publish.note,
        draftRevision: publish.draftRevision,
        publishedBy: publish.actor,
      },
    });
    await tx.workflow.update({ where: { key: publish.key }, data: { latestVersion: version } });
    await appendAudit(tx, {
      actor: publish.actor,
      action: 'workflow.publish',
      target: `workflow:${publish.key}`,
      detail: { version, name: publish.name, note: publish.note, ...(publish.despite && { despite: [...publish.despite] }) },
    });
    const runningOnOlder = await tx.instance.count({
      where: { workflowKey: publish.key, version: { gt: 0, lt: version }, status: { in: ['Pending', 'Running', 'Suspended'] } },
    });
    return { ok: true, version, runningOnOlder };
  });
}

/** Another name or note for a version. What it does never changes. False: there is no such version. */
export async function describeVersion(
  prisma: PrismaClient,
  describe: { key: string; version: number; name: string; note: string; actor: string },
): Promise<boolean> {
  const { key, version, name, note, actor } = describe;
  return prisma.$transaction(async (tx) => {
    const before = await tx.workflowVersion.findFirst({ where: { workflowKey: key, version, workflow: { archivedAt: null } } });
    if (!before) return false;
    await tx.workflowVersion.update({ where: { workflowKey_version: { workflowKey: key, version } }, data: { name, note } });
    await appendAudit(tx, {
      actor,
      action: 'workflow.describe-version',
      target: `workflow:${key}`,
      detail: { version },
      ...changesOf(before, { name, note }),
    });
    return true;
  });
}

export async function renameWorkflow(
  prisma: PrismaClient,
  rename: { key: string; title: string; description?: string | undefined; folder?: string | undefined; actor: string },
): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const before = await lockWorkflow(tx, rename.key);
    if (!before) return false;
    const { title, description = before.description, folder = before.folder } = rename;
    await tx.workflow.update({ where: { key: rename.key }, data: { title, description, folder } });
    await appendAudit(tx, {
      actor: rename.actor,
      action: 'workflow.rename',
      target: `workflow:${rename.key}`,
      ...changesOf(before, { title, description, folder }),
    });
    return true;
  });
}

/** Takes the workflow off the lists. Its versions stay: running instances go on, histories stay readable. */
export async function archiveWorkflow(prisma: PrismaClient, archive: { key: string; actor: string }): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const { count } = await tx.workflow.updateMany({ where: { key: archive.key, archivedAt: null }, data: { archivedAt: new Date() } });
    if (count === 0) return false;
    await appendAudit(tx, { actor: archive.actor, action: 'workflow.archive', target: `workflow:${archive.key}` });
    return true;
  });
}

export async function lockWorkflow(tx: Prisma.TransactionClient, key: string) {
  await tx.$queryRaw`SELECT 1 FROM workflow WHERE key = ${key} FOR UPDATE`;
  return tx.workflow.findFirst({ where: { key, archivedAt: null } });
}

/** A document is plain JSON; the interface just lacks the index signature Prisma's type asks for. */
function asJson(document: WorkflowDocument): Prisma.InputJsonValue {
  return document as unknown as Prisma.InputJsonValue;
}
