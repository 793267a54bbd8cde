/** The one-use link under which somebody sets a new password. Like the sign-in link, opening it does nothing by itself. */
import { consumeVerification, passwordResetPrefix, storeVerification } from '@perdure/database/write';
import type { Installation } from '../installation.ts';
import { emailNotice, linkTo } from '../outbox/email-notice.ts';
import { newToken, tokenHashOf } from './one-use-token.ts';

const hour = 3_600_000;

/** For an administrator to hand over. */
export async function createResetLink({ config, database }: Installation, userId: string, actor: string): Promise<string> {
  const { token, tokenHash } = newToken();
  await storeVerification(database.prisma, {
    identifier: identifierOf(tokenHash),
    value: userId,
    expiresAt: new Date(Date.now() + 24 * hour),
    actor,
    audit: 'people.reset-link',
    target: `user:${userId}`,
  });
  return linkTo(config, pathOf(token));
}

/** By mail, to the person alone. Only where a mail server is set up. */
export async function mailResetLink(
  { config, database, sendNotices }: Installation,
  person: { id: string; name: string; email: string },
): Promise<void> {
  const { token, tokenHash } = newToken();
  await storeVerification(database.prisma, {
    identifier: identifierOf(tokenHash),
    value: person.id,
    expiresAt: new Date(Date.now() + hour),
    actor: 'system',
    audit: 'account.forgotten-password',
    target: `user:${person.id}`,
    notice: emailNotice(config, {
      kind: 'people.password-reset',
      dedupeKey: `people/password-reset/${tokenHash}`,
      to: person.email,
      subject: 'Set a new password for Perdure',
      paragraphs: [
        `Hello ${person.name},`,
        'somebody asked for a new password for your account. If it was you, set one with this link within an hour.',
      ],
      action: { label: 'Set a new password', path: pathOf(token) },
      footer: 'If it was not you, nothing has changed and nothing needs to be done.',
    }),
  });
  sendNotices();
}

/** Whose password it sets, once. */
export async function consumeResetToken({ database }: Installation, token: string): Promise<string | undefined> {
  return consumeVerification(database.prisma, identifierOf(tokenHashOf(token)));
}

function identifierOf(tokenHash: string): string {
  return passwordResetPrefix + tokenHash;
}

/** Behind the #: what a browser does not send to servers on the way. */
function pathOf(token: string): string {
  return `/reset-password#${token}`;
}
