/**
 * The one-use link that signs the owner in. Only the token's hash is stored. Opening the link shows a page of the web app, and only that
 * page's POST consumes the token, so a preview or prefetch of the link does not burn it.
 */
import type { Database } from '@perdure/database';
import { newToken, tokenHashOf } from './one-use-token.ts';
import { consumeVerification, ensureOwner, storeVerification } from '@perdure/database/write';

export async function createSignInLink(database: Database, config: { publicUrl: string }): Promise<string> {
  const owner = await ensureOwner(database.prisma);
  const token = await createSignInToken(database, owner.id);
  return `${config.publicUrl.replace(/\/$/, '')}/sign-in?token=${token}`;
}

/** A token that signs this person in, once. */
export async function createSignInToken(database: Database, userId: string): Promise<string> {
  const { token } = newToken();
  await storeVerification(database.prisma, {
    identifier: identifierOf(token),
    value: userId,
    expiresAt: new Date(Date.now() + linkLifetimeMs),
    actor: 'system',
    audit: 'sign-in-link.create',
    target: `user:${userId}`,
  });
  return token;
}

/** The user the token signs in, once. */
export async function consumeSignInToken(database: Database, token: string): Promise<string | undefined> {
  return consumeVerification(database.prisma, identifierOf(token));
}

/** Whether a link that would sign this person in has not been used yet. */
export async function hasWaitingSignInLink({ prisma }: Database, userId: string): Promise<boolean> {
  const waiting = await prisma.verification.findFirst({
    where: { value: userId, identifier: { startsWith: identifierPrefix }, expiresAt: { gt: new Date() } },
    select: { id: true },
  });
  return waiting !== null;
}

const identifierPrefix = 'sign-in-link:';
const linkLifetimeMs = 24 * 60 * 60 * 1000;

function identifierOf(token: string): string {
  return `${identifierPrefix}${tokenHashOf(token)}`;
}
