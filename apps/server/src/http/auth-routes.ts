/**
 * Signing in (by one-use link, by password, by accepting an invitation) and out, and what is done with a password: plain HTTP, because all of
 * them change the cookie or are for nobody in particular.
 *
 * Q1 Whoever is signed in anew gets a new session; the one that came with the request ends.
 * Q2 Answers do not tell whether there is an account: a wrong address is answered like a wrong password, a forgotten one always the same.
 * Q3 What may be guessed is counted before it is looked at (packages/database/src/write/sign-in-lock.ts).
 */
import { findPerson, findPersonByEmail } from '@perdure/database/read';
import { appendAuditAlone, countSignIn, endSessions, findPassword, forgiveSignIn, setPassword } from '@perdure/database/write';
import { verifyPassword } from 'better-auth/crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { addressHeader, type Auth } from '../auth/create-auth.ts';
import { accept, lookAtInvitation } from '../auth/invite.ts';
import { newPassword, passwordHash, passwordLimits } from '../auth/password.ts';
import { consumeResetToken, mailResetLink } from '../auth/password-reset.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { storableText } from '../storable-text.ts';
import { type CallerCheck, findSession, newSession, tooManyAttempts } from './caller.ts';
import { isOwnOrigin } from './origin-check.ts';
import { identityOf, type Routes } from './route.ts';

const minute = 60_000;
const accountLimit = { attempts: 5, lockMs: 5 * minute };
const addressLimit = { attempts: 30, lockMs: 15 * minute };
const forgottenLimit = { attempts: 5, lockMs: 15 * minute };

const email = z.string().trim().toLowerCase().min(3).max(200);
const token = z.string().min(1).max(200);
/** One that is looked up, not one that is chosen: rules for new ones would tell about old ones. */
const givenPassword = z.string().min(1).max(passwordLimits.max);

export function addAuthRoutes(routes: Routes, check: CallerCheck): void {
  addSignIn(routes, check);
  addSignOut(routes, check);
  addPasswords(routes, check);
  addInvitations(routes, check);
}

function addSignIn(routes: Routes, check: CallerCheck): void {
  routes.add({
    method: 'POST',
    url: '/api/auth/sign-in-link',
    access: 'public',
    docs: null,
    body: z.strictObject({ token }),
    handler: async ({ request, reply, body, installation }) => {
      refuseOtherSites(check, request);
      const answer = await callAuth(check.auth, request, '/api/auth/sign-in-link', body);
      if (answer.status >= 500)
        throw new RequestError('unavailable', 'The server could not look the link up. Try again; the link stays valid.');
      // After the link has been looked up: a valid one works however many wrong ones came from its address.
      if (!answer.ok)
        throw wrongLink(check, request, 'This sign-in link was used already or has expired. Make a new one with: pnpm perdure signin-link');
      const { user } = (await answer.json()) as { user: { id: string } }; // what our own endpoint answers
      await greet(installation, check, request, reply, { userId: user.id, cookies: answer.headers.getSetCookie(), how: 'link' });
      return { ok: true };
    },
  });
  routes.add({
    method: 'POST',
    url: '/api/auth/sign-in',
    access: 'public',
    docs: null,
    body: z.strictObject({ email, password: givenPassword }),
    handler: async ({ request, reply, body, installation }) => {
      refuseOtherSites(check, request);
      const { prisma } = installation.database;
      const [account, address] = [`account:${body.email}`, `address:${request.ip}`];
      refuseWhileLocked('auth.too-many-attempts', await countSignIn(prisma, address, addressLimit));
      refuseWhileLocked('auth.locked', await countSignIn(prisma, account, accountLimit));
      const person = await findPersonByEmail(prisma, body.email);
      const stored = person && !person.disabled ? await findPassword(prisma, person.id) : null;
      if (!person || !(await isPassword(stored, body.password))) {
        if (person) await appendAuditAlone(prisma, { actor: person.id, action: 'session.refused', target: `user:${person.id}` });
        throw new RequestError('auth.wrong-password', 'This e-mail address and password do not go together.');
      }
      await forgiveSignIn(prisma, account, address);
      const { cookies } = await newSession(check.auth, request, person.id);
      await greet(installation, check, request, reply, { userId: person.id, cookies, how: 'password' });
      return { ok: true };
    },
  });
}

function addSignOut(routes: Routes, check: CallerCheck): void {
  routes.add({
    method: 'POST',
    url: '/api/auth/sign-out',
    access: 'signed-in',
    docs: null,
    handler: async ({ request, reply, installation }) => {
      const session = await findSession(check, request.headers, request.ip);
      passCookies((await callAuth(check.auth, request, '/api/auth/sign-out', {})).headers.getSetCookie(), reply);
      if (session) {
        const { id, sessionId } = session.identity;
        installation.sessionEnds.ended([sessionId]);
        await appendAuditAlone(installation.database.prisma, { actor: id, action: 'session.sign-out', target: `user:${id}` });
      }
      return { ok: true };
    },
  });
}

function addPasswords(routes: Routes, check: CallerCheck): void {
  routes.add({
    method: 'POST',
    url: '/api/auth/change-password',
    access: 'signed-in',
    docs: null,
    body: z.strictObject({ current: givenPassword.nullable(), password: newPassword }),
    handler: async ({ request, reply, body, identity, installation }) => {
      const caller = identityOf(identity);
      if (caller.kind !== 'user') throw new RequestError('auth.forbidden', 'Keys have no password.');
      const { prisma } = installation.database;
      const stored = await findPassword(prisma, caller.id);
      if (stored !== null) {
        const account = `account:${caller.email.toLowerCase()}`;
        refuseWhileLocked('auth.locked', await countSignIn(prisma, account, accountLimit));
        if (!(await isPassword(stored, body.current ?? ''))) {
          throw new RequestError('auth.wrong-password', 'This is not your current password.', {
            details: [{ field: 'current', message: 'Not your current password.' }],
          });
        }
        await forgiveSignIn(prisma, account, `address:${request.ip}`);
      }
      const ended = await setPassword(prisma, {
        userId: caller.id,
        passwordHash: await passwordHash(body.password),
        keepSession: caller.sessionId,
        actor: caller.id,
        action: 'account.change-password',
      });
      installation.sessionEnds.ended(ended);
      passCookies((await newSession(check.auth, request, caller.id)).cookies, reply);
      check.rotation.endSoon(caller.sessionId);
      return { ok: true };
    },
  });
  routes.add({
    method: 'POST',
    url: '/api/auth/forgotten-password',
    access: 'public',
    docs: null,
    body: z.strictObject({ email }),
    handler: async ({ request, body, installation }) => {
      refuseOtherSites(check, request);
      const { prisma } = installation.database;
      refuseWhileLocked('auth.too-many-attempts', await countSignIn(prisma, `forgotten:${request.ip}`, forgottenLimit));
      const mailed = installation.config.mail !== null;
      const found = mailed ? await findPersonByEmail(prisma, body.email) : undefined;
      const person = found && !found.disabled ? await findPerson(prisma, found.id) : undefined;
      // Not waited for: how long it takes would tell whether there is an account.
      if (person)
        mailResetLink(installation, person).catch((error: Error) => request.log.error({ err: error }, 'A mail could not be queued.'));
      return { mailed };
    },
  });
  routes.add({
    method: 'POST',
    url: '/api/auth/reset-password',
    access: 'public',
    docs: null,
    body: z.strictObject({ token, password: newPassword }),
    handler: async ({ request, body, installation }) => {
      refuseOtherSites(check, request);
      const userId = await consumeResetToken(installation, body.token);
      const person = userId === undefined ? undefined : await findPerson(installation.database.prisma, userId);
      if (!person || person.disabled) throw wrongLink(check, request, 'This link was used already or has expired. Ask for a new one.');
      const { prisma } = installation.database;
      const ended = await setPassword(prisma, {
        userId: person.id,
        passwordHash: await passwordHash(body.password),
        keepSession: null,
        actor: person.id,
        action: 'account.reset-password',
      });
      installation.sessionEnds.ended(ended);
      await forgiveSignIn(prisma, `account:${person.email.toLowerCase()}`, `address:${request.ip}`);
      return { email: person.email };
    },
  });
}

function addInvitations(routes: Routes, check: CallerCheck): void {
  routes.add({
    method: 'POST',
    url: '/api/auth/invitation',
    access: 'public',
    docs: null,
    body: z.strictObject({ token }),
    handler: async ({ request, body, installation }) => {
      refuseOtherSites(check, request);
      return lookAtInvitation(installation, body.token).catch((thrown: unknown) => {
        throw thrown instanceof RequestError ? wrongLink(check, request, thrown.message) : thrown;
      });
    },
  });
  routes.add({
    method: 'POST',
    url: '/api/auth/accept-invitation',
    access: 'public',
    docs: null,
    body: z.strictObject({ token, name: storableText.trim().min(1, 'Enter your name.').max(100), password: newPassword }),
    handler: async ({ request, reply, body, installation }) => {
      refuseOtherSites(check, request);
      const { userId } = await accept(installation, body).catch((thrown: unknown) => {
        throw thrown instanceof RequestError ? wrongLink(check, request, thrown.message) : thrown;
      });
      const { cookies } = await newSession(check.auth, request, userId);
      await greet(installation, check, request, reply, { userId, cookies, how: 'invitation' });
      return { ok: true };
    },
  });
}

/** Q1, the cookie and the audit entry. */
async function greet(
  installation: Installation,
  check: CallerCheck,
  request: FastifyRequest,
  reply: FastifyReply,
  { userId, cookies, how }: { userId: string; cookies: readonly string[]; how: 'link' | 'password' | 'invitation' },
): Promise<void> {
  const { prisma } = installation.database;
  const before = await findSession(check, request.headers, request.ip);
  if (before) {
    const { id, sessionId } = before.identity;
    installation.sessionEnds.ended(await endSessions(prisma, { userId: id, only: sessionId, actor: id }));
  }
  await appendAuditAlone(prisma, { actor: userId, action: 'session.sign-in', target: `user:${userId}`, detail: { how } });
  passCookies(cookies, reply);
}

/** Signing somebody in from another site would let that site choose as whom. */
function refuseOtherSites(check: CallerCheck, request: FastifyRequest): void {
  if (request.headers.origin !== undefined && !isOwnOrigin(request.headers, request.host, check.publicUrl))
    throw new RequestError('auth.origin-refused', 'This request came from another site. Open the page itself.');
}

function wrongLink({ limit }: CallerCheck, request: FastifyRequest, words: string): RequestError {
  if (limit.isBlocked(request.ip)) return tooManyAttempts();
  limit.failed(request.ip);
  return new RequestError('auth.link-invalid', words);
}

function refuseWhileLocked(code: 'auth.locked' | 'auth.too-many-attempts', waitMs: number): void {
  if (waitMs <= 0) return;
  // Stored to the millisecond, rounded: a whole number of minutes must not read as one more.
  const minutes = Math.max(1, Math.ceil((waitMs - 1_000) / minute));
  const wait = minutes === 1 ? 'a minute' : `${minutes} minutes`;
  const words = code === 'auth.locked' ? 'Too many wrong passwords for this account.' : 'Too many attempts from this address.';
  throw new RequestError(code, `${words} Wait ${wait}.`, { details: { waitMs: Math.ceil(waitMs) } });
}

/** Takes as long when there is none. */
async function isPassword(stored: string | null, given: string): Promise<boolean> {
  if (stored !== null) return verifyPassword({ hash: stored, password: given });
  await passwordHash(given);
  return false;
}

async function callAuth(auth: Auth, request: FastifyRequest, path: string, body: object): Promise<Response> {
  const headers = new Headers({
    'content-type': 'application/json',
    [addressHeader]: request.ip,
    'user-agent': request.headers['user-agent'] ?? '',
  });
  if (request.headers.cookie !== undefined) headers.set('cookie', request.headers.cookie);
  return auth.handler(new Request(new URL(path, auth.options.baseURL), { method: 'POST', headers, body: JSON.stringify(body) }));
}

function passCookies(cookies: readonly string[], reply: FastifyReply): void {
  for (const cookie of cookies) reply.header('set-cookie', cookie);
}
