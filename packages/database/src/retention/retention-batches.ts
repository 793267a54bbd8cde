/**
 * Batches of instances that go together.
 *
 * C1 What goes is chosen and stored before anything is done to it: ids with the execution and the seq they had.
 * C2 There is one unfinished batch at most (an index of migration 0016 sees to it), so no instance is in two of them.
 * C3 Whoever takes up a batch raises its attempt; what an earlier attempt says of it afterwards counts no more.
 * C4 A batch of a rule that was changed or removed is not gone on with.
 * C5 Once it is archived a batch holds what stands whole in its file, and nothing else: only that can be purged.
 * C6 What could not be archived is written down with the batch that came across it, and is not chosen again for a day.
 */
import { randomUUID } from 'node:crypto';
import type { FinalStatus } from '@perdure/engine';
import type { Ask } from '../asking.ts';
import type { PrismaClient } from '../generated/client.ts';
import { SqlValues } from '../sql-parts.ts';
import { appendAudit } from '../write/audit.ts';
import { askForDue, retentionSql, type RetentionScope } from './due.ts';

export interface RetentionBatch {
  id: string;
  ruleId: string;
  /** '' = of all without a rule of their own. */
  workflowKey: string;
  status: FinalStatus;
  archive: boolean;
  /** Of the rule, when it was chosen. */
  revision: number;
  createdAt: Date;
  attempt: number;
  ids: string[];
  executionIds: string[];
  seqs: number[];
  instances: number;
  file: string | null;
  fileBytes: number | null;
}

/** C1. Null: nothing is due, or the rule is another by now, or somebody else has an unfinished batch. */
export async function planRetentionBatch(
  ask: Ask,
  rule: RetentionScope & { id: string; revision: number; archive: boolean },
  most: { instances: number; events: number },
): Promise<RetentionBatch | null> {
  const batch = randomUUID();
  const named = { batch, rule: rule.id, revision: rule.revision, archive: rule.archive, limit: most.instances, events: most.events };
  const { sql, values } = askForDue('plan', rule, named);
  const made = await ask(sql, values);
  return made.length === 0 ? null : readBatch(ask, batch);
}

/** C3. What a process left behind when it vanished; null: nothing. */
export async function takeUpRetentionBatch(ask: Ask): Promise<RetentionBatch | null> {
  const [left] = await ask<{ id: string }>(retentionSql('take up'), []);
  return left === undefined ? null : readBatch(ask, left.id);
}

/** C3, C4 */
export async function retentionGoesOn(prisma: PrismaClient, { id, attempt }: RetentionBatch): Promise<boolean> {
  return (await tell(prisma, 'goes on', { batch: id, attempt })).length > 0;
}

/** An instance as it was when it was chosen. */
export interface RetentionHead {
  id: string;
  executionId: string;
  seq: number;
}

export interface RetentionUnreadable extends RetentionHead {
  /** In words, for whoever looks after the rules. */
  why: string;
}

export interface WrittenArchive {
  /** Null: nothing of the batch could be archived. */
  file: { name: string; bytes: number } | null;
  whole: readonly RetentionHead[];
  unreadable: readonly RetentionUnreadable[];
}

/** C5, C6. From now on what is whole may be purged. False: another attempt has the batch (C3). */
export async function recordArchive(
  prisma: PrismaClient,
  { id, ruleId, attempt }: RetentionBatch,
  { file, whole, unreadable }: WrittenArchive,
): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const archived = { file: file?.name ?? null, bytes: file?.bytes ?? null, ...columnsOf(whole) };
    if ((await tell(tx, 'record file', { batch: id, attempt, ...archived })).length === 0) return false;
    if (whole.length > 0) await tx.retentionUnreadable.deleteMany({ where: { instanceId: { in: archived.ids } } });
    if (unreadable.length > 0)
      await tell(tx, 'keep unreadable', { rule: ruleId, ...columnsOf(unreadable), whys: unreadable.map(({ why }) => why) });
    return true;
  });
}

/** Those that went since, were purged by hand or went on: C6 holds for an instance as it was. */
export async function forgetUnreadable(prisma: PrismaClient): Promise<void> {
  await tell(prisma, 'forget unreadable', {});
}

function columnsOf(heads: readonly RetentionHead[]) {
  return { ids: heads.map(({ id }) => id), executions: heads.map(({ executionId }) => executionId), seqs: heads.map(({ seq }) => seq) };
}

/** Whatever of it is still there stays. Gives how many went, with an entry in the audit log if any did; null: another attempt has it. */
export async function finishRetentionBatch(prisma: PrismaClient, batch: RetentionBatch): Promise<number | null> {
  return prisma.$transaction(async (tx) => {
    const [ended] = await tell<{ purged: number }>(tx, 'finish', { batch: batch.id, attempt: batch.attempt });
    if (ended === undefined) return null;
    if (ended.purged === 0 && batch.file === null) await tx.retentionBatch.delete({ where: { id: batch.id } });
    if (ended.purged > 0)
      await appendAudit(tx, {
        actor: 'system',
        action: 'retention.purge',
        target: `retention:${batch.ruleId}`,
        detail: {
          workflowKey: batch.workflowKey === '' ? null : batch.workflowKey,
          status: batch.status,
          purged: ended.purged,
          ...(batch.file === null ? { archived: false } : { archive: batch.file }),
        },
      });
    return ended.purged;
  });
}

/** A rule was looked at: nothing is due, or it cannot go on. */
export async function tellRetention(
  prisma: PrismaClient,
  { id, revision }: { id: string; revision: number },
  trouble: string | null,
): Promise<void> {
  await tell(prisma, 'looked', { rule: id, revision, trouble });
}

export interface RetentionArchive {
  id: string;
  workflowKey: string | null;
  status: FinalStatus;
  createdAt: Date;
  instances: number;
  purged: number;
  file: string | null;
  bytes: number | null;
  finished: boolean;
}

/** Newest first. */
export async function listRetentionBatches(prisma: PrismaClient, limit: number): Promise<RetentionArchive[]> {
  const rows = await prisma.retentionBatch.findMany({
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: limit,
    omit: { instanceIds: true, executionIds: true, seqs: true },
  });
  return rows.map(({ id, workflowKey, status, createdAt, instances, purged, file, fileBytes, finishedAt }) => ({
    id,
    workflowKey: workflowKey === '' ? null : workflowKey,
    status: status as FinalStatus, // the rule's
    createdAt,
    instances,
    purged,
    file,
    bytes: fileBytes === null ? null : Number(fileBytes),
    finished: finishedAt !== null,
  }));
}

async function readBatch(ask: Ask, id: string): Promise<RetentionBatch | null> {
  const values = new SqlValues();
  const [batch] = await ask<RetentionBatch>(values.bind(retentionSql('batch'), { batch: id }), values.list);
  return batch ?? null;
}

async function tell<Row>(
  prisma: Pick<PrismaClient, '$queryRawUnsafe'>,
  piece: string,
  named: Readonly<Record<string, unknown>>,
): Promise<Row[]> {
  const values = new SqlValues();
  const sql = values.bind(retentionSql(piece), named);
  return prisma.$queryRawUnsafe<Row[]>(sql, ...values.list);
}
