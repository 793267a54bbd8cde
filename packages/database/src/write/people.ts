import { randomBytes, randomUUID } from 'node:crypto';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import { appendAudit } from './audit.ts';
import { type Notice, queueNotice } from './notices.ts';

export interface Person {
  id: string;
  name: string;
  email: string;
  role: string;
}

/** The first account of an installation: an administrator. Made once; later calls find it. */
export async function ensureOwner(prisma: PrismaClient): Promise<Person> {
  return prisma.$transaction(async (tx) => {
    const { count } = await tx.user.createMany({
      data: [{ id: randomUUID(), name: 'Owner', email: ownerEmail, emailVerified: true, role: 'admin' }],
      skipDuplicates: true,
    });
    const owner = await tx.user.findUniqueOrThrow({
      where: { email: ownerEmail },
      select: { id: true, name: true, email: true, role: true },
    });
    if (count > 0) {
      await tx.roleGrant.create({ data: { id: randomUUID(), userId: owner.id, role: 'admin', createdBy: 'system' } });
      await appendAudit(tx, { actor: 'system', action: 'user.create', target: `user:${owner.id}`, detail: { role: 'admin' } });
    }
    return owner;
  });
}

export const ownerEmail = 'owner@localhost';

/** Stored under its identifier; whoever consumes it first has it. Outdated ones are swept along. */
export async function storeVerification(
  prisma: PrismaClient,
  verification: {
    identifier: string;
    value: string;
    expiresAt: Date;
    actor: string;
    audit: string;
    /** Whom it is for. */
    target: string;
    notice?: Notice | null;
  },
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await tx.verification.deleteMany({ where: { expiresAt: { lt: new Date() } } });
    await tx.verification.create({
      data: { id: randomUUID(), identifier: verification.identifier, value: verification.value, expiresAt: verification.expiresAt },
    });
    await appendAudit(tx, {
      actor: verification.actor,
      action: verification.audit,
      target: verification.target,
    });
    await queueNotice(tx, verification.notice ?? null);
  });
}

/** Takes the value out, once: of two callers at the same time one gets it. Undefined when unknown, used or expired. */
export async function consumeVerification(prisma: PrismaClient, identifier: string): Promise<string | undefined> {
  const rows = await prisma.$queryRaw<{ value: string; live: boolean }[]>`
    DELETE FROM verification WHERE identifier = ${identifier} RETURNING value, expires_at > now() AS live`;
  const row = rows[0];
  return row?.live ? row.value : undefined;
}

/** The secret that signs session cookies: made by the first process that asks, the same for all. */
export async function authSecret(prisma: PrismaClient): Promise<string> {
  await prisma.$executeRaw(
    Prisma.sql`INSERT INTO setting (key, value) VALUES ('authSecret', to_jsonb(${randomBytes(32).toString('base64url')}::text)) ON CONFLICT (key) DO NOTHING`,
  );
  const row = await prisma.setting.findUniqueOrThrow({ where: { key: 'authSecret' } });
  if (typeof row.value !== 'string') throw new Error('The setting authSecret is not a text.');
  return row.value;
}
