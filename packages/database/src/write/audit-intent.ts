/**
 * Deeds that the runtime commits: written down before they are tried, so that no crash in between loses the entry.
 *
 * I1 An intent becomes exactly one audit entry, or none when the deed was refused: whoever deletes its row decides, in one transaction.
 * I2 One that a crash left behind is settled by what the deed itself left behind, after `settleAfterMs`: no request takes that long.
 * I3 However many cannot be settled yet, the others are come to: each call looks at the next portion, and begins anew after the last.
 * I4 A deed over many instances says which it takes next before it takes them; what a crash leaves of it is counted by those that are gone.
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

export interface DeedPortion {
  /** The field of the entry's detail that says how many. */
  field: string;
  /** How many were purged before these. */
  before: number;
  ids: readonly string[];
}

/** [I4] Before a portion of the deed's instances is purged. */
export async function notePortion(prisma: PrismaClient, { id, record }: AuditIntent, { field, before, ids }: DeedPortion): Promise<void> {
  const portion = { field, before, ids: [...ids], at: new Date().toISOString() } satisfies StoredPortion;
  const said = (record.detail ?? {}) as { [key: string]: Json }; // an object wherever a portion is told
  await prisma.auditIntent.updateMany({ where: { id }, data: { detail: { ...said, portion } as Prisma.InputJsonValue } });
}

/** [I2] */
const settleAfterMs = 5 * 60_000;
/** A command that was stored and is not taken up yet is waited for; not for ever. */
const patienceMs = 24 * 60 * 60_000;
const tracesSql = sqlFile(import.meta.url, 'intent-traces.sql');

export interface SettledIntents {
  settled: number;
  /** Where the next call goes on; null: at the beginning. */
  next: bigint | null;
  /** What kept one of them from being settled, if anything did. */
  trouble: unknown;
}

/** [I3] Settles what crashes left behind, a portion of it: those after `after`. Rejects when the database is away. */
export async function settleIntents(
  prisma: PrismaClient,
  options: { olderThanMs?: number; after?: bigint | null; atOnce?: number } = {},
): Promise<SettledIntents> {
  const { olderThanMs = settleAfterMs, after, atOnce = 100 } = options;
  const intents = await prisma.auditIntent.findMany({
    where: { at: { lt: new Date(Date.now() - olderThanMs) }, id: { gt: after ?? 0n } },
    orderBy: { id: 'asc' },
    take: atOnce,
  });
  let settled = 0;
  let trouble: unknown = null;
  for (const intent of intents) {
    try {
      const outcome = await outcomeOf(prisma, intent, olderThanMs);
      if (outcome.kind === 'pending' && intent.at.getTime() > Date.now() - patienceMs) continue;
      if (await settle(prisma, intent, outcome)) settled++;
    } catch (thrown) {
      trouble ??= thrown;
    }
  }
  return { settled, next: intents.length === atOnce ? (intents.at(-1)?.id ?? null) : null, trouble };
}

type Outcome = { kind: 'done'; detail?: Json } | { kind: 'unknown' | 'pending' | 'nothing' };

async function settle(prisma: PrismaClient, intent: StoredIntent, outcome: Outcome): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${auditLock}::bigint)`;
    const { count } = await tx.auditIntent.deleteMany({ where: { id: intent.id } });
    if (count === 0) return false;
    if (outcome.kind === 'nothing') return true;
    const { id: _, ...rest } = intent;
    const detail = (outcome.kind === 'done' && outcome.detail !== undefined ? outcome.detail : intent.detail) as Prisma.InputJsonValue;
    // The moment of the deed, not of the settling.
    await tx.auditEntry.create({ data: { ...rest, detail, outcome: outcome.kind === 'done' ? null : 'unknown' } });
    return true;
  });
}

type StoredIntent = Awaited<ReturnType<PrismaClient['auditIntent']['findMany']>>[number];

/** By what the deed leaves behind: events of its kind by its actor in the history, the instance itself, or its absence. */
async function outcomeOf(prisma: PrismaClient, intent: StoredIntent, olderThanMs: number): Promise<Outcome> {
  if (purges.has(intent.action)) return outcomeOfPurge(prisma, intent, olderThanMs);
  if (testRuns.has(intent.action)) return { kind: (await hasTestRun(prisma, intent)) ? 'done' : 'unknown' };
  const instanceId = instanceOf(intent);
  if (instanceId === null) return { kind: 'unknown' };
  const [traces] = await prisma.$queryRawUnsafe<{ exists: boolean; startedSince: boolean; events: string[]; waiting: boolean }[]>(
    tracesSql,
    instanceId,
    intent.actor,
    intent.at,
  );
  if (traces === undefined) return { kind: 'unknown' };
  if (intent.action === 'instance.purge') return { kind: traces.exists ? 'unknown' : 'done' };
  if (intent.action === 'instance.start' || intent.action === 'instance.restart') return { kind: traces.startedSince ? 'done' : 'unknown' };
  const left = tracesOfActions[intent.action] ?? [];
  if (traces.events.some((type) => left.includes(type))) return { kind: 'done' };
  return { kind: traces.waiting ? 'pending' : 'unknown' };
}

/** [I4] What purges many, and notes its portions. */
const purges: ReadonlySet<string> = new Set(['instance.purge-tests', 'instance.purge-many']);

interface StoredPortion extends DeedPortion {
  ids: string[];
  /** When it was begun. */
  at: string;
}

/** [I4] Nothing of it was begun, it may be at it still, or this many are gone. */
async function outcomeOfPurge(prisma: PrismaClient, { detail }: StoredIntent, olderThanMs: number): Promise<Outcome> {
  // Written by `notePortion`.
  const { portion, ...said } = detail as { portion?: StoredPortion; [key: string]: unknown };
  if (portion === undefined) return { kind: 'nothing' };
  if (Date.parse(portion.at) > Date.now() - olderThanMs) return { kind: 'pending' };
  const left = await prisma.instance.count({ where: { id: { in: portion.ids } } });
  const purged = portion.before + portion.ids.length - left;
  if (purged === 0) return { kind: 'nothing' };
  return { kind: 'done', detail: { ...(said as { [key: string]: Json }), [portion.field]: purged, brokenOff: true } };
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
