/** The rules that let finished instances go. What they do is in apps/server/src/retention. */
import { randomUUID } from 'node:crypto';
import type { FinalStatus } from '@perdure/engine';
import type { PrismaClient } from '../generated/client.ts';
import { personNames } from '../read/people.ts';
import { appendAudit } from '../write/audit.ts';
import { changesOf } from '../write/audit-changes.ts';

export interface RetentionRuleFields {
  /** Null: all workflows that have no rule of their own for the status. */
  workflowKey: string | null;
  status: FinalStatus;
  /** Null: never. */
  afterDays: number | null;
  archive: boolean;
}

export interface RetentionRuleRecord extends RetentionRuleFields {
  id: string;
  revision: number;
  workflowTitle: string | null;
  updatedBy: { id: string; name: string };
  updatedAt: Date;
  purged: number;
  ranAt: Date | null;
  trouble: string | null;
  /** What of it is due and could not be archived: how many, and the first of them. */
  unreadable: { count: number; first: { id: string; why: string }[] };
}

const namedUnreadable = 5;

/** Those for all workflows first, then by the workflow's key. */
export async function listRetentionRules(prisma: PrismaClient): Promise<RetentionRuleRecord[]> {
  const rows = await prisma.retentionRule.findMany({
    orderBy: [{ workflowKey: 'asc' }, { status: 'asc' }],
    include: {
      unreadable: { orderBy: { instanceId: 'asc' }, take: namedUnreadable, select: { instanceId: true, why: true } },
      _count: { select: { unreadable: true } },
    },
  });
  const workflows = await prisma.workflow.findMany({
    where: { key: { in: rows.map(({ workflowKey }) => workflowKey) } },
    select: { key: true, title: true },
  });
  const titles = new Map(workflows.map(({ key, title }) => [key, title]));
  const names = await personNames(prisma, new Set(rows.map(({ updatedBy }) => updatedBy)));
  return rows.map(({ workflowKey, status, updatedBy, unreadable, _count, ...row }) => ({
    ...row,
    unreadable: { count: _count.unreadable, first: unreadable.map(({ instanceId, why }) => ({ id: instanceId, why })) },
    workflowKey: workflowKey === '' ? null : workflowKey,
    workflowTitle: workflowKey === '' ? null : (titles.get(workflowKey) ?? workflowKey),
    status: status as FinalStatus, // what was saved
    updatedBy: { id: updatedBy, name: names.get(updatedBy) ?? updatedBy },
  }));
}

export type AddedRetention = { ok: true; ids: string[] } | { ok: false; taken: FinalStatus };

/** Makes one rule for each status, all or none of them. Of a workflow and a status there is one. */
export async function addRetentionRules(
  prisma: PrismaClient,
  rules: readonly RetentionRuleFields[],
  { actor, reason }: { actor: string; reason: string },
): Promise<AddedRetention> {
  return prisma
    .$transaction(async (tx) => {
      const ids: string[] = [];
      for (const { workflowKey, ...fields } of rules) {
        const id = randomUUID();
        const { count } = await tx.retentionRule.createMany({
          data: { ...fields, id, workflowKey: workflowKey ?? '', updatedBy: actor },
          skipDuplicates: true,
        });
        if (count === 0) throw new Taken(fields.status);
        await appendAudit(tx, { actor, action: 'retention.create', target: `retention:${id}`, after: { workflowKey, ...fields }, reason });
        ids.push(id);
      }
      return { ok: true as const, ids };
    })
    .catch((thrown: unknown) => {
      if (thrown instanceof Taken) return { ok: false as const, taken: thrown.status };
      throw thrown;
    });
}

/** What a rule is for stays; only what it says of it changes. False: there is no such rule. */
export async function changeRetentionRule(
  prisma: PrismaClient,
  id: string,
  fields: Pick<RetentionRuleFields, 'afterDays' | 'archive'>,
  { actor, reason }: { actor: string; reason: string },
): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const before = await tx.retentionRule.findUnique({ where: { id } });
    if (!before) return false;
    await tx.retentionRule.update({
      where: { id },
      data: { ...fields, revision: { increment: 1 }, updatedBy: actor, updatedAt: new Date(), trouble: null, ranAt: null },
    });
    const detail = { workflowKey: before.workflowKey === '' ? null : before.workflowKey, status: before.status };
    await appendAudit(tx, {
      actor,
      action: 'retention.change',
      target: `retention:${id}`,
      detail,
      ...changesOf(before, { ...fields }),
      reason,
    });
    return true;
  });
}

/** False: there is no such rule. */
export async function removeRetentionRule(
  prisma: PrismaClient,
  id: string,
  { actor, reason }: { actor: string; reason: string },
): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const before = await tx.retentionRule.findUnique({ where: { id } });
    if (!before) return false;
    await tx.retentionRule.delete({ where: { id } });
    const { workflowKey, status, afterDays, archive } = before;
    await appendAudit(tx, {
      actor,
      action: 'retention.remove',
      target: `retention:${id}`,
      before: { workflowKey: workflowKey === '' ? null : workflowKey, status, afterDays, archive },
      reason,
    });
    return true;
  });
}

class Taken extends Error {
  readonly status: FinalStatus;
  constructor(status: FinalStatus) {
    super(`There is a rule for ${status} already.`);
    this.status = status;
  }
}
