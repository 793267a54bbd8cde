/**
 * Works through the jobs. Every process with the API runs one; a job is one process's at a time, by a lease that it renews.
 *
 * R1 An item is tried by whoever took it up (B1), under the reach that its maker has at that moment, and only while it is still meant
 *    (still-meant.ts). A process that stood still for longer than its lease does nothing more with what it had taken up.
 * R2 What was underway when a process vanished is looked up in the histories (B3) before it is tried again: nothing is done twice that left a
 *    trace, and everything but a purge does; an instance that is purged is gone.
 * R3 All jobs of a process together pass so many items a second, so that what others do stays quick.
 * R4 A job is finished, with its audit entry, when none of its items is left; whoever pauses or stops it is heard between two portions.
 */
import { randomUUID } from 'node:crypto';
import type { Database } from '@perdure/database';
import {
  bulkOutcomes,
  type BulkHold,
  type BulkJobRecord,
  findBulkJob,
  finishBulkJob,
  itemsLeftUnderway,
  releaseBulkJob,
  type SettledItem,
  settleBulkItems,
  stillFound,
  takeBulkItems,
  type TakenItem,
  takeUpAgain,
} from '@perdure/database/bulk';
import { appendAudit } from '@perdure/database/write';
import type { FastifyBaseLogger } from 'fastify';
import { adminKey, actorOf, type Identity } from '../auth/identity.ts';
import { reachOf } from '../auth/reach.ts';
import type { Installation } from '../installation.ts';
import { filterWithin, instanceFilterInput } from '../instances/instance-filter.ts';
import { type Rounds, startRounds } from '../rounds.ts';
import { actOnInstance, itemKey, tracesOf } from './act-on-instance.ts';
import { aimOf, permissionFor, requestOf } from './bulk-request.ts';
import { type BulkLease, claimLease } from './bulk-lease.ts';
import { refusalWords } from './refusal-words.ts';
import { stillMeant } from './still-meant.ts';
import { TokenBucket } from './token-bucket.ts';

const everyMs = 1_000;
/** A third of the lease (bulk-job.sql). */
const renewEveryMs = 1_500;
const jobsAtOnce = 4;
/** Taken up together; acted on in smaller groups, so that what others ask for in between waits for few. */
const mostTaken = 50;
const mostAtOnce = 5;
const mostTries = 5;
const againAfterMs = 1_000;
/** Screens ask for how far a job is when they are told. */
const tellEveryMs = 1_000;

export interface BulkRunnerParts {
  installation: () => Installation;
  database: Database;
  /** R3 */
  perSecond: number;
  log: FastifyBaseLogger;
}

export function startBulkRunner({ installation, database: { prisma }, perSecond, log }: BulkRunnerParts): Rounds {
  const holder = randomUUID();
  // What is taken up waits no longer than a second for its turn.
  const portion = Math.min(mostTaken, perSecond);
  const group = Math.min(mostAtOnce, perSecond);
  // What passes between two portions is made up for.
  const bucket = new TokenBucket({ perSecond, burst: 2 * group });
  const stopping = new AbortController();
  const atWork = new Set<Promise<void>>();
  let toldAt = -Infinity;

  async function takeJobs(): Promise<void> {
    while (atWork.size < jobsAtOnce && !stopping.signal.aborted) {
      const lease = await claimLease(prisma, holder);
      if (lease === null) return;
      const work = workOn(lease)
        .catch((error: unknown) => log.warn({ err: error, job: lease.hold.job }, 'A job could not go on; it will be taken up again.'))
        .finally(() => {
          atWork.delete(work);
          rounds.nudge();
        });
      atWork.add(work);
    }
  }

  async function workOn(lease: BulkLease): Promise<void> {
    const renewal = setInterval(() => void lease.renew().catch(() => undefined), renewEveryMs);
    try {
      const job = await findBulkJob(prisma, lease.hold.job);
      if (job === null) return;
      await settleLeft(job, lease);
      while (!stopping.signal.aborted) {
        const aim = aimOf(requestOf(job));
        const items = await lease.during(() => takeBulkItems(prisma, lease.hold, { action: job.action, aim, limit: portion }));
        if (items.length > 0) {
          if (!(await workThrough(job, lease, items))) continue;
        } else {
          if (await finish(job, lease.hold)) {
            installation().jobsChanged();
            return;
          }
          const status = await lease.renew();
          if (status === null || (status !== 'running' && (await settleLeft(job, lease)) === 0)) return;
        }
        // What nobody can tell of yet: a moment later the histories do.
        await pause(againAfterMs);
        await settleLeft(job, lease);
      }
    } finally {
      clearInterval(renewal);
      await releaseBulkJob(prisma, lease.hold).catch(() => undefined);
    }
  }

  /** True: of some it is not known what became of them. */
  async function workThrough(job: BulkJobRecord, lease: BulkLease, items: readonly TakenItem[]): Promise<boolean> {
    const mayReach = await reachTest(job, items);
    const actOn = async ({ position, instanceId: id, status, seq, refusal, workflowKey }: TakenItem) => {
      const code = refusal ?? mayReach(id, workflowKey);
      if (code !== null) return { position, state: 'skipped' as const, code, message: refusalWords(code) };
      const asked = { id, key: itemKey(job.id, position), failed: status === 'Failed', seq: seq ?? 0, isHeld: () => lease.isHeld };
      return { position, ...(await actOnInstance(installation(), job, asked)) };
    };
    const acts: ReturnType<typeof actOn>[] = [];
    for (let from = 0; from < items.length; from += group) {
      const together = items.slice(from, from + group);
      const wait = bucket.take(together.length);
      if (wait > 0) await pause(wait);
      acts.push(...together.map(actOn));
    }
    const results = await Promise.all(acts);
    const settled = results.filter((result): result is SettledItem => result.state !== 'unknown');
    await settleBulkItems(prisma, lease.hold, settled);
    tellProgress();
    return settled.length < results.length;
  }

  function tellProgress(): void {
    if (performance.now() - toldAt < tellEveryMs) return;
    toldAt = performance.now();
    installation().jobsChanged();
  }

  /** R1. Gives the reason why not, or null. */
  async function reachTest(
    job: BulkJobRecord,
    items: readonly TakenItem[],
  ): Promise<(id: string, workflowKey: string | null) => string | null> {
    const identity = await makerOf(installation(), job.requestedBy);
    const permission = permissionFor(job.action);
    const reach = await reachOf(installation(), identity, permission);
    const covered = reach === null ? null : new Set(reach);
    const filter = instanceFilterInput.parse(job.selection);
    const isByIds = Object.keys(filter).every((field) => field === 'ids');
    const found = isByIds
      ? null
      : await stillFound(
          prisma,
          await filterWithin(installation(), identity, permission, stillMeant(filter)),
          items.map(({ instanceId }) => instanceId),
        );
    return (id, workflowKey) => {
      if (covered !== null && !covered.has(workflowKey ?? '')) return 'auth.forbidden';
      return found === null || found.has(id) ? null : 'bulk.no-match';
    };
  }

  /** R2. Gives of how many nobody can tell yet. */
  async function settleLeft(job: BulkJobRecord, { hold }: BulkLease): Promise<number> {
    const { id, action, requestedBy: by, reason } = job;
    const left = await itemsLeftUnderway(prisma, { job: id, types: tracesOf[action], by, reason });
    const settled: SettledItem[] = [];
    const again: number[] = [];
    for (const { position, exists, traced, pending, tries } of left) {
      if (traced || (action === 'purge' && !exists)) settled.push({ position, state: 'done', code: null, message: null });
      else if (!exists) settled.push({ position, state: 'skipped', code: 'instance.unknown', message: refusalWords('instance.unknown') });
      else if (pending) continue;
      else if (tries >= mostTries)
        settled.push({ position, state: 'failed', code: 'unavailable', message: `No worker took it up, in ${mostTries} tries.` });
      else again.push(position);
    }
    await settleBulkItems(prisma, hold, settled);
    await takeUpAgain(prisma, hold, again);
    return left.length - settled.length - again.length;
  }

  /** R4 */
  async function finish({ id, requestedBy, reason }: BulkJobRecord, hold: BulkHold): Promise<boolean> {
    return prisma.$transaction(async (tx) => {
      if (!(await finishBulkJob(tx, hold))) return false;
      const outcomes = await bulkOutcomes(tx, id);
      const detail = { outcomes: outcomes.map(({ state, code, value }) => ({ state, ...(code === null ? {} : { code }), count: value })) };
      await appendAudit(tx, { actor: requestedBy, action: 'bulk.finish', target: `bulk:${id}`, detail, reason });
      return true;
    });
  }

  const rounds = startRounds({
    everyMs,
    round: takeJobs,
    onTrouble: (thrown) => log.warn({ err: thrown }, 'Jobs could not be looked for.'),
    atOnce: true,
  });
  return {
    nudge: rounds.nudge,
    async stop() {
      stopping.abort();
      await rounds.stop();
      await Promise.all(atWork);
    },
  };
}

/** Whoever made the job, with what they may do now: nothing, when they are disabled. */
async function makerOf({ grants }: Installation, requestedBy: string): Promise<Identity> {
  if (requestedBy === actorOf(adminKey)) return adminKey;
  const held = (await grants.load(requestedBy)) ?? { groups: [], grants: [] };
  return { kind: 'user', id: requestedBy, name: requestedBy, email: '', sessionId: '', groups: held.groups, grants: held.grants };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
