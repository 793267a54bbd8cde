/** A person's own account: name, password, sessions, and whether they may sign in. */
import { randomUUID } from 'node:crypto';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { appendAudit } from './audit.ts';
import { changePeople, type PeopleChange } from './grants.ts';

/** As better-auth keeps it: an account of the provider `credential`. */
const provider = 'credential';

export async function storePassword(tx: Prisma.TransactionClient, userId: string, passwordHash: string): Promise<void> {
  const { count } = await tx.account.updateMany({ where: { userId, providerId: provider }, data: { password: passwordHash } });
  if (count > 0) return;
  await tx.account.create({ data: { id: randomUUID(), userId, accountId: userId, providerId: provider, password: passwordHash } });
}

export async function findPassword(prisma: PrismaClient, userId: string): Promise<string | null> {
  const row = await prisma.account.findFirst({ where: { userId, providerId: provider }, select: { password: true } });
  return row?.password ?? null;
}

/** What the identifiers of links to a new password begin with; their value is the person's id (storeVerification). */
export const passwordResetPrefix = 'password-reset:';

/** Sets it and ends the sessions, all of them or all but one; gives those it ended. Links to a new password that are still about end with it. */
export async function setPassword(
  prisma: PrismaClient,
  set: { userId: string; passwordHash: string; keepSession: string | null; actor: string; action: string },
): Promise<string[]> {
  return prisma.$transaction(async (tx) => {
    await storePassword(tx, set.userId, set.passwordHash);
    await tx.verification.deleteMany({ where: { value: set.userId, identifier: { startsWith: passwordResetPrefix } } });
    await appendAudit(tx, { actor: set.actor, action: set.action, target: `user:${set.userId}` });
    return deleteSessions(tx, { userId: set.userId, ...(set.keepSession === null ? {} : { id: { not: set.keepSession } }) });
  });
}

export async function renamePerson(prisma: PrismaClient, rename: { userId: string; name: string }): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const { userId, name } = rename;
    const before = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { name: true } });
    await tx.user.update({ where: { id: userId }, data: { name } });
    await appendAudit(tx, {
      actor: userId,
      action: 'account.rename',
      target: `user:${userId}`,
      before: { name: before.name },
      after: { name },
    });
  });
}

/** Disabling ends their sessions (`ended` names them) and every link that would let them in. Grants stay. */
export async function setDisabled(
  prisma: PrismaClient,
  set: { userId: string; disabled: boolean; actor: string },
): Promise<(PeopleChange & { ok: false }) | { ok: true; ended: string[] }> {
  const { userId, disabled, actor } = set;
  return changePeople(prisma, async (tx) => {
    const user = await tx.user.findUnique({ where: { id: userId }, select: { disabledAt: true } });
    if (!user) return { ok: false as const, code: 'people.unknown' as const };
    const disabledAt = disabled ? (user.disabledAt ?? new Date()) : null;
    await tx.user.update({ where: { id: userId }, data: { disabledAt } });
    if (disabled) await tx.verification.deleteMany({ where: { value: userId } });
    await appendAudit(tx, { actor, action: disabled ? 'people.disable' : 'people.enable', target: `user:${userId}` });
    return { ok: true as const, ended: disabled ? await deleteSessions(tx, { userId }) : [] };
  });
}

/** Gives the sessions it ended. */
export async function endSessions(
  prisma: PrismaClient,
  end: { userId: string; only?: string; except?: string; actor: string },
): Promise<string[]> {
  const { userId, only, except, actor } = end;
  return prisma.$transaction(async (tx) => {
    const ended = await deleteSessions(tx, {
      userId,
      ...(only === undefined ? {} : { id: only }),
      ...(except === undefined ? {} : { NOT: { id: except } }),
    });
    if (ended.length > 0 || only === undefined)
      await appendAudit(tx, { actor, action: 'session.end', target: `user:${userId}`, detail: { sessions: ended.length } });
    return ended;
  });
}

/** One that another has taken the place of: nothing of the person's doing, so the log says nothing. */
export async function dropSession(prisma: PrismaClient, id: string): Promise<void> {
  await prisma.session.deleteMany({ where: { id } });
}

async function deleteSessions(tx: Prisma.TransactionClient, where: Prisma.SessionWhereInput): Promise<string[]> {
  const sessions = await tx.session.findMany({ where, select: { id: true } });
  const ids = sessions.map(({ id }) => id);
  await tx.session.deleteMany({ where: { id: { in: ids } } });
  return ids;
}
