/**
 * Batches of instances that go together.
 *
 * C1 What goes is chosen and stored before anything is done to it: ids with the execution and the seq they had.
 * C2 There is one unfinished batch at most (an index of migration 0016 sees to it), so no instance is in two of them.
 * C3 Whoever takes up a batch raises its attempt; what an earlier attempt says of it afterwards counts no more.
 * C4 A batch of a rule that was changed or removed is not gone on with.
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
  rule: RetentionScope & { id: string; revision: number },
  most: { instances: number; events: number },
): Promise<RetentionBatch | null> {
  const batch = randomUUID();
  const named = { batch, rule: rule.id, revision: rule.revision, limit: most.instances, events: most.events };
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

/** From now on it may be purged. False: another attempt has the batch (C3). */
export async function recordArchive(
  prisma: PrismaClient,
  { id, attempt }: RetentionBatch,
  { file, bytes }: { file: string; bytes: number },
): Promise<boolean> {
  return (await tell(prisma, 'record file', { batch: id, attempt, file, bytes })).length > 0;
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
