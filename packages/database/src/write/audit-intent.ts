/**
 * Deeds that the runtime commits: written down before they are tried, so that no crash in between loses the entry.
 *
 * I1 An intent becomes exactly one audit entry, or none when the deed was refused: whoever deletes its row decides, in one transaction.
 * I2 One that a crash left behind is settled by what the deed itself left behind, after `settleAfterMs`: no request takes that long.
 */
import type { Json } from '@perdure/graph';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';
import { appendAudit, auditLock, type AuditRecord } from './audit.ts';
import { noteDeed, requestOfDeed } from './audit-scope.ts';

export interface AuditIntent {
  readonly id: bigint;
  readonly record: AuditRecord;
}

export async function writeIntent(prisma: PrismaClient, record: Omit<AuditRecord, 'before' | 'after'>): Promise<AuditIntent> {
  const { actor, action, target, detail = {}, reason } = record;
  const { id } = await prisma.auditIntent.create({
    data: {
      actor,
      action,
      target,
      detail: detail as Prisma.InputJsonValue,
      ...(reason === undefined || reason === '' ? {} : { reason }),
      ...requestOfDeed(),
    },
    select: { id: true },
  });
  return { id, record };
}

/** It was done. `detail` in place of the intent's, when only the outcome tells it. */
export async function confirmIntent(prisma: PrismaClient, { id, record }: AuditIntent, changes: Partial<AuditRecord> = {}): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const { count } = await tx.auditIntent.deleteMany({ where: { id } });
    // Settled already [I1].
    if (count === 0) return noteDeed(record.action);
    await appendAudit(tx, { ...record, ...changes });
  });
}

/** It was refused: nothing happened. */
export async function dropIntent(prisma: PrismaClient, { id }: AuditIntent): Promise<void> {
  await prisma.auditIntent.deleteMany({ where: { id } });
}

/** [I2] */
const settleAfterMs = 5 * 60_000;
/** A command that was stored and is not taken up yet is waited for; not for ever. */
const patienceMs = 24 * 60 * 60_000;
const tracesSql = sqlFile(import.meta.url, 'intent-traces.sql');

/** Settles what crashes left behind. Gives how many. */
export async function settleIntents(prisma: PrismaClient, options: { olderThanMs?: number } = {}): Promise<number> {
  const { olderThanMs = settleAfterMs } = options;
  const intents = await prisma.auditIntent.findMany({
    where: { at: { lt: new Date(Date.now() - olderThanMs) } },
    orderBy: { id: 'asc' },
    take: 100,
  });
  let settled = 0;
  for (const intent of intents) {
    const outcome = await outcomeOf(prisma, intent);
    if (outcome === 'pending' && intent.at.getTime() > Date.now() - patienceMs) continue;
    if (await settle(prisma, intent, outcome === 'done' ? null : 'unknown')) settled++;
  }
  return settled;
}

async function settle(prisma: PrismaClient, intent: StoredIntent, outcome: 'unknown' | null): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${auditLock}::bigint)`;
    const { count } = await tx.auditIntent.deleteMany({ where: { id: intent.id } });
    if (count === 0) return false;
    const { id: _, detail, ...rest } = intent;
    // The moment of the deed, not of the settling.
    await tx.auditEntry.create({ data: { ...rest, detail: detail as Prisma.InputJsonValue, outcome } });
    return true;
  });
}

type StoredIntent = Awaited<ReturnType<PrismaClient['auditIntent']['findMany']>>[number];

/** By what the deed leaves behind: events of its kind by its actor in the history, the instance itself, or its absence. */
async function outcomeOf(prisma: PrismaClient, intent: StoredIntent): Promise<'done' | 'unknown' | 'pending'> {
  if (testRuns.has(intent.action)) return (await hasTestRun(prisma, intent)) ? 'done' : 'unknown';
  const instanceId = instanceOf(intent);
  if (instanceId === null) return 'unknown';
  const [traces] = await prisma.$queryRawUnsafe<{ exists: boolean; startedSince: boolean; events: string[]; waiting: boolean }[]>(
    tracesSql,
    instanceId,
    intent.actor,
    intent.at,
  );
  if (traces === undefined) return 'unknown';
  if (intent.action === 'instance.purge') return traces.exists ? 'unknown' : 'done';
  if (intent.action === 'instance.start' || intent.action === 'instance.restart') return traces.startedSince ? 'done' : 'unknown';
  const left = tracesOfActions[intent.action] ?? [];
  if (traces.events.some((type) => left.includes(type))) return 'done';
  return traces.waiting ? 'pending' : 'unknown';
}

/** The instance that shows whether it was done. */
function instanceOf({ action, target, detail }: StoredIntent): string | null {
  // An entity is an instance whose id is its own. What is started again is another instance, or the same one anew.
  if (action === 'entity.signal') return `@${target.slice('entity:'.length)}`;
  if (action !== 'instance.restart' && target.startsWith('instance:')) return target.slice('instance:'.length);
  const named = (detail as { [key: string]: Json } | null)?.[action === 'instance.restart' ? 'as' : 'instance'];
  return typeof named === 'string' ? named : null;
}

/** What starts test runs of a draft, under ids that nobody knew before. */
const testRuns: ReadonlySet<string> = new Set(['workflow.run-draft', 'workflow.run-scenarios']);

async function hasTestRun(prisma: PrismaClient, { target, actor, at }: StoredIntent): Promise<boolean> {
  const workflowKey = target.slice('workflow:'.length);
  // Snapshots of drafts are versions with negative numbers. The clock of who wrote the intent may be ahead.
  const since = new Date(at.getTime() - 5_000);
  const run = await prisma.instance.findFirst({
    where: { workflowKey, startedBy: actor, version: { lt: 0 }, createdAt: { gte: since } },
    select: { id: true },
  });
  return run !== null;
}

/** The events each action leaves in the history of its instance, with its actor as `by`. */
const tracesOfActions: Readonly<Record<string, readonly string[]>> = {
  'instance.suspend': ['ExecutionSuspended'],
  'instance.resume': ['ExecutionResumed'],
  'instance.terminate': ['ExecutionTerminated'],
  'instance.rewind': ['ExecutionRewound'],
  'instance.raise-event': ['EventRaised'],
  'instance.release': ['TaskReleased'],
  'instance.give-up': ['TaskFailed'],
  'instance.retry-step': ['StepRetried', 'TaskReleased', 'ExecutionRewound'],
  'instance.skip-step': ['StepSkippedByHand'],
  'instance.set-variables': ['VariablesEdited'],
  'instance.migrate': ['VersionMigrated'],
  'task.claim': ['HumanTaskClaimed'],
  'task.release': ['HumanTaskReleased'],
  'task.decide': ['HumanTaskDecided', 'HumanTaskVoted'],
  'task.assign': ['HumanTaskAssigned'],
  'task.delegate': ['HumanTaskAssigned'],
  'entity.signal': ['EntityOperationApplied', 'EntityOperationRejected', 'EntityRequestQueued', 'EntitySignalDelayed'],
};
