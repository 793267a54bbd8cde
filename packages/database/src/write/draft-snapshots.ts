/**
 * What test runs run: the draft as it was at one revision, kept as a version with a negative number.
 *
 * 1. A snapshot is never the latest version, is in no list of versions, and is started only by its number.
 * 2. A number is not used twice, so that a plan kept in memory is that of its number for ever.
 * 3. It stays while an instance is on it. One that nobody is on goes with the next one, an hour after it was last asked for: whoever was
 *    given its number may be about to start.
 */
import type { WorkflowDocument } from '@perdure/graph';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { lockWorkflow } from './workflows.ts';

export type Snapshot =
  | { ok: true; version: number; document: WorkflowDocument }
  | { ok: false; code: 'workflow.unknown' | 'draft.conflict' };

const keptUnusedMs = 3_600_000;

/** The snapshot of the draft at this revision; another revision is a conflict. */
export async function snapshotDraft(
  prisma: PrismaClient,
  wanted: { key: string; draftRevision: number; actor: string },
): Promise<Snapshot> {
  const { key, draftRevision, actor } = wanted;
  return prisma.$transaction(async (tx) => {
    const stored = await lockWorkflow(tx, key);
    if (!stored) return { ok: false, code: 'workflow.unknown' };
    if (stored.draftRevision !== draftRevision) return { ok: false, code: 'draft.conflict' };
    const document = stored.draft as unknown as WorkflowDocument; // parsed before it was stored
    await sweep(tx, key);
    const known = await tx.workflowVersion.findFirst({ where: { workflowKey: key, draftRevision, version: { lt: 0 } } });
    if (known) {
      const place = { workflowKey_version: { workflowKey: key, version: known.version } };
      await tx.workflowVersion.update({ where: place, data: { publishedAt: new Date() } });
      return { ok: true, version: known.version, document };
    }
    const { testSnapshots } = await tx.workflow.update({ where: { key }, data: { testSnapshots: { increment: 1 } } });
    const version = -testSnapshots;
    await tx.workflowVersion.create({
      data: { workflowKey: key, version, document: stored.draft as Prisma.InputJsonValue, note: '', draftRevision, publishedBy: actor },
    });
    return { ok: true, version, document };
  });
}

async function sweep(tx: Prisma.TransactionClient, key: string): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM workflow_version v
    WHERE v.workflow_key = ${key} AND v.version < 0 AND v.published_at < ${new Date(Date.now() - keptUnusedMs)}
      AND NOT EXISTS (SELECT 1 FROM instance i WHERE i.workflow_key = v.workflow_key AND i.version = v.version)`;
}
