/**
 * Invitations: a link, good once and for some days, under which somebody makes their account.
 *
 * V1 Only the hash of the link's token is stored. A new link takes the place of the one before.
 * V2 Of two who accept at the same time one does.
 */
import { randomUUID } from 'node:crypto';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import type { StoredGrant } from '../read/grants.ts';
import { appendAudit } from './audit.ts';
import { storePassword } from './accounts.ts';
import { asDetail, createGrants } from './grants.ts';
import { type Notice, queueNotice } from './notices.ts';

export interface InvitationToStore {
  id: string;
  /** Lower case. */
  email: string;
  grants: readonly StoredGrant[];
  groupIds: readonly string[];
  tokenHash: string;
  expiresAt: Date;
  actor: string;
  notice: Notice | null;
}

export type Inviting = { ok: true } | { ok: false; code: 'people.exists' | 'group.unknown' };

/** Earlier invitations of the address end by it. */
export async function storeInvitation(prisma: PrismaClient, invitation: InvitationToStore): Promise<Inviting> {
  return prisma.$transaction(async (tx): Promise<Inviting> => {
    const { id, email, tokenHash, expiresAt, actor } = invitation;
    if (await tx.user.findUnique({ where: { email }, select: { id: true } })) return { ok: false, code: 'people.exists' };
    const groupIds = [...new Set(invitation.groupIds)];
    if ((await tx.group.count({ where: { id: { in: groupIds } } })) !== groupIds.length) return { ok: false, code: 'group.unknown' };
    await tx.invitation.updateMany({ where: { email, acceptedAt: null, revokedAt: null }, data: { revokedAt: new Date() } });
    // Plain data; the interface only lacks the index signature Prisma's type asks for.
    const grants = invitation.grants as unknown as Prisma.InputJsonValue;
    await tx.invitation.create({ data: { id, email, grants, groupIds, tokenHash, expiresAt, createdBy: actor } });
    await appendAudit(tx, {
      actor,
      action: 'people.invite',
      target: `invitation:${id}`,
      detail: { email, roles: asDetail(invitation.grants), groups: groupIds },
    });
    await queueNotice(tx, invitation.notice);
    return { ok: true };
  });
}

/** A new link for an invitation that is still open, or has expired. Undefined: there is none. */
export async function renewInvitation(
  prisma: PrismaClient,
  renewal: { id: string; tokenHash: string; expiresAt: Date; actor: string; notice: (email: string) => Notice | null },
): Promise<{ email: string } | undefined> {
  return prisma.$transaction(async (tx) => {
    const { id, tokenHash, expiresAt, actor } = renewal;
    const { count } = await tx.invitation.updateMany({ where: { id, acceptedAt: null, revokedAt: null }, data: { tokenHash, expiresAt } });
    if (count === 0) return undefined;
    const { email } = await tx.invitation.findUniqueOrThrow({ where: { id }, select: { email: true } });
    await appendAudit(tx, { actor, action: 'people.resend-invitation', target: `invitation:${id}`, detail: { email } });
    await queueNotice(tx, renewal.notice(email));
    return { email };
  });
}

export async function revokeInvitation(prisma: PrismaClient, revoke: { id: string; actor: string }): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const { id, actor } = revoke;
    const { count } = await tx.invitation.updateMany({ where: { id, acceptedAt: null, revokedAt: null }, data: { revokedAt: new Date() } });
    if (count > 0) await appendAudit(tx, { actor, action: 'people.revoke-invitation', target: `invitation:${id}` });
    return count > 0;
  });
}

/** Makes the account with what the invitation gives. Undefined: the link was used, revoked, replaced, has expired, or never was. */
export async function acceptInvitation(
  prisma: PrismaClient,
  accept: { tokenHash: string; name: string; passwordHash: string },
): Promise<{ userId: string; email: string } | undefined> {
  return prisma.$transaction(async (tx) => {
    const taken = await tx.$queryRaw<{ id: string; email: string; grants: StoredGrant[]; group_ids: string[]; created_by: string }[]>`
      UPDATE invitation SET accepted_at = now()
      WHERE token_hash = ${accept.tokenHash} AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()
      RETURNING id, email, grants, group_ids, created_by`;
    const [invitation] = taken;
    if (!invitation) return undefined;
    const { id, email, grants, created_by: by } = invitation;
    const userId = randomUUID();
    // Somebody with this address was made in another way meanwhile: the link is good for nothing any more.
    const { count } = await tx.user.createMany({
      data: [{ id: userId, name: accept.name, email, emailVerified: true }],
      skipDuplicates: true,
    });
    if (count === 0) return undefined;
    await tx.invitation.update({ where: { id }, data: { acceptedBy: userId } });
    await storePassword(tx, userId, accept.passwordHash);
    await createGrants(tx, { userId }, grants, by);
    const groups = await tx.group.findMany({ where: { id: { in: invitation.group_ids } }, select: { id: true } });
    await tx.groupMember.createMany({ data: groups.map(({ id: groupId }) => ({ groupId, userId })) });
    await appendAudit(tx, {
      actor: userId,
      action: 'people.accept-invitation',
      target: `user:${userId}`,
      detail: { email, invitation: id, invitedBy: by, roles: asDetail(grants), groups: groups.map((group) => group.id) },
    });
    return { userId, email };
  });
}
