/** Alert rules and their firings. When a rule fires, and whom it tells what, is decided in apps/server/src/alerts. */
import { randomUUID } from 'node:crypto';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { appendAudit } from './audit.ts';
import { changesOf } from './audit-changes.ts';
import { queueNotice, type Notice } from './notices.ts';

export interface AlertRuleFields {
  name: string;
  kind: string;
  workflowKey: string | null;
  threshold: number;
  minimum: number;
  windowSeconds: number;
  cooldownSeconds: number;
  remindEverySeconds: number | null;
  tellResolved: boolean;
  emails: string[];
  webhookUrl: string | null;
  enabled: boolean;
}

export type AlertRuleRecord = Awaited<ReturnType<typeof listAlertRules>>[number];

/** With the firing that goes on, if one does. By name. */
export async function listAlertRules(prisma: Pick<PrismaClient, 'alertRule'>) {
  return prisma.alertRule.findMany({
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    include: { firings: { where: { endedAt: null }, take: 1 } },
  });
}

/** Gives the id; undefined when the rule to change is gone. A rule whose question changed begins anew: its firing ends without being told. */
export async function saveAlertRule(
  prisma: PrismaClient,
  id: string | null,
  fields: AlertRuleFields,
  actor: string,
): Promise<string | undefined> {
  return prisma.$transaction(async (tx) => {
    if (id === null) {
      const made = randomUUID();
      await tx.alertRule.create({ data: { ...fields, id: made, createdBy: actor, updatedBy: actor } });
      await appendAudit(tx, { actor, action: 'alert.create', target: `alert:${made}`, after: { ...fields } });
      return made;
    }
    const before = await tx.alertRule.findUnique({ where: { id } });
    if (!before) return undefined;
    const asksElse = (['kind', 'workflowKey', 'threshold', 'minimum', 'windowSeconds', 'enabled'] as const).some(
      (name) => before[name] !== fields[name],
    );
    await tx.alertRule.update({
      where: { id },
      data: { ...fields, updatedAt: new Date(), updatedBy: actor, ...(asksElse ? { value: null, evaluatedAt: null, problem: null } : {}) },
    });
    if (asksElse) await tx.alertFiring.updateMany({ where: { ruleId: id, endedAt: null }, data: { endedAt: new Date() } });
    await appendAudit(tx, {
      actor,
      action: 'alert.change',
      target: `alert:${id}`,
      detail: { name: fields.name },
      ...changesOf(before, { ...fields }),
    });
    return id;
  });
}

/** The workflow the rule is about; null: all, or there is no such rule. */
export async function findAlertWorkflow(prisma: PrismaClient, id: string): Promise<string | null> {
  return (await prisma.alertRule.findUnique({ where: { id }, select: { workflowKey: true } }))?.workflowKey ?? null;
}

export async function deleteAlertRule(prisma: PrismaClient, id: string, actor: string): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const before = await tx.alertRule.findUnique({ where: { id } });
    if (!before) return false;
    await tx.alertRule.delete({ where: { id } });
    await appendAudit(tx, { actor, action: 'alert.delete', target: `alert:${id}`, detail: { name: before.name, kind: before.kind } });
    return true;
  });
}

/** The generation of the rule's signing key, raised when a new one is asked for. Undefined: no such rule. */
export async function webhookGeneration(
  prisma: PrismaClient,
  asked: { id: string; renew: boolean; actor: string },
): Promise<number | undefined> {
  return prisma.$transaction(async (tx) => {
    const { count } = await tx.alertRule.updateMany({
      where: { id: asked.id },
      data: asked.renew ? { webhookGeneration: { increment: 1 } } : {},
    });
    if (count === 0) return undefined;
    const { webhookGeneration } = await tx.alertRule.findUniqueOrThrow({ where: { id: asked.id }, select: { webhookGeneration: true } });
    await appendAudit(tx, { actor: asked.actor, action: asked.renew ? 'alert.renew-key' : 'alert.show-key', target: `alert:${asked.id}` });
    return webhookGeneration;
  });
}

/** Queues what a person asked for, as a test. */
export async function queueAlertTest(prisma: PrismaClient, test: { id: string; actor: string; notices: readonly Notice[] }): Promise<void> {
  await prisma.$transaction(async (tx) => {
    for (const notice of test.notices) await queueNotice(tx, notice);
    await appendAudit(tx, {
      actor: test.actor,
      action: 'alert.test',
      target: `alert:${test.id}`,
      detail: { notices: test.notices.length },
    });
  });
}

/** What one look at a rule changes. */
export interface AlertStep {
  ruleId: string;
  value: number | null;
  problem: string | null;
  firing:
    | { do: 'nothing' }
    | { do: 'begin'; worst: number }
    | { do: 'go-on'; id: bigint; worst: number; tell: boolean }
    | { do: 'end'; id: bigint };
  /** Of the firing that this step is about. */
  notices: (firing: { id: bigint; startedAt: Date; told: number }) => readonly (Notice | null)[];
  /** A firing that begins is told, not kept quiet by the cooldown. */
  tell: boolean;
  /** When it was looked at: of two processes with one rule, the later one sees what the other wrote. */
  now: Date;
}

/** Any number above those of the partitions that nothing else locks: a holder of the same one would keep the rules from being looked at. */
const alertLock = 7_300_021;

/** Runs `look` for all rules unless another process does at this moment: then null. */
export async function withAlertRules<Result>(
  prisma: PrismaClient,
  look: (rules: AlertRuleRecord[], apply: (step: AlertStep) => Promise<void>) => Promise<Result>,
): Promise<Result | null> {
  return prisma.$transaction(
    async (tx) => {
      const [lock] = await tx.$queryRaw<{ taken: boolean }[]>`SELECT pg_try_advisory_xact_lock(${alertLock}::bigint) AS taken`;
      if (!lock?.taken) return null;
      return look(await listAlertRules(tx), (step) => applyStep(tx, step));
    },
    { timeout: 120_000, maxWait: 10_000 },
  );
}

async function applyStep(tx: Prisma.TransactionClient, step: AlertStep): Promise<void> {
  const { ruleId, value, problem, firing, now } = step;
  await tx.alertRule.updateMany({ where: { id: ruleId }, data: { value, problem, evaluatedAt: now } });
  const told = { toldAt: now, told: { increment: 1 } };
  const changed = await (() => {
    switch (firing.do) {
      case 'nothing':
        return null;
      case 'begin':
        return tx.alertFiring.create({
          data: { ruleId, startedAt: now, worst: firing.worst, ...(step.tell ? { toldAt: now, told: 1 } : {}) },
        });
      case 'go-on':
        return tx.alertFiring.update({ where: { id: firing.id }, data: { worst: firing.worst, ...(firing.tell ? told : {}) } });
      case 'end':
        return tx.alertFiring.update({ where: { id: firing.id }, data: { endedAt: now } });
    }
  })();
  if (changed !== null && step.tell) for (const notice of step.notices(changed)) await queueNotice(tx, notice);
}

/** Newest first. */
export async function listAlertFirings(prisma: PrismaClient, limit: number) {
  return prisma.alertFiring.findMany({
    orderBy: { id: 'desc' },
    take: limit,
    include: { rule: { select: { name: true, kind: true, workflowKey: true, threshold: true } } },
  });
}

/** When each rule was told of last. */
export async function lastTold(prisma: PrismaClient): Promise<Map<string, Date>> {
  const told = await prisma.alertFiring.groupBy({ by: ['ruleId'], _max: { toldAt: true } });
  return new Map(told.flatMap(({ ruleId, _max }) => (_max.toldAt === null ? [] : [[ruleId, _max.toldAt] as const])));
}

/** The newest notices of alerts, whether they arrived or not. */
export async function listAlertDeliveries(prisma: PrismaClient, limit: number) {
  return prisma.notice.findMany({
    where: { kind: { startsWith: 'alert.' } },
    orderBy: { createdAt: 'desc' },
    take: limit,
    select: {
      id: true,
      kind: true,
      channel: true,
      recipient: true,
      subject: true,
      createdAt: true,
      dueAt: true,
      attempts: true,
      sentAt: true,
      failedAt: true,
      failedReason: true,
    },
  });
}
