/** The job as the screens see it, and whose it is. */
import { type BulkJobRecord, findBulkJob } from '@perdure/database/bulk';
import { actorOf, holdsIn, type Identity } from '../auth/identity.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import type { BulkJob } from '../trpc/contract/bulk.ts';
import type { InstanceFilterInput } from '../trpc/contract/instances.ts';
import type { Permission } from '../trpc/contract/people.ts';
import { requestOf } from './bulk-request.ts';

/** Jobs of others are for whoever holds the permission for all workflows: their items may be of any. */
export async function demandJob(
  { database }: Pick<Installation, 'database'>,
  identity: Identity,
  permission: Permission,
  id: string,
): Promise<BulkJobRecord> {
  const job = await findBulkJob(database.prisma, id);
  if (job === null || !isOpenTo(job, identity, permission)) throw new RequestError('bulk.unknown', 'There is no such job.');
  return job;
}

export async function asBulkJobs(
  { database }: Pick<Installation, 'database'>,
  identity: Identity,
  jobs: readonly BulkJobRecord[],
): Promise<BulkJob[]> {
  const people = await database.prisma.user.findMany({
    where: { id: { in: [...new Set(jobs.map(({ requestedBy }) => requestedBy))] } },
    select: { id: true, name: true },
  });
  const nameOf = new Map(people.map(({ id, name }) => [id, name]));
  return jobs.map((job) => ({
    id: job.id,
    request: requestOf(job),
    filter: job.selection as InstanceFilterInput, // instanceFilterInput has read it before it was stored
    reason: job.reason,
    requestedBy: { id: job.requestedBy, name: nameOf.get(job.requestedBy) ?? job.requestedBy },
    status: job.status,
    total: job.total,
    done: job.done,
    skipped: job.skipped,
    failed: job.failed,
    createdAt: job.createdAt.toISOString(),
    finishedAt: job.finishedAt?.toISOString() ?? null,
    mayControl: isOpenTo(job, identity, 'instance.operate'),
  }));
}

function isOpenTo({ requestedBy }: BulkJobRecord, identity: Identity, permission: Permission): boolean {
  return requestedBy === actorOf(identity) || holdsIn(identity, permission, '');
}
