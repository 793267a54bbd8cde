/**
 * Roles that people and groups hold.
 *
 * P1 Changes to who may what are made one at a time, and none leaves the installation without somebody who may sign in and is an admin for all.
 * P2 Roles are replaced as a whole, so that `created_at` tells since when they hold.
 */
import { randomUUID } from 'node:crypto';
import type { Json } from '@perdure/graph';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import type { StoredGrant } from '../read/grants.ts';
import { appendAudit } from './audit.ts';

export type PeopleChange = { ok: true } | { ok: false; code: 'people.unknown' | 'people.last-admin' };

/** Of all processes: any number that no other advisory lock has. */
const peopleLock = 7_300_011;

/** Thrown to undo what the transaction has done so far. */
class LastAdmin extends Error {}

/** Runs the change alone; when it would leave no admin, undoes it. */
export async function changePeople<Result extends { ok: boolean }>(
  prisma: PrismaClient,
  change: (tx: Prisma.TransactionClient) => Promise<Result>,
): Promise<Result | { ok: false; code: 'people.last-admin' }> {
  try {
    return await prisma.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${peopleLock}::bigint)`;
      const result = await change(tx);
      if (result.ok && !(await hasAdmin(tx))) throw new LastAdmin();
      return result;
    });
  } catch (thrown) {
    if (thrown instanceof LastAdmin) return { ok: false, code: 'people.last-admin' };
    throw thrown;
  }
}

async function hasAdmin(tx: Prisma.TransactionClient): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ found: boolean }[]>`
    SELECT EXISTS (
      SELECT 1 FROM role_grant r
      LEFT JOIN group_member m ON m.group_id = r.group_id
      JOIN "user" u ON u.id = coalesce(r.user_id, m.user_id)
      WHERE r.role = 'admin' AND r.folder = '' AND u.disabled_at IS NULL
    ) AS found`;
  return row?.found ?? false;
}

export async function setUserGrants(
  prisma: PrismaClient,
  set: { userId: string; grants: readonly StoredGrant[]; actor: string },
): Promise<PeopleChange> {
  return changePeople(prisma, async (tx): Promise<PeopleChange> => {
    const user = await tx.user.findUnique({ where: { id: set.userId }, select: { grants: { select: grantColumns } } });
    if (!user) return { ok: false, code: 'people.unknown' };
    await tx.roleGrant.deleteMany({ where: { userId: set.userId } });
    await createGrants(tx, { userId: set.userId }, set.grants, set.actor);
    await appendAudit(tx, {
      actor: set.actor,
      action: 'people.set-roles',
      target: `user:${set.userId}`,
      before: { roles: asDetail(user.grants) },
      after: { roles: asDetail(set.grants) },
    });
    return { ok: true };
  });
}

export async function createGrants(
  tx: Prisma.TransactionClient,
  subject: { userId: string } | { groupId: string },
  grants: readonly StoredGrant[],
  actor: string,
): Promise<void> {
  await tx.roleGrant.createMany({
    data: grants.map(({ role, folder, sensitive }) => ({ id: randomUUID(), ...subject, role, folder, sensitive, createdBy: actor })),
    skipDuplicates: true,
  });
}

export const grantColumns = { role: true, folder: true, sensitive: true } as const;

/** For the audit log, in one order. */
export function asDetail(grants: readonly StoredGrant[]): Json {
  return grants
    .map(({ role, folder, sensitive }) => `${role}${folder === '' ? '' : ` in ${folder}`}${sensitive ? ', sensitive data' : ''}`)
    .toSorted();
}
