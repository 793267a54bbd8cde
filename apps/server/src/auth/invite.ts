/** Inviting somebody: a link that is good once and for seven days, by mail where a mail server is set up, and shown to be handed over otherwise. */
import { randomUUID } from 'node:crypto';
import { findOpenInvitation, personNames, type StoredGrant } from '@perdure/database/read';
import { acceptInvitation, renewInvitation, revokeInvitation, storeInvitation } from '@perdure/database/write';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { emailNotice, linkTo } from '../outbox/email-notice.ts';
import type { InvitationLink } from '../trpc/contract/people.ts';
import { actorOf, type Identity } from './identity.ts';
import { newToken, tokenHashOf } from './one-use-token.ts';
import { passwordHash } from './password.ts';

const lifetimeMs = 7 * 24 * 3_600_000;

export async function invite(
  installation: Installation,
  identity: Identity,
  invitation: { email: string; grants: readonly StoredGrant[]; groupIds: readonly string[] },
): Promise<InvitationLink> {
  const { token, tokenHash } = newToken();
  const expiresAt = new Date(Date.now() + lifetimeMs);
  const stored = await storeInvitation(installation.database.prisma, {
    ...invitation,
    id: randomUUID(),
    tokenHash,
    expiresAt,
    actor: actorOf(identity),
    notice: letter(installation, identity, { email: invitation.email, token, tokenHash }),
  });
  if (!stored.ok && stored.code === 'people.exists')
    throw new RequestError('people.exists', `There is an account with the address ${invitation.email} already.`);
  if (!stored.ok) throw new RequestError('group.unknown', 'One of the groups is not there any more.');
  return sent(installation, token, expiresAt);
}

/** The link before it is good for nothing any more. */
export async function inviteAgain(installation: Installation, identity: Identity, id: string): Promise<InvitationLink> {
  const { token, tokenHash } = newToken();
  const expiresAt = new Date(Date.now() + lifetimeMs);
  const renewed = await renewInvitation(installation.database.prisma, {
    id,
    tokenHash,
    expiresAt,
    actor: actorOf(identity),
    notice: (email) => letter(installation, identity, { email, token, tokenHash }),
  });
  if (!renewed) throw unknownInvitation();
  return sent(installation, token, expiresAt);
}

export async function withdrawInvitation({ database }: Installation, identity: Identity, id: string): Promise<void> {
  if (!(await revokeInvitation(database.prisma, { id, actor: actorOf(identity) }))) throw unknownInvitation();
}

/** What the page behind the link shows. */
export async function lookAtInvitation({ database }: Installation, token: string): Promise<{ email: string; invitedBy: string }> {
  const found = await findOpenInvitation(database.prisma, tokenHashOf(token));
  if (!found) throw usedUp();
  const names = await personNames(database.prisma, [found.createdBy]);
  return { email: found.email, invitedBy: names.get(found.createdBy) ?? 'An administrator' };
}

export async function accept(
  { database }: Installation,
  accepting: { token: string; name: string; password: string },
): Promise<{ userId: string; email: string }> {
  const { token, name, password } = accepting;
  const tokenHash = tokenHashOf(token);
  // Looked up before the password is hashed: that is dear, and whoever sends a wrong token is nobody yet.
  if (!(await findOpenInvitation(database.prisma, tokenHash))) throw usedUp();
  const accepted = await acceptInvitation(database.prisma, { tokenHash, name, passwordHash: await passwordHash(password) });
  if (!accepted) throw usedUp();
  return accepted;
}

function letter(
  { config }: Installation,
  identity: Identity,
  { email, token, tokenHash }: { email: string; token: string; tokenHash: string },
) {
  const by = identity.kind === 'user' ? identity.name : 'An administrator';
  return emailNotice(config, {
    kind: 'people.invitation',
    dedupeKey: `people/invitation/${tokenHash}`,
    to: email,
    subject: `${by} invites you to Perdure`,
    paragraphs: [`${by} invites you to Perdure. Choose a name and a password, and you are in.`],
    facts: [['Account', email]],
    action: { label: 'Accept the invitation', path: pathOf(token) },
    footer: 'The link works once, for seven days. If you did not expect it, leave it alone: there is no account until it is used.',
  });
}

function sent(installation: Installation, token: string, expiresAt: Date): InvitationLink {
  installation.sendNotices();
  return {
    link: linkTo(installation.config, pathOf(token)),
    mailed: installation.config.mail !== null,
    expiresAt: expiresAt.toISOString(),
  };
}

function pathOf(token: string): string {
  return `/invitation#${token}`;
}

function usedUp(): RequestError {
  return new RequestError('auth.link-invalid', 'This invitation was used already, was withdrawn, or has expired. Ask for a new one.');
}

function unknownInvitation(): RequestError {
  return new RequestError('invitation.unknown', 'This invitation was accepted or withdrawn meanwhile.');
}
