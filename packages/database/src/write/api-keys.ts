import { randomUUID } from 'node:crypto';
import type { PrismaClient } from '../generated/client.ts';
import { appendAudit } from './audit.ts';

export interface ApiKeyToStore {
  name: string;
  prefix: string;
  hash: string;
  permissions: readonly string[];
  folder: string;
  expiresAt: Date | null;
  actor: string;
}

/** False: the name is taken, also when that key has been revoked. */
export async function storeApiKey(prisma: PrismaClient, key: ApiKeyToStore): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const { name, prefix, hash, permissions, folder, expiresAt, actor } = key;
    const id = randomUUID();
    const { count } = await tx.apiKey.createMany({
      data: [{ id, name, prefix, hash, permissions: [...permissions], folder, expiresAt, createdBy: actor }],
      skipDuplicates: true,
    });
    if (count === 0) return false;
    await appendAudit(tx, {
      actor,
      action: 'api-key.create',
      target: `api-key:${name}`,
      detail: { prefix, permissions: [...permissions], folder, expiresAt: expiresAt?.toISOString() ?? null },
    });
    return true;
  });
}

export async function revokeApiKey(prisma: PrismaClient, revoke: { id: string; actor: string }): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const { count } = await tx.apiKey.updateMany({ where: { id: revoke.id, revokedAt: null }, data: { revokedAt: new Date() } });
    if (count === 0) return false;
    const { name } = await tx.apiKey.findUniqueOrThrow({ where: { id: revoke.id }, select: { name: true } });
    await appendAudit(tx, { actor: revoke.actor, action: 'api-key.revoke', target: `api-key:${name}` });
    return true;
  });
}

export interface ApiKeyRecord {
  id: string;
  name: string;
  permissions: string[];
  folder: string;
  expiresAt: Date | null;
}

/** Undefined: there is none, or it has been revoked. Whether it has expired is for the caller to say. */
export async function findApiKey(prisma: PrismaClient, hash: string): Promise<ApiKeyRecord | undefined> {
  const row = await prisma.apiKey.findFirst({
    where: { hash, revokedAt: null },
    select: { id: true, name: true, permissions: true, folder: true, expiresAt: true },
  });
  return row ?? undefined;
}

/** At most one write a minute. */
export async function markApiKeyUsed(prisma: PrismaClient, id: string): Promise<void> {
  await prisma.$executeRaw`
    UPDATE api_key SET last_used_at = now() WHERE id = ${id} AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`;
}
