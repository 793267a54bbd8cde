/** Finds out who is asking, before the body is read, and refuses who may not. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import type { AttemptLimit } from '../auth/attempt-limit.ts';
import { findKey } from '../auth/api-key.ts';
import { addressHeader, type Auth } from '../auth/create-auth.ts';
import type { GrantBook } from '../auth/grant-book.ts';
import { adminKey, demand, type Identity } from '../auth/identity.ts';
import type { Access } from '../auth/permissions.ts';
import { RequestError } from '../errors/request-error.ts';
import { isOwnOrigin } from './origin-check.ts';

export interface CallerCheck {
  auth: Auth;
  grants: GrantBook;
  isKey: (candidate: string) => boolean;
  limit: AttemptLimit;
  publicUrl: string;
}

/** Sets `request.identity` or throws. */
export async function checkCaller(check: CallerCheck, access: Access, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  request.identity = access === 'public' ? null : await findIdentity(check, request, reply);
  demand(request.identity, access);
}

async function findIdentity(check: CallerCheck, request: FastifyRequest, reply: FastifyReply): Promise<Identity | null> {
  const sent = findKey(request.headers, request.query);
  if (sent) {
    // The right key first: whoever shares its address, or forges wrong keys from there, must not lock it out.
    if (check.isKey(sent.key)) return adminKey;
    if (check.limit.isBlocked(request.ip)) throw tooManyAttempts();
    check.limit.failed(request.ip);
    throw new RequestError(
      'auth.key-invalid',
      'This key is not one of this installation. The key for automation is set as PERDURE_API_KEY.',
    );
  }
  return findOwnSession(check, request, reply);
}

/** The session of a request from this server's own pages. */
export async function findOwnSession(check: CallerCheck, request: FastifyRequest, reply: FastifyReply): Promise<Identity | null> {
  const session = await findSession(check, request.headers, request.ip);
  if (!session) return null;
  if (request.method !== 'GET' && request.method !== 'HEAD' && !isOwnOrigin(request.headers, request.host, check.publicUrl)) {
    throw new RequestError(
      'auth.origin-refused',
      `This request came from another site. Open ${check.publicUrl} and do it there, or use a key.`,
    );
  }
  // A session that is used gets a longer life now and then, and its cookie with it.
  for (const cookie of session.cookies) reply.header('set-cookie', cookie);
  return session.identity;
}

export interface FoundSession {
  identity: Extract<Identity, { kind: 'user' }>;
  sessionId: string;
  cookies: string[];
}

/** Null also for somebody who is disabled: their sessions are ended, and one that is not gone yet opens nothing. */
export async function findSession(
  { auth, grants }: Pick<CallerCheck, 'auth' | 'grants'>,
  headers: IncomingHttpHeaders,
  address: string,
): Promise<FoundSession | null> {
  if (headers.cookie === undefined) return null;
  const { headers: answered, response } = await auth.api.getSession({
    headers: new Headers({ cookie: headers.cookie, [addressHeader]: address }),
    returnHeaders: true,
  });
  if (!response) return null;
  const { user, session } = response;
  const held = await grants.load(user.id);
  if (held === null) return null;
  return {
    identity: { kind: 'user', id: user.id, name: user.name, email: user.email, sessionId: session.id, ...held },
    sessionId: session.id,
    cookies: answered.getSetCookie(),
  };
}

export function tooManyAttempts(): RequestError {
  return new RequestError('auth.too-many-attempts', 'Too many wrong attempts came from this address. Wait a minute.');
}
