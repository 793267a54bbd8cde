/**
 * Lets finished instances go as the rules say. Every process with the API runs one; one at a time leads.
 *
 * K1 What goes is a batch that was stored before anything is done to it (retention-batches.ts, C1); a process that vanishes leaves it to the next.
 * K2 Nothing of a batch that is to be archived is purged before its file is whole and recorded with it.
 * K3 An instance is purged as it was chosen and archived, or not at all: one that went on meanwhile stays (purge.sql).
 * K4 One instance stands in one file: a file that was written and not recorded is taken away by whoever takes the batch up.
 * K5 It purges in bites and rests four times as long as each took, so that others do not feel it.
 * K6 What cannot be read whole stays, is named with its rule, and holds up nothing else; it is tried again after a day.
 */
import { type InstanceRecord, listInstances } from '@perdure/database/read';
import {
  finishRetentionBatch,
  forgetUnreadable,
  listRetentionRules,
  planRetentionBatch,
  recordArchive,
  type RetentionBatch,
  retentionGoesOn,
  type RetentionHead,
  type RetentionUnreadable,
  takeUpRetentionBatch,
  tellRetention,
} from '@perdure/database/retention';
import { executionId, instanceId } from '@perdure/engine';
import type { InstanceHead } from '@perdure/runtime';
import type { FastifyBaseLogger } from 'fastify';
import { setTimeout as pause } from 'node:timers/promises';
import type { Installation, ServerConfig } from '../installation.ts';
import { damagedLine, endLine, instanceLines, type LinesEnd } from '../instances/instance-lines.ts';
import { type Rounds, startRounds } from '../rounds.ts';
import { nothing } from '../sensitive/mask-of-instance.ts';
import { archiveTrouble, NoArchiveDirectory } from './archive-trouble.ts';
import { hasArchiveFile, removeArchiveFile, writeArchiveFile } from './archive-file.ts';

type Parts = Pick<Installation, 'database' | 'runtime'> & { config: Pick<ServerConfig, 'archiveDirectory'> };
type Log = Pick<FastifyBaseLogger, 'warn'>;

/** Days are counted: nobody waits for a rule that had nothing to do. */
const lookAgainMs = 10 * 60_000;
/** A file of some tens of megabytes at most, as instances usually are. */
const batchSize = { instances: 2_000, events: 100_000 };
/** K5: some tens of milliseconds of the database. */
const biteSize = { instances: 50, events: 2_000 };
const restShare = 4;
const readAtOnce = 50;

export function startRetentionKeeper(parts: Parts, log: Log, everyMs = 60_000): Rounds {
  const idle: IdleRules = new Map();
  return startRounds({
    everyMs,
    round: async (signal) => {
      await keepRetention(parts, log, { signal, idle });
    },
    onTrouble: (error) => log.warn({ err: error }, 'The retention rules could not be kept; the next round tries again.'),
  });
}

/** When nothing more was due, by rule and revision. */
type IdleRules = Map<string, number>;

/** What one look at the rules came across. */
export interface RetentionRound {
  /** K6 */
  unreadable: RetentionUnreadable[];
}

/** One look at every rule, until nothing is due. Does nothing while another process is at it. Rejects when the database is away. */
export async function keepRetention(
  parts: Parts,
  log: Log,
  { signal, idle }: { signal: AbortSignal; idle: IdleRules } = { signal: new AbortController().signal, idle: new Map() },
): Promise<RetentionRound> {
  const { prisma } = parts.database;
  const round: RetentionRound = { unreadable: [] };
  const lead = await parts.database.lead('retention');
  if (lead === null) return round;
  const work = { parts, log, signal, round };
  try {
    await forgetUnreadable(prisma);
    const left = await takeUpRetentionBatch(lead.ask);
    if (left !== null) await orTrouble({ id: left.ruleId, revision: left.revision }, () => workOff(work, left));
    for (const rule of await listRetentionRules(prisma)) {
      const { afterDays } = rule;
      const key = `${rule.id} ${rule.revision}`;
      if (afterDays === null || performance.now() - (idle.get(key) ?? -Infinity) < lookAgainMs) continue;
      await orTrouble(rule, async () => {
        if (rule.archive && parts.config.archiveDirectory === null) throw new NoArchiveDirectory();
        for (;;) {
          if (signal.aborted) return;
          const batch = await planRetentionBatch(lead.ask, { ...rule, afterDays }, batchSize);
          if (batch === null) break;
          await workOff(work, batch);
        }
        await tellRetention(prisma, rule, null);
        idle.set(key, performance.now());
      });
      if (signal.aborted) break;
    }
  } finally {
    await lead.release();
  }
  return round;

  /** What is wrong with an archive is the rule's trouble; others go on. */
  async function orTrouble(rule: { id: string; revision: number }, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (signal.aborted) return;
      const trouble = archiveTrouble(error);
      if (trouble === null) throw error;
      log.warn({ err: error, rule: rule.id }, 'A retention rule cannot go on; nothing of what it had chosen was purged.');
      await tellRetention(prisma, rule, trouble);
    }
  }
}

interface Work {
  parts: Parts;
  log: Log;
  signal: AbortSignal;
  round: RetentionRound;
}

/** K2. Leaves the batch unfinished when it is told to stop, or when the database goes away. */
async function workOff(work: Work, batch: RetentionBatch): Promise<void> {
  const { parts, signal } = work;
  const { prisma } = parts.database;
  if (!(await retentionGoesOn(prisma, batch)) || !(await isArchived(work, batch))) {
    if (!signal.aborted) await finishRetentionBatch(prisma, batch);
    return;
  }
  for (const bite of bitesOf(batch)) {
    const startedAt = performance.now();
    await parts.runtime.purgeUnchanged(bite);
    await pause((performance.now() - startedAt) * restShare, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    if (!(await retentionGoesOn(prisma, batch))) break;
  }
  await finishRetentionBatch(prisma, batch);
}

/** True: it may be purged. False: nothing of it, or no more of it, may. */
async function isArchived(work: Work, batch: RetentionBatch): Promise<boolean> {
  const { config, database } = work.parts;
  if (!batch.archive) return true;
  const directory = config.archiveDirectory;
  // What of it is purged is in that file, wherever it is now; what is not will be in another batch.
  if (batch.file !== null) return directory !== null && (await hasArchiveFile(directory, batch.file, batch.fileBytes ?? 0));
  try {
    if (directory === null) throw new NoArchiveDirectory();
    // K4
    for (let attempt = 1; attempt < batch.attempt; attempt += 1) await removeArchiveFile(directory, fileName(batch, attempt));
    const name = fileName(batch, batch.attempt);
    const found: Found = { whole: [], unreadable: [] };
    const bytes = await writeArchiveFile(directory, name, archiveLines(work, batch, found), work.signal);
    const file = found.whole.length > 0 ? { name, bytes } : null;
    const isRecorded = await recordArchive(database.prisma, batch, { file, ...found });
    if (isRecorded) tellUnreadable(work, batch, found.unreadable);
    if (!isRecorded || file === null) {
      await removeArchiveFile(directory, name);
      return false;
    }
    batch.file = name;
    batch.ids = found.whole.map(({ id }) => id);
    batch.executionIds = found.whole.map(({ executionId }) => executionId);
    batch.seqs = found.whole.map(({ seq }) => seq);
    return true;
  } catch (error) {
    // The rule may be tried again without waiting for this one.
    if (!work.signal.aborted && archiveTrouble(error) !== null) await finishRetentionBatch(database.prisma, batch);
    throw error;
  }
}

/** K6 */
function tellUnreadable({ log, round }: Work, { ruleId }: RetentionBatch, unreadable: readonly RetentionUnreadable[]): void {
  round.unreadable.push(...unreadable);
  for (const { id, why } of unreadable)
    log.warn(
      { instance: id, rule: ruleId, why },
      'An instance could not be archived, and stays: what the database holds of it is damaged.',
    );
}

/** What an archive has come to hold, and what it could not. */
interface Found {
  whole: RetentionHead[];
  unreadable: RetentionUnreadable[];
}

async function* archiveLines({ parts, log, signal }: Work, batch: RetentionBatch, found: Found): AsyncGenerator<string> {
  const { database } = parts;
  const { status, workflowKey, createdAt } = batch;
  const rule = { workflowKey: workflowKey === '' ? null : workflowKey, status };
  yield `${JSON.stringify({ type: 'perdure-archive', format: 1, batch: batch.id, createdAt: createdAt.toISOString(), rule })}\n`;
  const heads = new Map(headsOf(batch).map((head) => [String(head.instanceId), head]));
  let startedAt = performance.now();
  for (let at = 0; at < batch.ids.length; at += readAtOnce) {
    const ids = batch.ids.slice(at, at + readAtOnce);
    const { rows } = await listInstances(database.prisma, { ids }, { direction: 'newer', from: null, limit: ids.length });
    for (const row of rows) {
      const head = heads.get(row.id);
      // K3
      if (head?.seq !== row.seq || head.executionId !== row.executionId) continue;
      const read = yield* linesOf(parts, row, log);
      const { id, executionId: execution, seq } = row;
      if (read.kind === 'whole') found.whole.push({ id, executionId: execution, seq });
      if (read.kind === 'damaged') found.unreadable.push({ id, executionId: execution, seq, why: read.why });
      const tookMs = performance.now() - startedAt;
      if (tookMs < 20) continue;
      // K5
      await pause(tookMs * restShare, undefined, { signal });
      startedAt = performance.now();
    }
  }
  yield endLine(found.whole.length);
}

/** K6. Rejects when it is the database that cannot be read, not the instance. */
async function* linesOf(parts: Parts, row: InstanceRecord, log: Log): AsyncGenerator<string, LinesEnd> {
  try {
    return yield* instanceLines(parts, row, { mask: nothing, tasks: true });
  } catch (error) {
    if (!(await failsAgain(parts, row))) throw error;
    const why = 'The database cannot read it: the log of the server says why.';
    log.warn({ err: error, instance: row.id }, 'An instance cannot be read.');
    yield damagedLine(row.id, why);
    return { kind: 'damaged', why };
  }
}

/** Whether this instance cannot be read although the database answers: before that attempt and after it. */
async function failsAgain(parts: Parts, row: InstanceRecord): Promise<boolean> {
  const { prisma } = parts.database;
  await prisma.$queryRaw`SELECT 1`;
  try {
    for await (const _ of instanceLines(parts, row, { mask: nothing, tasks: true }));
    return false;
  } catch {
    await prisma.$queryRaw`SELECT 1`;
    return true;
  }
}

/** `2026-11/20261121T182233-completed-orders-1a2b3c4d-1.ndjson.gz`: the same for a batch and an attempt, whoever asks. */
function fileName({ id, createdAt, status, workflowKey }: RetentionBatch, attempt: number): string {
  const at = createdAt.toISOString();
  const moment = at.slice(0, 19).replaceAll(/[-:]/g, '');
  return `${at.slice(0, 7)}/${moment}-${status.toLowerCase()}-${workflowKey === '' ? 'all' : workflowKey}-${id.slice(0, 8)}-${attempt}.ndjson.gz`;
}

function headsOf({ ids, executionIds, seqs }: RetentionBatch): InstanceHead[] {
  // The three lists are of the same length.
  return ids.map((id, i) => ({ instanceId: instanceId(id), executionId: executionId(executionIds[i] ?? ''), seq: seqs[i] ?? 0 }));
}

function* bitesOf(batch: RetentionBatch): Generator<InstanceHead[]> {
  let bite: InstanceHead[] = [];
  let events = 0;
  for (const head of headsOf(batch)) {
    if (bite.length > 0 && (bite.length >= biteSize.instances || events + head.seq > biteSize.events)) {
      yield bite;
      bite = [];
      events = 0;
    }
    bite.push(head);
    events += head.seq;
  }
  if (bite.length > 0) yield bite;
}
